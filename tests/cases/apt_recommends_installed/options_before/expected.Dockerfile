FROM debian:bookworm-slim
RUN apt-get update && apt-get -qq -o Dpkg::Use-Pty=0 install --no-install-recommends git make && rm -rf /var/lib/apt/lists/*

FROM debian:bookworm-slim
RUN apt-get update && sudo -E apt-get install -y curl && rm -rf /var/lib/apt/lists/*

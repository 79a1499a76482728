FROM debian:bookworm-slim
RUN apt-get update && \
    # the client
    apt-get install -y --no-install-recommends \
        curl \
        ca-certificates \
        && rm -rf /var/lib/apt/lists/*
CMD ["curl", "https://example.org"]

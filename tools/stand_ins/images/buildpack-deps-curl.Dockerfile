FROM debian:bookworm
RUN set -eux; apt-get update; apt-get install -y --no-install-recommends ca-certificates curl gnupg netbase sq tzdata wget; rm -rf /var/lib/apt/lists/*

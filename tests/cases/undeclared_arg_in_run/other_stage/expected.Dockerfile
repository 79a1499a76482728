ARG VERSION=1
FROM debian:bookworm-slim AS build
ARG TOKEN
RUN ./get $TOKEN
FROM debian:bookworm-slim
ARG TOKEN
ARG VERSION
RUN ./install "${TOKEN}" \
      --version=$VERSION
ARG TARGETARCH
RUN ./again $VERSION $TARGETARCH

FROM ubuntu:24.04
RUN apt-get update \
# what the service calls
    && apt-get install -y --no-install-recommends curl \
    ffmpeg

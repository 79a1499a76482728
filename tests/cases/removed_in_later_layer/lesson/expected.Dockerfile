FROM python:3.11-slim
RUN apt-get update && apt-get install -y gcc \
# tidy up
    && rm -rf /var/lib/apt/lists/* \
    && apt-get purge -y gcc

FROM scratch
# who to ask
LABEL org.opencontainers.image.authors="Grace Hopper <grace@example.org>"
LABEL org.opencontainers.image.authors="ada@example.org"

FROM scratch
LABEL org.opencontainers.image.authors="costs \$5"
USER 1

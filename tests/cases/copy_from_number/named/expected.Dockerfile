FROM golang:1.22 AS Build
FROM scratch
COPY --chown=1000 --from=Build /app /app

FROM golang:1.23 AS compile
RUN go version
FROM compile AS check
RUN go vet ./...
FROM alpine:3.20
COPY --from=compile --chown=0 /usr/local/go/VERSION /
COPY --link --from=compile /etc/os-release /builder-release

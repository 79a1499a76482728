# Go 1.21, from the go line in go.mod: its newest release.
# Building happens in this stage, which is not shipped.
FROM golang:1.21-bookworm AS builder
WORKDIR /src
COPY . ./

# cgo as the source needs it; without the symbols that only a debugger reads.
RUN CGO_ENABLED=1 go build -trimpath -ldflags="-s -w" -o /usr/local/bin/c .

# The program needs the C library: main.go calls C. Both stages are of the same Debian release.
# lightship ignore=untagged_image its name holds the Debian release; there are no versioned tags
FROM gcr.io/distroless/base-debian12 AS runtime

# The program.
COPY --from=builder /usr/local/bin/c /usr/local/bin/c

# Start: the module's own package, the only program here. In exec form the program itself gets the signals.
# lightship ignore=root_user nothing in the project names a user; --user NUMBER sets one
CMD ["/usr/local/bin/c"]

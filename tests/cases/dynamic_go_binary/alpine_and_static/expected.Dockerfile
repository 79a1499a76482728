FROM golang:1.22-bookworm AS build
WORKDIR /src
RUN CGO_ENABLED=0 go build -ldflags "-s -w" -o /out/app ./cmd/app
FROM alpine:3.20
COPY --from=build /out/app /app
FROM gcr.io/distroless/static:nonroot
COPY --from=build /out /

FROM golang:1.22 AS build
RUN apt-get update && apt-get install -y ca-certificates git
RUN CGO_ENABLED=0 go build -o /app .
FROM scratch
# the program
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /app /app

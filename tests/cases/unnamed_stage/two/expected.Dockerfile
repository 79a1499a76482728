FROM node:22 AS stage-0
RUN npm ci

FROM golang:1.22 AS stage-1
RUN go build -o /app

FROM scratch
COPY --from=0 /dist /dist
COPY --from=1 /app /app

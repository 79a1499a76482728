FROM alpine:3.20 AS one
FROM   alpine:3.20

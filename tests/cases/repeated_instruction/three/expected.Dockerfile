FROM alpine:3.20
# first
RUN true
# second
# inside
CMD ["four"]
HEALTHCHECK CMD true

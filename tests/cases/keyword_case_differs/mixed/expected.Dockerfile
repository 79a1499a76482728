FROM alpine:3.20
RUN echo RUN
ENV A=1
ONBUILD RUN true
USER 1
CMD ["true"]

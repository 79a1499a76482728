FROM debian:bookworm-slim
# state
COPY seed.db /data/
RUN echo x > /log/first
VOLUME ["/data", "/log"]
CMD ["ls"]

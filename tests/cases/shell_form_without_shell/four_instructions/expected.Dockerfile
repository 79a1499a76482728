FROM scratch
COPY app /app
RUN chmod +x /app
HEALTHCHECK CMD /app --health || exit 1
ENTRYPOINT /app --port $PORT
CMD ["/app", "run"]

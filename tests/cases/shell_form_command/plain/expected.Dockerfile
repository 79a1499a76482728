FROM alpine:3.20 AS one
ENTRYPOINT ["/bin/server", "--port=8080"]
FROM alpine:3.20 AS two
CMD echo "$HOME" && sleep 1
FROM alpine:3.20
# what runs
CMD ["python3", "-m", "http.server", "8000"]

FROM python:3.11 AS build
RUN pip install gunicorn
FROM python:3.11-slim
COPY --from=build --chown=1000 /usr/local/lib/python3.11/site-packages/ /usr/local/lib/python3.11/site-packages/
COPY --from=build /usr/local/bin /usr/local/bin
ENTRYPOINT ["tini", "--", "gunicorn", "app:app"]

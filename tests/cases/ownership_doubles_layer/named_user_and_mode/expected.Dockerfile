FROM python:3.12-slim
WORKDIR /app
RUN groupadd app && useradd -g app app
COPY --chown=app:app . .
COPY bin/ /opt/bin/
RUN chmod -R +x /opt/bin && echo ok

FROM node:22-slim
COPY --chown=node package.json /app/
ADD --chown=1000:node x /y

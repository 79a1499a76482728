FROM node:22-slim
WORKDIR /app
# what the lock file names
COPY --chown=node package.json package-lock.json ./
RUN npm ci --omit=dev
COPY --chown=node . .
RUN npm run build

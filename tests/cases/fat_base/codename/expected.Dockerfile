FROM node:22-bookworm-slim AS build
RUN npm ci
FROM build
CMD ["node", "a.js"]

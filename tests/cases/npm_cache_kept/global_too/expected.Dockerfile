FROM node:22
RUN npm install -g pnpm \
    && echo done \
    && npm cache clean --force
RUN npm ci # all

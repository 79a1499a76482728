# Stand-in for node:20, which is buildpack-deps with Node.js on top.
FROM buildpack-deps:bookworm
RUN groupadd --gid 1000 node && useradd --uid 1000 --gid node --shell /bin/bash --create-home node
ENV NODE_VERSION=@VERSION@
RUN --mount=type=bind,source=node.tar,target=/tmp/node.tar set -ex; if ls /usr/local/share/ca-certificates/*.crt; then mkdir -p /usr/local/etc; printf 'cafile=/etc/ssl/certs/ca-certificates.crt\nnodedir=/usr/local\n' > /usr/local/etc/npmrc; fi; tar --extract --file /tmp/node.tar --directory /; ln -s /usr/local/bin/node /usr/local/bin/nodejs; node --version; npm --version; rm -rf /tmp/node-compile-cache
ENV YARN_VERSION=1.22.22
RUN set -ex; cd /tmp; npm pack --silent yarn@$YARN_VERSION; mkdir -p /opt/yarn-v$YARN_VERSION; tar -xzf yarn-$YARN_VERSION.tgz -C /opt/yarn-v$YARN_VERSION --strip-components=1; ln -s /opt/yarn-v$YARN_VERSION/bin/yarn /usr/local/bin/yarn; ln -s /opt/yarn-v$YARN_VERSION/bin/yarnpkg /usr/local/bin/yarnpkg; rm -rf /tmp/* /root/.npm; yarn --version
COPY docker-entrypoint.sh /usr/local/bin/
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["node"]

"""Node.js: npm, Yarn, pnpm."""

from lightship.ecosystems.model import Ecosystem, Toolchain
from lightship.messages import said

NODE = Ecosystem(
    name="node",
    manifests=("package.json",),
    downloads=("{home}/.npm/_cacache", "{home}/.npm/_logs", "{home}/.npm/_update-notifier-last-checked"),
    caches=(
        "{home}/.npm",
        "{home}/.cache/yarn",
        "{home}/.cache/node-gyp",
        "{home}/.node-gyp",
        "{home}/.cache/node",
        "{home}/.cache/pnpm",
        "{home}/.local/share/pnpm/store",
        "{home}/.yarn/berry/cache",
        "usr/local/share/.cache/yarn",
        "tmp/node-compile-cache",
        "tmp/v8-compile-cache-*",
    ),
    toolchains=(
        Toolchain(
            name=said("package managers of Node.js"),
            trees=(
                "usr/local/lib/node_modules/npm",
                "usr/local/lib/node_modules/corepack",
                "usr/local/bin/npm",
                "usr/local/bin/npx",
                "usr/local/bin/corepack",
                "usr/local/bin/yarn",
                "usr/local/bin/yarnpkg",
                "opt/yarn-v*",
            ),
            programs=("npm", "npx", "corepack", "yarn", "yarnpkg", "pnpm"),
            source="https://github.com/nodejs/docker-node",
        ),
        Toolchain(
            name=said("headers of Node.js"),
            trees=("usr/local/include/node", "usr/local/share/doc/node", "usr/local/share/man"),
            programs=("node-gyp", "gcc", "cc", "g++", "c++", "make"),
            source="https://nodejs.org/api/addons.html#building",
        ),
    ),
)

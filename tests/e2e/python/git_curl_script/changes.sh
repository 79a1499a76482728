#!/bin/bash
# Prints the last changes of the repository as JSON, one line per commit.
set -euo pipefail

repository=${1:-/tmp/repository}
if [ ! -d "$repository/.git" ]; then
    git init --quiet "$repository"
    git -C "$repository" -c user.name=bot -c user.email=bot@example.com commit --quiet --allow-empty -m "first cargo"
fi

status=$(curl --silent --output /dev/null --write-out '%{http_code}' "http://127.0.0.1:${PORT:-7000}/health")
git -C "$repository" log --format=%s | jq --raw-input --compact-output --arg health "$status" '{subject: ., health: $health}'

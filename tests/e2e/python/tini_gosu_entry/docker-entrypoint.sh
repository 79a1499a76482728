#!/bin/sh
set -e

# allow the container to be started with --user
if [ "$1" = 'python' ] && [ "$(id -u)" = '0' ]; then
	find . \! -user store -exec chown store '{}' +
	exec gosu store "$0" "$@"
fi

umask 0077
exec "$@"

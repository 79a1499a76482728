#!/bin/sh
# Waits for the database, then runs the command.
tries=0
until pg_isready --quiet --host="$DB_HOST" --port="$DB_PORT"; do
    tries=$((tries + 1))
    if [ "$tries" -ge 3 ]; then
        echo "could not connect to database $DB_HOST:$DB_PORT after $tries tries" >&2
        exit 3
    fi
    sleep 0.3
done
exec "$@"

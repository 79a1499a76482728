#!/bin/sh
if cat /etc/lamp.key 2>/dev/null; then
    echo "anyone may read the key" >&2
    exit 1
fi
keyholder

#!/bin/sh
# Answers to the variables of the public image of PostgreSQL.
set -eu
bin=$(dirname /usr/lib/postgresql/*/bin/initdb) data=/var/lib/postgresql/data
if [ ! -s "$data/PG_VERSION" ]; then
    (umask 077 && printf '%s' "$POSTGRES_PASSWORD" >/tmp/password)
    "$bin/initdb" -U "$POSTGRES_USER" -A scram-sha-256 --pwfile=/tmp/password -E UTF8 --no-locale -D "$data"
    rm /tmp/password
    echo "host all all all scram-sha-256" >>"$data/pg_hba.conf"
    printf 'CREATE DATABASE %s;\n' "$POSTGRES_DB" | "$bin/postgres" --single -D "$data" postgres
fi
exec "$bin/postgres" -D "$data" -c 'listen_addresses=*' -c unix_socket_directories=/tmp

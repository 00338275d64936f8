#!/bin/sh
# As much of MinIO's client as docker-compose.yml asks for, against Swift: ready, alias set, mb.
set -eu
case "$1 $2" in
    "ready local") exec curl -sf -m 3 -o /dev/null http://127.0.0.1:9000/healthcheck ;;
    "alias set") (umask 077 && printf '%s\n' "$4" "$5" "$6" >"/tmp/alias-$3") ;;
    "mb --ignore-existing")
        { read -r url && read -r user && read -r key; } <"/tmp/alias-${3%%/*}"
        # The proxy serves before those behind it do.
        for _ in $(seq 60); do
            reply=$(curl -s -m 5 -D - -o /dev/null -H "X-Auth-User: $user" -H "X-Auth-Key: $key" "$url/auth/v1.0" | tr -d '\r')
            account=$(printf '%s\n' "$reply" | sed -n 's/^X-Storage-Url: *//Ip') token=$(printf '%s\n' "$reply" | sed -n 's/^X-Auth-Token: *//Ip')
            curl -sf -m 5 -X PUT -H "X-Auth-Token: $token" "$account/${3#*/}" && exit 0
            sleep 1
        done
        echo "No bucket ${3#*/} at $url" >&2
        exit 1 ;;
    *) echo "mc $*: not known here" >&2; exit 2 ;;
esac

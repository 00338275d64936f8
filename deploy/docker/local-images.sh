#!/usr/bin/env bash
# Makes base images from Debian's packages and this machine's .NET and Node.js, for machines where no registry of images is
# reachable, and prints what docker-compose.yml has to be told:
#   eval "$(deploy/docker/local-images.sh)" && docker-compose build && docker-compose up -d
# Needs root, a Docker engine, debootstrap and the .NET SDK. The bootstrapped system is kept in .cache/images.
# MinIO, coturn, Prometheus and Grafana have no package here: start the others by name (the last line says how).
set -euo pipefail
root=$(dirname "$(dirname "$(dirname "$(readlink -f "$0")")")")
cache=$root/.cache/images
suite=${SUITE:-bookworm}
mirror=${MIRROR:-http://deb.debian.org/debian}
export DOCKER_BUILDKIT=0

say() { printf '%s\n' "$*" >&2; }
for program in docker debootstrap dotnet; do
    command -v "$program" >/dev/null || { say "$program is needed."; exit 1; }
done
docker info >/dev/null 2>&1 || { say "No Docker engine answers."; exit 1; }
[ "$(id -u)" -eq 0 ] || { say "debootstrap needs root."; exit 1; }
mkdir -p "$cache"

# derive NAME FOLDER: an image from a folder with a Dockerfile.
derive() { docker build -q --network=host -t "livestream-local/$1" "$2" >&2; }

if [ ! -f "$cache/system.done" ]; then
    say "Bootstrapping $suite (some minutes) ..."
    rm -rf "$cache/system"
    debootstrap --variant=minbase --include=ca-certificates,libicu72,libssl3,libstdc++6,zlib1g "$suite" "$cache/system" "$mirror" >"$cache/debootstrap.log" 2>&1 ||
        { say "debootstrap failed; see $cache/debootstrap.log"; exit 1; }
    touch "$cache/system.done"
fi
docker image inspect livestream-local/system >/dev/null 2>&1 || tar -C "$cache/system" -c . | docker import - livestream-local/system >/dev/null

# .NET, as it is installed here: the whole of it to build, the runtime alone to run.
sdk=$(dirname "$(readlink -f "$(command -v dotnet)")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/aspnet/dotnet/shared" "$work/sdk"
cp -r "$sdk/dotnet" "$sdk/host" "$work/aspnet/dotnet/"
cp -r "$sdk/shared/Microsoft.NETCore.App" "$sdk/shared/Microsoft.AspNetCore.App" "$work/aspnet/dotnet/shared/"
cat >"$work/aspnet/Dockerfile" <<'D'
FROM livestream-local/system
COPY dotnet /usr/share/dotnet
RUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet && useradd -u 1654 -m app
ENV DOTNET_RUNNING_IN_CONTAINER=true
D
derive aspnet "$work/aspnet"
cp -r "$sdk" "$work/sdk/dotnet"
cat >"$work/sdk/Dockerfile" <<'D'
FROM livestream-local/system
COPY dotnet /usr/share/dotnet
RUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet
D
derive sdk "$work/sdk"

# package NAME PACKAGES REST: an image of Debian packages, and the rest of its Dockerfile.
package() {
    mkdir -p "$work/$1"
    printf 'FROM livestream-local/system\nRUN printf "#!/bin/sh\\nexit 101\\n" > /usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends %s >/dev/null && rm -rf /var/lib/apt/lists/*\n%s\n' "$2" "$3" >"$work/$1/Dockerfile"
    derive "$1" "$work/$1"
}
package node "nodejs npm" ""
package nginx nginx-light "USER www-data"
cat >"$cache/rabbitmq.sh" <<'D'
#!/bin/sh
printf 'listeners.tcp.default = 5672\nloopback_users = none\nlog.console = true\ndefault_user = %s\ndefault_pass = %s\n' "$RABBITMQ_DEFAULT_USER" "$RABBITMQ_DEFAULT_PASS" > /var/lib/rabbitmq/rabbitmq.conf
export RABBITMQ_CONFIG_FILE=/var/lib/rabbitmq/rabbitmq.conf RABBITMQ_NODENAME=rabbit@localhost
exec /usr/lib/rabbitmq/bin/rabbitmq-server
D
mkdir -p "$work/rabbitmq"
cp "$cache/rabbitmq.sh" "$work/rabbitmq/start"
package rabbitmq rabbitmq-server 'COPY start /usr/local/bin/start
RUN chmod 755 /usr/local/bin/start && printf "#!/bin/bash\\nexec 3<>/dev/tcp/127.0.0.1/5672\\n" > /usr/local/bin/rabbitmq-diagnostics && chmod 755 /usr/local/bin/rabbitmq-diagnostics
USER rabbitmq
ENV HOME=/var/lib/rabbitmq
ENTRYPOINT ["/usr/local/bin/start"]'
cat >"$cache/postgres.sh" <<'D'
#!/bin/sh
set -e
bin=$(dirname /usr/lib/postgresql/*/bin/initdb) data=/var/lib/postgresql/data
if [ ! -s "$data/PG_VERSION" ]; then
    printf '%s' "$POSTGRES_PASSWORD" > /tmp/password
    "$bin/initdb" -U "$POSTGRES_USER" -A scram-sha-256 --pwfile=/tmp/password -E UTF8 --no-locale -D "$data"
    echo "host all all all scram-sha-256" >> "$data/pg_hba.conf"
    rm /tmp/password
    printf 'CREATE DATABASE %s;\n' "$POSTGRES_DB" | "$bin/postgres" --single -D "$data" postgres
fi
exec "$bin/postgres" -D "$data" -c 'listen_addresses=*' -c unix_socket_directories=/tmp
D
mkdir -p "$work/postgres"
cp "$cache/postgres.sh" "$work/postgres/start"
package postgres postgresql 'COPY start /usr/local/bin/start
RUN chmod 755 /usr/local/bin/start && mkdir -p /var/lib/postgresql/data && chown postgres /var/lib/postgresql/data && ln -s /usr/lib/postgresql/*/bin/pg_isready /usr/local/bin/
USER postgres
ENV PGHOST=127.0.0.1
ENTRYPOINT ["/usr/local/bin/start"]'

cat <<D
export DOCKER_BUILDKIT=0 COMPOSE_DOCKER_CLI_BUILD=0
export SDK_IMAGE=livestream-local/sdk NODE_IMAGE=livestream-local/node BASE_IMAGE=livestream-local/aspnet
export NGINX_IMAGE=livestream-local/nginx RABBITMQ_IMAGE=livestream-local/rabbitmq POSTGRES_IMAGE=livestream-local/postgres
# Without MinIO: Objects__Store=Folder in docker-compose.override.yml, then docker-compose up -d --no-deps postgres rabbitmq rooms signalling sfu packager recording webhooks gateway
D

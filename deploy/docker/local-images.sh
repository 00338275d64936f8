#!/usr/bin/env bash
# Makes base images from Debian's packages and this machine's .NET and Node.js, for machines where no registry of images is
# reachable, and prints what docker-compose.yml has to be told:
#   eval "$(deploy/docker/local-images.sh)" && docker compose build &&
#   docker compose up -d $(docker compose config --services | grep -vx grafana)
# Needs root, a Docker engine, debootstrap, the .NET SDK and Node.js 20. The bootstrapped system is kept in .cache/images.
# OpenStack Swift takes MinIO's place. Grafana has no package, so it has to be left out.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
cache=$(dirname "$(dirname "$here")")/.cache/images
suite=${SUITE:-bookworm}
mirror=${MIRROR:-http://deb.debian.org/debian}
export DOCKER_BUILDKIT=0

say() { printf '%s\n' "$*" >&2; }
for program in docker debootstrap dotnet node npm; do
    command -v "$program" >/dev/null || { say "$program is needed."; exit 1; }
done
docker info >/dev/null 2>&1 || { say "No Docker engine answers."; exit 1; }
[ "$(id -u)" -eq 0 ] || { say "debootstrap needs root."; exit 1; }
mkdir -p "$cache"

if [ ! -f "$cache/system.done" ]; then
    say "Bootstrapping $suite (some minutes) ..."
    rm -rf "$cache/system"
    debootstrap --variant=minbase --include=ca-certificates,libicu72,libssl3,libstdc++6,zlib1g "$suite" "$cache/system" "$mirror" >"$cache/debootstrap.log" 2>&1 ||
        { say "debootstrap failed; see $cache/debootstrap.log"; exit 1; }
    rm -rf "$cache/system/var/cache/apt/archives/"*.deb "$cache/system/var/lib/apt/lists/"*
    # Installing a package starts nothing.
    printf '#!/bin/sh\nexit 101\n' >"$cache/system/usr/sbin/policy-rc.d"
    chmod 755 "$cache/system/usr/sbin/policy-rc.d"
    touch "$cache/system.done"
fi
docker image inspect livestream-local/system >/dev/null 2>&1 || tar -C "$cache/system" -c . | docker import - livestream-local/system >/dev/null

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# image NAME: what $work/NAME holds, by the Dockerfile on standard input.
image() {
    say "Building livestream-local/$1 ..."
    mkdir -p "$work/$1"
    { echo "FROM livestream-local/system"; cat; } >"$work/$1/Dockerfile"
    docker build -q --network=host -t "livestream-local/$1" "$work/$1" >&2
}
# packages NAME: the line that installs them.
packages() { echo "RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $* >/dev/null && rm -rf /var/lib/apt/lists/* /var/cache/apt/*"; }
# put NAME FILE AS: into an image's folder, with fixed times and rights, so that the layer is the same the next time.
put() { mkdir -p "$work/$1" && install -m 755 "$here/local/$2" "$work/$1/$3" && touch -d @0 "$work/$1/$3"; }

# .NET, as it is installed here: the runtime alone to run, the whole of it to build.
dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
mkdir -p "$work/aspnet/dotnet/shared" "$work/sdk" "$work/node"
cp -a "$dotnet/dotnet" "$dotnet/host" "$work/aspnet/dotnet/"
cp -a "$dotnet/shared/Microsoft.NETCore.App" "$dotnet/shared/Microsoft.AspNetCore.App" "$work/aspnet/dotnet/shared/"
image aspnet <<D
$(packages libgssapi-krb5-2)
COPY dotnet /usr/share/dotnet
RUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet && useradd -u 1654 -m app
ENV DOTNET_RUNNING_IN_CONTAINER=true
D

# Builds fetch packages, so they trust whom this machine trusts beside the public authorities; what runs does not.
for name in sdk node; do
    mkdir -p "$work/$name/authorities"
    find /usr/local/share/ca-certificates -name '*.crt' -exec cp -a {} "$work/$name/authorities/" \; 2>/dev/null || true
done
trust='COPY authorities /usr/local/share/ca-certificates
RUN update-ca-certificates 2>/dev/null'
cp -a "$dotnet" "$work/sdk/dotnet"
image sdk <<D
$trust
COPY dotnet /usr/share/dotnet
RUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 NUGET_CERT_REVOCATION_MODE=${NUGET_CERT_REVOCATION_MODE:-online}
D

# Debian's Node.js is too old for the web client's tools.
cp -a "$(readlink -f "$(command -v node)")" "$work/node/node"
cp -a "$(npm root -g)/npm" "$work/node/npm"
image node <<D
$trust
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && npm --version
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
D

image nginx <<D
$(packages nginx-light)
USER www-data
D

put rabbitmq rabbitmq.sh start
image rabbitmq <<D
$(packages rabbitmq-server)
COPY start /usr/local/bin/start
RUN printf '#!/bin/bash\nexec 3<>/dev/tcp/127.0.0.1/5672\n' > /usr/local/bin/rabbitmq-diagnostics && chmod 755 /usr/local/bin/rabbitmq-diagnostics
USER rabbitmq
ENV HOME=/var/lib/rabbitmq
ENTRYPOINT ["/usr/local/bin/start"]
D

put postgres postgres.sh start
image postgres <<D
$(packages postgresql)
COPY start /usr/local/bin/start
RUN mkdir -p /var/lib/postgresql/data && chown postgres /var/lib/postgresql/data && ln -s /usr/lib/postgresql/*/bin/pg_isready /usr/local/bin/
USER postgres
ENV PGHOST=127.0.0.1
ENTRYPOINT ["/usr/local/bin/start"]
D

put objects objects.sh start
put objects mc.sh mc
image objects <<D
$(packages swift-proxy swift-account swift-container swift-object python3-swift memcached curl)
COPY start mc /usr/local/bin/
RUN mkdir -p /data && chown swift:swift /data
USER swift
ENTRYPOINT ["/usr/local/bin/start"]
D

image coturn <<D
$(packages coturn)
USER turnserver
ENTRYPOINT ["turnserver"]
D

image prometheus <<D
$(packages prometheus)
RUN mkdir -p /prometheus && chown prometheus /prometheus
USER prometheus
ENTRYPOINT ["prometheus"]
CMD ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"]
D

say "NOT made: grafana, which Debian does not have. Start everything else, by name: docker compose up -d \$(docker compose config --services | grep -vx grafana)"
cat <<D
export DOCKER_BUILDKIT=0 COMPOSE_DOCKER_CLI_BUILD=0
export SDK_IMAGE=livestream-local/sdk NODE_IMAGE=livestream-local/node BASE_IMAGE=livestream-local/aspnet
export NGINX_IMAGE=livestream-local/nginx RABBITMQ_IMAGE=livestream-local/rabbitmq POSTGRES_IMAGE=livestream-local/postgres
export COTURN_IMAGE=livestream-local/coturn PROMETHEUS_IMAGE=livestream-local/prometheus
export MINIO_IMAGE=livestream-local/objects MC_IMAGE=livestream-local/objects MINIO_USER=livestream:livestream OBJECTS_PLAIN_BODIES=true
D

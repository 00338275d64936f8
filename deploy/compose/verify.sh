#!/usr/bin/env bash
# Builds and starts docker-compose.yml as it is, on loopback, waits until everything is healthy, and runs end-to-end scenarios against it
# in a real browser: a show that goes live, is watched in real time and by HLS and is recorded, and an SFU node that is killed.
#   deploy/compose/verify.sh [--local] [--keep]
# --local makes the images that no registry is reachable for (local-images.sh). --keep leaves everything running.
# Its containers and volumes have names of their own (project livestream-verify), and are removed at the end.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/../../.ci/common.sh"
cd "$root"

local_images= keep= without=nothing
for argument in "$@"; do
    case $argument in
        --local) local_images=1 ;;
        --keep) keep=1 ;;
        *) say "What is $argument?"; exit 2 ;;
    esac
done
if [ -n "$local_images" ]; then
    eval "$(deploy/docker/local-images.sh)"
    say "WITHOUT grafana, of which there is no local image."
    without=grafana
fi
if docker compose version >/dev/null 2>&1; then compose=(docker compose); else compose=(docker-compose); fi
export BIND=127.0.0.1 COMPOSE_PROJECT_NAME=livestream-verify COMPOSE_FILE=docker-compose.yml:deploy/compose/verify.yml COMPOSE_HTTP_TIMEOUT=600
work=$(mktemp -d)
finish() {
    local status=$?
    if [ "$status" -ne 0 ]; then
        "${compose[@]}" ps >&2 || true
        "${compose[@]}" logs --no-color --tail=300 >"$cache/verify.log" 2>&1 || true
        say "FAILED; the logs of all containers: $cache/verify.log"
    fi
    [ -n "$keep" ] || "${compose[@]}" down -v --remove-orphans >&2 || true
    rm -rf "$work"
}
trap finish EXIT

install_packages chromium ffmpeg
fetch_interop
build verify services/all-in-one/LiveStream.AllInOne.csproj tests/e2e/LiveStream.E2E.Tests.csproj

# Of the program that runs in a container, as Docker tells it.
service_of() { docker inspect -f '{{index .Config.Labels "com.docker.compose.service"}}' "$1"; }
# Containers that are not yet as they should be; what makes the bucket has to end well, everything else to run.
unready() {
    local id service state
    for id in $("${compose[@]}" ps -q); do
        service=$(service_of "$id")
        state=$(docker inspect -f '{{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.ExitCode}}{{end}}' "$id")
        case "$service $state" in
            "buckets exited 0" | *" running healthy" | *" running 0") ;;
            *) printf '%s: %s\n' "$service" "$state" ;;
        esac
    done
}

"${compose[@]}" build >"$cache/verify-build.log" 2>&1 || { tail -n 40 "$cache/verify-build.log" >&2; exit 1; }
began=$SECONDS
mapfile -t services < <("${compose[@]}" config --services | grep -vx "$without")
"${compose[@]}" up -d "${services[@]}" >&2
while [ -n "$(unready)" ]; do
    [ $((SECONDS - began)) -lt 300 ] || { say "Not healthy after 300 s:"; unready >&2; exit 1; }
    sleep 1
done
echo "all healthy after $((SECONDS - began)) s"

for service in rooms signalling sfu sfu-2 packager recording webhooks gateway; do
    id=$("${compose[@]}" ps -q "$service")
    user=$(docker exec "$id" id -u)
    [ "$user" -ne 0 ] || { say "$service runs as root"; exit 1; }
    [ "$(docker inspect -f '{{.HostConfig.ReadonlyRootfs}}' "$id")" = true ] || { say "the root of $service can be written"; exit 1; }
    size=$(docker image inspect -f '{{.Size}}' "$(docker inspect -f '{{.Image}}' "$id")")
    echo "$service: user $user, read-only root, image of $((size / 1000000)) MB"
done

(umask 077 && docker exec "$("${compose[@]}" ps -q rooms)" cat /data/workspace.json >"$work/workspace.json")
printf '#!/bin/sh\nexec docker "$1" "$(docker ps -aq -f label=com.docker.compose.project=%s -f label=com.docker.compose.service="$2")" >/dev/null\n' \
    "$COMPOSE_PROJECT_NAME" >"$work/control"
chmod 755 "$work/control"
export E2E_URL=http://localhost:8080 E2E_KEYS=$work E2E_CONTROL=$work/control E2E_FIGURES=$work/figures
status=0
timeout -k 10 900 dotnet test tests/e2e/bin/Release/net10.0/LiveStream.E2E.Tests.dll --nologo --results-directory "$work" \
    --logger "console;verbosity=detailed" >"$cache/verify-tests.log" 2>&1 </dev/null \
    --filter "(FullyQualifiedName~GoLiveTests&DisplayName~SixServices)|FullyQualifiedName~.MediaNode_Killed" || status=$?
cat "$work/figures" 2>/dev/null || true
grep -E '^ +(Passed|Failed) |^(Total tests|Failed!|Passed!)' "$cache/verify-tests.log" || true
# A filter that finds nothing is no success.
[ "$(grep -cE '^ +Passed ' "$cache/verify-tests.log")" -ge 2 ] || status=1
[ "$status" -eq 0 ] || { tail -n 60 "$cache/verify-tests.log" >&2; exit 1; }
for id in $("${compose[@]}" ps -q); do
    [ "$(docker inspect -f '{{.RestartCount}}' "$id")" = 0 ] || { say "$(service_of "$id") ended by itself and was started again"; exit 1; }
done
echo "The deployment works."

#!/usr/bin/env bash
# Runs a benchmark against the Release build:  ./bench.sh NAME [--json FILE]
# sfu keeps server and load on one processor; BENCH_CORES=all lets both go where the kernel puts them.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/.ci/common.sh"

# The fault matrix is a test; here it also renews its table.
if [ "${1:-}" = faults ]; then
    E2E_RELIABILITY=$root/docs/reliability.md exec "$root/test.sh" FaultMatrixTests
fi

need_runtime
[ "${1:-}" = rest ] && install_packages postgresql
[ "${1:-}" = bus ] && install_packages postgresql rabbitmq-server
[ "${1:-}" = grpc ] && fetch_interop
if [ "${1:-}" = compare ]; then
    install_packages golang-go golang-github-pion-webrtc.v3-dev
    # Against the distribution's packages: no module is fetched.
    mkdir -p "$cache"
    (cd "$root/bench/pion" && GO111MODULE=off GOPATH=/usr/share/gocode go build -o "$cache/pion-forwarder" .)
    set -- "$@" --pion "$cache/pion-forwarder"
fi
build bench services/all-in-one/LiveStream.AllInOne.csproj bench/LiveStream.Benchmarks/LiveStream.Benchmarks.csproj
bench=$root/bench/LiveStream.Benchmarks/bin/Release/net10.0/LiveStream.Benchmarks.dll
# On one processor: with the load on another, the server pays for memory that the load's processor has just freed and for sockets
# that it has just read, which over a network nobody does.
on=()
if [ "${1:-}" = sfu ] && [ "${BENCH_CORES:-one}" = one ]; then
    last=$(taskset -cp $$)
    on=(taskset -c "${last##*[ ,-]}")
fi
# In a network of its own, where that may be: what containers leave behind in the host's packet filter costs each datagram.
if [[ "${1:-}" =~ ^(sfu|compare)$ ]] && unshare -n true 2>/dev/null; then
    install_packages iproute2
    exec unshare -n sh -c 'ip link set lo up && exec "$@"' sh "${on[@]}" dotnet "$bench" "$@"
fi
exec "${on[@]}" dotnet "$bench" "$@"

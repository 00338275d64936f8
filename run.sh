#!/usr/bin/env bash
# Builds what is stale and runs the whole product in the foreground.
#   ./run.sh [--port 8080] [--media-port 7882] [--data DIR] [--host 127.0.0.1] [--public-url URL] [--config FILE]
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/.ci/common.sh"

need_runtime
build product services/all-in-one/LiveStream.AllInOne.csproj
exec dotnet "$root/services/all-in-one/bin/Release/net10.0/LiveStream.AllInOne.dll" "$@"

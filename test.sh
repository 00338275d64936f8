#!/usr/bin/env bash
# Builds once and runs every test project, or the tests whose full name contains FILTER:  ./test.sh [FILTER]
# Without FILTER, the fault matrix is left out, which takes some minutes: ./bench.sh faults, or ./test.sh FaultMatrix.
# The last line is "N passed, N failed, N skipped" of all of them.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/.ci/common.sh"

filter=${1:-}
results=$cache/test-results
started=$SECONDS

need_runtime
install_packages postgresql chromium chromium-headless-shell python3-aiortc python3-gst-1.0 gir1.2-gst-plugins-bad-1.0 gstreamer1.0-tools \
    gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-nice gstreamer1.0-libav \
    unzip nginx-light swift-proxy swift-account swift-container swift-object memcached rabbitmq-server
# Debian's kubectl; another one that is there is as good, and its files are in the way.
command -v kubectl >/dev/null || install_packages kubernetes-client
if [ -z "${E2E_CHROMIUM:-}" ] && ! command -v chromium google-chrome >/dev/null; then
    say "No browser: what needs one fails. Ubuntu has no package of Chromium: install Google Chrome, or set E2E_CHROMIUM=/path/to/a/browser"
fi
need_node || true
fetch_interop
build all LiveStream.sln

rm -rf "$results"
mkdir -p "$results"
no_filter=
[ -n "$filter" ] || no_filter='FullyQualifiedName!~FaultMatrix'
export cache results filter no_filter root

dll_of() { printf '%s/bin/Release/net10.0/%s.dll' "$(dirname "$1")" "$(basename "$1" .csproj)"; }

# run_project CSPROJ: its output and its counts (trx) go to files; one line is printed.
run_project() {
    local project=$1 name verbosity=minimal began=$SECONDS status=0
    name=$(basename "$project" .csproj)
    # End-to-end tests tell what they measured.
    [[ $name == *E2E* ]] && verbosity=detailed
    (
        cd "$root"
        # What runs for a minute gains nothing from a compiler that measures first: a quarter of the processor time went there.
        # End to end the product runs as it does for everybody.
        [ $verbosity = detailed ] || export DOTNET_TieredPGO=0
        # The assembly itself: the build is done, so MSBuild has no work here.
        timeout -k 10 1800 dotnet test "$(dll_of "$project")" --nologo \
            --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=$verbosity" --results-directory "$results" \
            --blame-hang-timeout 8m --blame-hang-dump-type none --filter "${filter:+FullyQualifiedName~$filter}${no_filter:-}"
    ) >"$results/$name.log" 2>&1 </dev/null || status=$?
    printf '%s\n' "$status" >"$results/$name.exit"
    printf '%-40s %4d s\n' "$name" $((SECONDS - began))
    if [ "$status" -ne 0 ] || [ $verbosity = detailed ]; then cat "$results/$name.log"; fi
}
export -f run_project dll_of

cd "$root"
mapfile -d '' projects < <(find tests -name '*.csproj' -not -path '*/bin/*' -not -path '*/obj/*' -print0 |
    xargs -0 grep -lZ '<IsTestProject>true' | LC_ALL=C sort -z)

# Two at a time, the largest first, so that none runs alone at the end; then browsers and media servers, with the machine for themselves.
quick=() alone=()
for project in "${projects[@]}"; do
    if [[ $project == tests/e2e/* || $project == tests/interop/* ]]; then alone+=("$project"); else quick+=("$project"); fi
done
for project in "${quick[@]}"; do printf '%s\t%s\0' "$(stat -c %s "$(dll_of "$project")" 2>/dev/null || echo 0)" "$project"; done |
    LC_ALL=C sort -zrn | cut -z -f 2 | xargs -0 -P 2 -I '{}' bash -c 'run_project "$1"' _ '{}'
for project in ${alone[@]+"${alone[@]}"}; do run_project "$project"; done

# counter TRX NAME: an attribute of the <Counters> element; empty when the run left none.
counter() { sed -n "s/.*<Counters[^>]* $2=\"\([0-9]*\)\".*/\1/p" "$1" 2>/dev/null | head -n 1; }

passed=0 failed=0 skipped=0 broken=0
for project in "${projects[@]}"; do
    name=$(basename "$project" .csproj)
    trx=$results/$name.trx
    status=$(cat "$results/$name.exit")
    total=$(counter "$trx" total) good=$(counter "$trx" passed) bad=$(counter "$trx" failed)
    total=${total:-0} good=${good:-0} bad=${bad:-0}
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + total - good - bad))
    if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ] && { [ "$total" -gt 0 ] || [ -z "$filter" ]; }; then
        echo "$name ended with exit code $status and no failed test: it crashed or hung."
        failed=$((failed + 1))
    elif [ "$total" -eq 0 ] && [ -z "$filter" ]; then
        echo "$name ran no test."
        broken=1
    fi
done
if [ $((passed + failed + skipped)) -eq 0 ]; then
    echo "No test matches '$filter'."
    broken=1
fi

# Once more what failed and why, at the end, where whoever sees only the tail of a long log finds it.
if [ "$failed" -ne 0 ]; then
    echo "Failed:"
    grep -hE -A 150 '^ *Failed .*\[' "$results"/*.log | cut -c 1-400 || true
fi
echo "Took $((SECONDS - started)) s."
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$broken" -eq 0 ]

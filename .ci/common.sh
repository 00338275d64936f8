# Shared by run.sh, test.sh and bench.sh: what is missing is installed, what is stale is built. Sourced, not run.
# Every path is absolute: the caller's working folder stays what it is.

root=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
cache=$root/.cache
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

say() { printf '%s\n' "$*" >&2; }

need_dotnet() {
    command -v dotnet >/dev/null && return
    say "The .NET 10 SDK is needed: https://dotnet.microsoft.com/download"
    exit 1
}

# What every start needs besides .NET. Asked for by what it is: names of packages differ between distributions.
need_runtime() {
    need_dotnet
    command -v ffmpeg >/dev/null || install_packages ffmpeg
    # All of it is read: whoever writes must not be ended by a pipe that nobody reads.
    { PATH=$PATH:/sbin:/usr/sbin ldconfig -p || ls /usr/lib /usr/lib64; } 2>/dev/null | grep 'libssl\.so\.3' >/dev/null || install_packages libssl3
}

# Node.js and npm for the web client: the machine's own where its tools run on it, else one from npm's registry, in .cache.
need_node() {
    local version=22.23.2 machine folder
    command -v npm >/dev/null || install_packages nodejs npm
    if ! command -v npm >/dev/null; then
        say "Please install npm, with Node.js 20.19, 22.12 or later"
        return 1
    fi
    node -e 'const [major, minor] = process.versions.node.split(".").map(Number);
        process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1)' && return
    case $(uname -m) in
        x86_64) machine=x64 ;;
        aarch64) machine=arm64 ;;
        *) machine=none ;;
    esac
    folder=$cache/node/node_modules/node-linux-$machine/bin
    if [ "$("$folder/node" --version 2>/dev/null)" != "v$version" ]; then
        say "Fetching Node.js $version; the machine's own, $(node --version), is too old for the web client's tools ..."
        mkdir -p "$cache/node"
        if ! npm install --prefix "$cache/node" --no-audit --no-fund --ignore-scripts "node-linux-$machine@$version" >"$cache/node.log" 2>&1 </dev/null; then
            say "Could not fetch it by npm: please install Node.js 20.19, 22.12 or later. See $cache/node.log"
            return 1
        fi
    fi
    export PATH=$folder:$PATH
}

# install_packages PACKAGE...: by apt-get, those that are not there yet; tells and goes on where that cannot be done.
install_packages() {
    local missing=() package sudo=()
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    if ! command -v apt-get >/dev/null; then
        say "Please install: ${missing[*]}"
        return
    fi
    [ "$(id -u)" -eq 0 ] || sudo=(sudo)
    say "Installing ${missing[*]} ..."
    mkdir -p "$cache"
    local log=$cache/apt.log enabled
    enabled=$(enabled_units)
    (
        flock 9
        export DEBIAN_FRONTEND=noninteractive
        # Servers are started by those who need them, on loopback; an installation starts none, now or with the machine.
        if [ ! -e /usr/sbin/policy-rc.d ]; then
            printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee /usr/sbin/policy-rc.d >/dev/null
            "${sudo[@]}" chmod 755 /usr/sbin/policy-rc.d
            trap '"${sudo[@]}" rm -f /usr/sbin/policy-rc.d' EXIT
        fi
        "${sudo[@]}" apt-get -o DPkg::Lock::Timeout=300 update -qq &&
            { "${sudo[@]}" apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "${missing[@]}" ||
                # One unknown name must not keep the others away.
                for package in "${missing[@]}"; do
                    "${sudo[@]}" apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "$package" || echo "no $package"
                done; }
        status=$?
        enabled_units | grep -vxF "$enabled" | xargs -r "${sudo[@]}" systemctl disable || true
        exit $status
    ) 9>"$cache/apt.lock" >"$log" 2>&1 </dev/null || say "Could not install ${missing[*]}; see $log"
}

# Services that start with the machine.
enabled_units() {
    find /etc/systemd/system -path '*.wants/*' -type l -printf '%f\n' 2>/dev/null | LC_ALL=C sort -u || true
}

# Names, times and sizes of what the web client is built from.
web_state() {
    (cd "$root/web" && find . \( -name node_modules -o -name dist \) -prune -o -type f -printf '%p %T@ %s\n' | LC_ALL=C sort | sha256sum)
}

# The web client, once for each state of web/; its packages once for each lock file. Goes on without where npm is missing.
build_web() {
    local lock=$root/web/package-lock.json packages=$cache/web-packages.stamp stamp=$cache/web.stamp state
    state=$(web_state)
    [ -d "$root/web/dist" ] && [ -d "$root/services/all-in-one/wwwroot/lib" ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$state" ] && return 0
    if ! need_node; then
        say "Without them there is no web client; its pages say so, everything else works."
        return 0
    fi
    say "Building the web client ..."
    : >"$cache/web.log"
    if ! { [ -d "$root/web/node_modules" ] && cmp -s "$lock" "$packages"; }; then
        # No package's own script is needed, so none runs.
        if ! npm ci --prefix "$root/web" --no-audit --no-fund --ignore-scripts >>"$cache/web.log" 2>&1 </dev/null; then
            say "Could not fetch the web client's packages by npm; its pages say so, everything else works. See $cache/web.log"
            return 0
        fi
        cp "$lock" "$packages"
    fi
    if ! npm run --prefix "$root/web" build >>"$cache/web.log" 2>&1 </dev/null; then
        say "Could not build the web client; its pages say so, everything else works. See $cache/web.log"
        return 0
    fi
    printf '%s\n' "$state" >"$stamp"
}

# What tests/interop needs from npm, once for each state of a folder: packages, and the pages that are bundled from them, with
# what they have in common with the product's own.
fetch_interop() {
    local folder name state stamp
    for folder in "$root"/tests/interop/*/; do
        [ -f "$folder/package-lock.json" ] || continue
        name=$(basename "$folder") stamp=$cache/interop-$(basename "$folder").stamp
        state=$(find "$folder" "$root/web/src/meeting/senderParameters.ts" -name node_modules -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum)
        [ -d "$folder/node_modules" ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$state" ] && continue
        need_node || return 0
        mkdir -p "$cache"
        if ! { npm ci --prefix "$folder" --no-audit --no-fund && npm run --prefix "$folder" --if-present build; } >"$cache/interop-$name.log" 2>&1 </dev/null; then
            say "Could not fetch tests/interop/$name by npm; see $cache/interop-$name.log"
            continue
        fi
        printf '%s\n' "$state" >"$stamp"
    done
}

# Names, times and sizes of everything a build reads.
source_state() {
    (
        cd "$root"
        find . \( -name bin -o -name obj -o -name node_modules -o -name '.git' -o -name .cache -o -path ./data \) -prune \
            -o -type f \( -path './services/*' -o -path './shared/*' -o -path './tests/*' -o -path './bench/*' -o -path './web/*' \
            -o -name 'Directory.*.props' -o -name global.json -o -name '*.sln' -o -name .editorconfig \) -printf '%p %T@ %s\n' |
            LC_ALL=C sort | sha256sum
    )
}

# build NAME PATH...: Release, once for each state of the sources; several callers at once wait for the first one.
build() {
    local name=$1 path log state stamp
    shift
    need_dotnet
    mkdir -p "$cache"
    log=$cache/build-$name.log stamp=$cache/build-$name.stamp
    (
        flock 9
        # What the build starts must not keep the lock.
        build_web 9>&-
        state=$(source_state)
        [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$state" ] && exit 0
        say "Building ..."
        cd "$root"
        : >"$log"
        for path in "$@"; do
            if ! dotnet build "$path" -c Release -v q -nologo -nodeReuse:false >>"$log" 2>&1 9>&- </dev/null; then
                cat "$log" >&2
                say "The build failed."
                exit 1
            fi
        done
        printf '%s\n' "$state" >"$stamp"
    ) 9>"$cache/build.lock"
}

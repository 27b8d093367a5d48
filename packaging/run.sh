#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds, and starts the dashboard on a copy of the sample workspace.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: packaging/run.sh [--build-only] [--minimal] [--help] [ARGUMENT…]

Installs what is missing, builds the preset "release" into build/release, and starts the dashboard on a copy of the sample
workspace, with its pools running and its files being converted. Without a display the same is done in the terminal.

  --build-only  stop after the build
  --minimal     leave the converters' tools (Java, PlantUML, Graphviz, Chromium, draw.io, nbconvert) out; jobs that need no tool
                are run instead
  ARGUMENT…     passed on to lifeguard (without a display: to lifeguardctl run)

The copy is made once, in ${XDG_DATA_HOME:-~/.local/share}/lifeguard/sample, and is yours: nothing in it is overwritten.
TEXT
}

build_only=no
minimal=no
passed_on=()
while [ $# -gt 0 ]; do
    case $1 in
        --build-only) build_only=yes ;;
        --minimal) minimal=yes ;;
        -h | --help) usage; exit 0 ;;
        *) passed_on+=("$1") ;;
    esac
    shift
done

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
# shellcheck source=packaging/dependencies.sh
. packaging/dependencies.sh

# Is there an X server behind DISPLAY? A variable left over from a closed session must not end in a crash.
x_display_works() {
    [ -n "${DISPLAY:-}" ] || return 1
    local host=${DISPLAY%:*} number=${DISPLAY##*:}
    number=${number%%.*}
    case $number in '' | *[!0-9]*) return 1 ;; esac
    if [ -z "$host" ] || [ "$host" = unix ]; then
        [ -S "/tmp/.X11-unix/X$number" ] || grep -qs "@/tmp/.X11-unix/X$number\$" /proc/net/unix
    else
        timeout 3 bash -c "exec 3<>/dev/tcp/$host/$((6000 + number))" 2>/dev/null
    fi
}

wayland_display_works() {
    [ -n "${WAYLAND_DISPLAY:-}" ] || return 1
    case $WAYLAND_DISPLAY in
        /*) [ -S "$WAYLAND_DISPLAY" ] ;;
        *) [ -S "${XDG_RUNTIME_DIR:-/nonexistent}/$WAYLAND_DISPLAY" ] ;;
    esac
}

packages=("${lifeguard_build_packages[@]}" "${lifeguard_run_packages[@]}")
if [ "$minimal" = no ]; then
    packages+=("${lifeguard_converter_packages[@]}")
fi
display=no
if [ -n "${QT_QPA_PLATFORM:-}" ] || x_display_works; then
    display=yes
elif wayland_display_works; then
    display=yes
    packages+=("${lifeguard_wayland_packages[@]}")
fi
install_missing "${packages[@]}"
if [ "$minimal" = no ]; then
    packaging/plantuml/install.sh || echo "Debian's older PlantUML is used: diagrams with '!theme', and of younger kinds, will fail." >&2
    packaging/drawio/install.sh || echo "Everything else works; jobs of the type drawio will fail and say why." >&2
fi

# The tests' targets are configured too, so that run.sh and test.sh share one cache and never rebuild each other's work.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! cmake --preset release >"$log" 2>&1; then
    cat "$log" >&2
    exit 2
fi
cmake --build --preset release --target lifeguard lifeguardctl lifeguard-worker
if [ "$build_only" = yes ]; then
    echo "Built: $root/build/release/bin"
    exit 0
fi

bin=$root/build/release/bin
workspace=${XDG_DATA_HOME:-$HOME/.local/share}/lifeguard/sample
if [ ! -e "$workspace" ]; then
    mkdir -p "$(dirname "$workspace")"
    # Copied beside its place and renamed: a copy that was broken off is not taken for a whole one.
    copy=$(mktemp -d "$workspace.XXXXXX")
    cp -R resources/sample/. "$copy/"
    chmod 755 "$copy"
    mv "$copy" "$workspace"
fi
database=$workspace/clx_jobs.db
place=(--db "$database" --workspace "$workspace")

pools=(--pool "plantuml=2,mode=direct" --pool "drawio=1,mode=direct" --pool "notebook=1,mode=direct")
inputs=("$workspace/diagrams")
# A copy made by an earlier version has no drawings and no notebooks.
for folder in "$workspace/drawings" "$workspace/notebooks"; do
    if [ -d "$folder" ]; then
        inputs+=("$folder")
    fi
done
if [ "$minimal" = yes ]; then
    pools=(--pool "noop=2,mode=direct")
    "$bin/lifeguardctl" submit "${place[@]}" --type noop --payload '{"sleep_ms": 300}' --count 40
fi

if [ "$display" = yes ]; then
    submit=()
    if [ "$minimal" = no ]; then
        for input in "${inputs[@]}"; do
            submit+=(--submit "$input")
        done
    fi
    rm -f "$log"
    exec "$bin/lifeguard" "${place[@]}" "${pools[@]}" "${submit[@]}" "${passed_on[@]}"
fi

echo "There is no display here, so the sample workspace is converted in this terminal."
if [ "$minimal" = no ]; then
    "$bin/lifeguardctl" submit "${place[@]}" "${inputs[@]}"
fi
"$bin/lifeguardctl" run "${place[@]}" "${pools[@]}" --until-idle "${passed_on[@]}"

echo
if [ -d "$workspace/output" ]; then
    echo "Written to $workspace/output:"
    find "$workspace/output" -type f -printf '  %P  (%s bytes)\n' | sort
else
    echo "No files were written: jobs of the type noop have no output."
fi
"$bin/lifeguardctl" status "${place[@]}"

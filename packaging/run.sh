#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs missing packages, builds Lifeguard, and starts the dashboard with a copy of the sample workspace.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: packaging/run.sh [--build-only] [--minimal] [--help] [ARGUMENT…]

Installs missing packages, builds the preset "release" into build/release, and starts the dashboard with a copy of the sample
workspace, whose files are converted. Without a display, converts the files in the terminal instead.

  --build-only  stop after the build
  --minimal     do not install the tools of the converters (Java, PlantUML, Graphviz, Chromium, draw.io, nbconvert); run jobs
                that need no tool instead of converting the sample files
  ARGUMENT…     passed on to lifeguard, or to lifeguardctl run without a display

The copy is created once, in ${XDG_DATA_HOME:-~/.local/share}/lifeguard/sample. Its files are never overwritten.
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

# Returns whether an X server is listening at DISPLAY. The variable may be left over from a closed session.
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

# Returns whether a Wayland compositor is listening at WAYLAND_DISPLAY.
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
    if needs_npm; then
        packages+=("${lifeguard_download_packages[@]}")
    fi
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
    packaging/plantuml/install.sh || echo "The older PlantUML from Debian is used. Diagrams with '!theme' and newer types of diagrams will fail." >&2
    packaging/drawio/install.sh || echo "Jobs of type drawio will fail. All other jobs will work." >&2
fi

# The tests are configured too, so that run.sh and test.sh use the same build folder without rebuilding.
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
    # Copy to a temporary folder and rename it, so that an interrupted copy is not mistaken for a complete one.
    copy=$(mktemp -d "$workspace.XXXXXX")
    cp -R resources/sample/. "$copy/"
    chmod 755 "$copy"
    mv "$copy" "$workspace"
fi
database=$workspace/clx_jobs.db
place=(--db "$database" --workspace "$workspace")

pools=(--pool "plantuml=2,mode=direct" --pool "drawio=1,mode=direct" --pool "notebook=1,mode=direct")
inputs=("$workspace/diagrams")
# A copy created by an earlier version contains neither drawings nor notebooks.
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

echo "No display was found. The sample workspace is converted in this terminal."
if [ "$minimal" = no ]; then
    "$bin/lifeguardctl" submit "${place[@]}" "${inputs[@]}"
fi
"$bin/lifeguardctl" run "${place[@]}" "${pools[@]}" --until-idle "${passed_on[@]}"

echo
if [ -d "$workspace/output" ]; then
    echo "Output files in $workspace/output:"
    find "$workspace/output" -type f -printf '  %P  (%s bytes)\n' | sort
else
    echo "There are no output files: jobs of type noop do not write any."
fi
"$bin/lifeguardctl" status "${place[@]}"

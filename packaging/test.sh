#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what the tests need, builds, and runs all of them on a virtual screen. The last line is the count.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: packaging/test.sh [--asan] [--help] [CTEST-ARGUMENT…]

Installs what the tests need, builds, and runs all tests (ctest) on a virtual screen. The last line of the output reads
"N passed, N failed, N skipped"; the exit code is 0 only if something passed and nothing failed.

  --asan          build the preset "asan" (address and undefined-behaviour sanitizers) instead of "release"
  CTEST-ARGUMENT  passed on, for example: -R store
TEXT
}

preset=release
passed_on=()
while [ $# -gt 0 ]; do
    case $1 in
        --asan) preset=asan ;;
        -h | --help) usage; exit 0 ;;
        *) passed_on+=("$1") ;;
    esac
    shift
done

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
# shellcheck source=packaging/dependencies.sh
. packaging/dependencies.sh
install_missing "${lifeguard_build_packages[@]}" "${lifeguard_run_packages[@]}" "${lifeguard_converter_packages[@]}" \
                "${lifeguard_test_packages[@]}"
packaging/plantuml/install.sh
packaging/drawio/install.sh

export LC_ALL=C.UTF-8
cmake --preset "$preset" -DLIFEGUARD_BUILD_TESTS=ON
cmake --build --preset "$preset"

# A home of its own: tests must neither see nor touch the files of whoever runs them.
private=$(mktemp -d "${TMPDIR:-/tmp}/lifeguard-test.XXXXXX")
trap 'chmod -R u+w "$private" 2>/dev/null; rm -rf "$private"' EXIT
mkdir -p "$private"/{home,state,data,config,cache,tmp}
mkdir -m 700 "$private/run"
export HOME=$private/home TMPDIR=$private/tmp XDG_RUNTIME_DIR=$private/run XDG_STATE_HOME=$private/state \
       XDG_DATA_HOME=$private/data XDG_CONFIG_HOME=$private/config XDG_CACHE_HOME=$private/cache
unset DB_PATH WORKSPACE_PATH WORKER_ID WORKER_TYPE WAYLAND_DISPLAY DISPLAY
export QT_QPA_PLATFORM=xcb
# Qt, fontconfig and the X libraries keep what they allocate until the end: no leaks of ours.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0}

report=$root/build/$preset/tests.xml
rm -f "$report"
code=0
mkfifo "$private/ready"
printf '#!/bin/sh\necho ready >"%s"\n' "$private/ready" >"$private/announce"
chmod +x "$private/announce"
# The window manager has to be there first: a window shown before it is never made the active one.
# shellcheck disable=SC2016  # expanded by the inner shell
xvfb-run --auto-servernum --server-args="-screen 0 1600x1000x24 -nolisten tcp" bash -c '
    private=$1
    shift
    openbox --sm-disable --startup "$private/announce" >/dev/null 2>&1 &
    window_manager=$!
    read -r -t 30 _ <>"$private/ready" || echo "openbox did not start within 30 s" >&2
    code=0
    "$@" || code=$?
    kill "$window_manager" 2>/dev/null || true
    exit "$code"
' under-xvfb "$private" ctest --test-dir "build/$preset" --output-on-failure --output-junit "$report" --no-tests=error \
    --test-output-size-passed 1000000 --test-output-size-failed 1000000 "${passed_on[@]}" || code=$?

if [ ! -s "$report" ]; then
    echo "ctest wrote no report (exit code $code)." >&2
    echo "0 passed, 0 failed, 0 skipped"
    exit 1
fi

# One record a test. ctest calls a program "skipped" when any of its functions was, even if another one failed: that is a failure.
read -r passed failed skipped < <(awk '
    BEGIN { RS = "</testcase>"; passed = failed = skipped = 0 }
    !/<testcase / { next }
    /status="run"/ { passed++; next }
    (/<skipped/ || /status="notrun"/ || /status="disabled"/) && !/FAIL!  :/ && !/<failure/ { skipped++; next }
    { failed++ }
    END { print passed, failed, skipped }' "$report")
if [ "$failed" -gt 0 ] || [ "$passed" -eq 0 ] || { [ "$code" -ne 0 ] && [ "$skipped" -eq 0 ]; }; then
    code=1
else
    code=0
fi
echo "$passed passed, $failed failed, $skipped skipped"
exit "$code"

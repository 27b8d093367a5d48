#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what the tests need, builds, and runs all of them on a virtual screen. The last line is the count.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: packaging/test.sh [--asan] [--help] [CTEST-ARGUMENT…]

Installs what the tests need, builds, and runs all tests (ctest) on a virtual screen. The last line of the output reads
"N passed, N failed, N skipped"; the exit code is 0 only if something passed and nothing failed.

The tests of containers run in a Docker engine of their own, which is started for them and takes all it has along when it ends; an
engine that runs on this machine is not touched. Where it cannot be started (that takes root) they are skipped, and why is said; with
LIFEGUARD_REQUIRE_DOCKER=1 nothing is tested then.

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
PATH=$PATH:/usr/sbin:/sbin # dockerd is there
packages=("${lifeguard_build_packages[@]}" "${lifeguard_run_packages[@]}" "${lifeguard_converter_packages[@]}" "${lifeguard_test_packages[@]}")
if ! command -v dockerd >/dev/null || ! command -v docker >/dev/null; then
    packages+=("${lifeguard_docker_packages[@]}")
fi
if ! command -v busybox >/dev/null; then
    packages+=("${lifeguard_busybox_packages[@]}")
fi
install_missing "${packages[@]}"
packaging/plantuml/install.sh
packaging/drawio/install.sh

private=$(mktemp -d "${TMPDIR:-/tmp}/lifeguard-test.XXXXXX")
chmod 711 "$private" # for the tests that are another user for a while
images= # pid of what makes them
# shellcheck disable=SC2317  # called by the trap
clean_up() {
    if [ -n "$images" ]; then
        kill "$images" 2>/dev/null || true
        wait "$images" 2>/dev/null || true
    fi
    tests/support/engine.sh remove "$private/engine" || true
    chmod -R u+w "$private" 2>/dev/null || true
    rm -rf "$private"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

without_docker() {
    if [ -n "${LIFEGUARD_REQUIRE_DOCKER:-}" ]; then
        echo "There is no Docker engine for the tests: $1" >&2
        exit 1
    fi
    echo "The tests of containers are skipped: $1" >&2
    export LIFEGUARD_NO_TEST_DOCKER=$1
    unset LIFEGUARD_TEST_DOCKER_HOST
}

# Waits until it listens, at most half a minute; not for one that has ended.
engine_answers() {
    local tries
    for ((tries = 0; tries < 150; tries++)); do
        if DOCKER_HOST=$LIFEGUARD_TEST_DOCKER_HOST timeout 10 docker version >/dev/null 2>&1; then return 0; fi
        if ! kill -0 "$engine" 2>/dev/null; then return 1; fi
        sleep 0.2
    done
    return 1
}

# The engine takes less than a second to start, and the programs much longer to build.
unset LIFEGUARD_TEST_DOCKER_HOST LIFEGUARD_NO_TEST_DOCKER
engine=
if [ "$(id -u)" -ne 0 ]; then
    without_docker "only root can start an engine."
else
    export LIFEGUARD_TEST_DOCKER_HOST=unix://$private/engine/docker.sock
    setsid tests/support/engine.sh run "$private/engine" >"$private/engine.log" 2>&1 </dev/null &
    engine=$!
fi

export LC_ALL=C.UTF-8
cmake --preset "$preset" -DLIFEGUARD_BUILD_TESTS=ON
cmake --build --preset "$preset" --target lifeguard-worker
if [ -n "$engine" ] && ! engine_answers; then
    sed 's/^/  /' "$private/engine.log" | tail -n 5 >&2
    without_docker "it could not be started. The end of what it said stands above."
    engine=
fi
if [ -n "$engine" ]; then
    # While the tests are built.
    TMPDIR=$private DOCKER_HOST=$LIFEGUARD_TEST_DOCKER_HOST packaging/images/build.sh --minimal --worker "build/$preset/bin/lifeguard-worker" \
        >"$private/images.log" 2>&1 &
    images=$!
fi
cmake --build --preset "$preset"
if [ -n "$images" ]; then
    made=0
    wait "$images" || made=$?
    images=
    cat "$private/images.log"
    if [ "$made" -ne 0 ]; then
        without_docker "the images for it could not be made."
    fi
fi

# A home of its own: tests must neither see nor touch the files of whoever runs them.
mkdir -p "$private"/{home,state,data,config,cache,tmp}
mkdir -m 700 "$private/run"
export HOME=$private/home TMPDIR=$private/tmp XDG_RUNTIME_DIR=$private/run XDG_STATE_HOME=$private/state \
       XDG_DATA_HOME=$private/data XDG_CONFIG_HOME=$private/config XDG_CACHE_HOME=$private/cache
unset DB_PATH WORKSPACE_PATH WORKER_ID WORKER_TYPE WAYLAND_DISPLAY DISPLAY DOCKER_CONTEXT DOCKER_TLS_VERIFY DOCKER_CERT_PATH
# Nor their engine: where a test does not say otherwise, there is none.
export DOCKER_HOST=unix://$private/no-engine.sock
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
    --parallel "$(nproc)" --test-output-size-passed 1000000 --test-output-size-failed 1000000 "${passed_on[@]}" || code=$?

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

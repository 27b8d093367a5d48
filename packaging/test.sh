#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs the packages that the tests need, builds everything, and runs the tests on a virtual display.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: packaging/test.sh [--asan | --tsan | --long] [--help] [CTEST-ARGUMENT…]

Installs the packages that the tests need, builds everything, and runs all tests with ctest on a virtual display. The reasons why
tests were skipped are printed at the end. The last line of the output is "N passed, N failed, N skipped". The exit code is 0 only
if at least one test passed and none failed.

Tests that would take longer than a minute run in a short form, unless --long is given. Run the long form before merging.

Docker tests use a Docker engine of their own, which is started before the tests and removed with all its data afterwards. It does
not affect another engine on this machine. Starting it requires root. If it cannot be started, the Docker tests are skipped and the
reason is printed. If LIFEGUARD_REQUIRE_DOCKER=1 is set, this script fails instead.

  --asan          use the preset "asan" (address and undefined behaviour sanitizers) instead of "release"
  --tsan          use the preset "tsan" (thread sanitizer) instead of "release", and run only the tests of core/. Qt is not built
                  with the thread sanitizer, so its reports include false ones (tests/tsan.supp) and must be examined
  --long          run every test in its long form with the preset "release", then with the preset "asan"; the counts are added up
  CTEST-ARGUMENT  passed on to ctest, for example: -R store

Environment:
  LIFEGUARD_WERROR=ON        treat compiler warnings as errors (default: as the build folder is configured, initially OFF)
  LIFEGUARD_REQUIRE_DOCKER=1 fail if the Docker engine of the tests cannot be started
  LIFEGUARD_NO_INSTALL=1     do not install packages on systems without apt
TEXT
}

preset=release
long=no
passed_on=()
while [ $# -gt 0 ]; do
    case $1 in
        --asan) preset=asan ;;
        --tsan) preset=tsan ;;
        --long) long=yes ;;
        -h | --help) usage; exit 0 ;;
        *) passed_on+=("$1") ;;
    esac
    shift
done

# The long form consists of two runs of this script, one per preset.
if [ "$long" = yes ]; then
    [ "$preset" = release ] || { echo "--long cannot be combined with --asan or --tsan; it includes --asan." >&2; exit 2; }
    export LIFEGUARD_LONG_TESTS=1
    output=$(mktemp)
    trap 'rm -f "$output"' EXIT
    code=0 passed=0 failed=0 skipped=0
    for option in "" --asan; do
        ran=0
        "${BASH_SOURCE[0]}" ${option:+"$option"} "${passed_on[@]}" 2>&1 | tee "$output" || ran=$?
        if [[ $(tail -n 1 "$output") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
            passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2])) skipped=$((skipped + BASH_REMATCH[3]))
        elif [ "$ran" -eq 0 ]; then
            ran=1
        fi
        [ "$ran" -eq 0 ] || code=1
    done
    echo "$passed passed, $failed failed, $skipped skipped"
    exit "$code"
fi

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
# shellcheck source=packaging/dependencies.sh
. packaging/dependencies.sh
PATH=$PATH:/usr/sbin:/sbin # the folders of dockerd
packages=("${lifeguard_build_packages[@]}" "${lifeguard_run_packages[@]}" "${lifeguard_converter_packages[@]}" "${lifeguard_test_packages[@]}")
# Only root can start the engine of the tests. Docker would be of no use to other users.
if [ "$(id -u)" -eq 0 ]; then
    packages+=("${lifeguard_engine_packages[@]}")
    if ! command -v dockerd >/dev/null || ! command -v docker >/dev/null; then
        packages+=("${lifeguard_docker_packages[@]}")
    fi
fi
if needs_npm; then
    packages+=("${lifeguard_download_packages[@]}")
fi
if ! command -v busybox >/dev/null; then
    packages+=("${lifeguard_busybox_packages[@]}")
fi
install_missing "${packages[@]}"
packaging/plantuml/install.sh
packaging/drawio/install.sh

private=$(mktemp -d "${TMPDIR:-/tmp}/lifeguard-test.XXXXXX")
chmod 711 "$private" # accessible to tests that switch to another user
images= # pid of the background process that builds the images
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
        echo "The Docker engine of the tests is not available: $1" >&2
        exit 1
    fi
    echo "The Docker tests are skipped: $1" >&2
    export LIFEGUARD_NO_TEST_DOCKER=$1
    unset LIFEGUARD_TEST_DOCKER_HOST
}

# Waits until the engine responds, for at most 30 s. Returns at once if it has ended.
wait_for_engine() {
    local tries
    for ((tries = 0; tries < 150; tries++)); do
        if DOCKER_HOST=$LIFEGUARD_TEST_DOCKER_HOST timeout 10 docker version >/dev/null 2>&1; then return 0; fi
        if ! kill -0 "$engine" 2>/dev/null; then return 1; fi
        sleep 0.2
    done
    return 1
}

# Start the engine in the background while the programs are built.
unset LIFEGUARD_TEST_DOCKER_HOST LIFEGUARD_NO_TEST_DOCKER
engine=
if [ "$(id -u)" -ne 0 ]; then
    without_docker "only root can start a Docker engine."
else
    export LIFEGUARD_TEST_DOCKER_HOST=unix://$private/engine/docker.sock
    setsid tests/support/engine.sh run "$private/engine" >"$private/engine.log" 2>&1 </dev/null &
    engine=$!
fi

export LC_ALL=C.UTF-8
# A build folder keeps its setting unless LIFEGUARD_WERROR is set, because a change compiles everything again.
cmake --preset "$preset" -DLIFEGUARD_BUILD_TESTS=ON ${LIFEGUARD_WERROR:+"-DLIFEGUARD_WERROR=$LIFEGUARD_WERROR"}
cmake --build --preset "$preset" --target lifeguard-worker
if [ -n "$engine" ] && ! wait_for_engine; then
    sed 's/^/  /' "$private/engine.log" | tail -n 5 >&2
    without_docker "it could not be started. See the end of its log above."
    engine=
fi
if [ -n "$engine" ]; then
    # Build the images in the background while the tests are built.
    TMPDIR=$private DOCKER_HOST=$LIFEGUARD_TEST_DOCKER_HOST packaging/images/build.sh --minimal --worker "build/$preset/bin/lifeguard-worker" \
        >"$private/images.log" 2>&1 &
    images=$!
fi
cmake --build --preset "$preset"
if [ -n "$images" ]; then
    built=0
    wait "$images" || built=$?
    images=
    cat "$private/images.log"
    if [ "$built" -ne 0 ]; then
        without_docker "the images of the workers could not be built."
    fi
fi

# Private folders: tests must neither read nor change the files of the user who runs them.
mkdir -p "$private"/{home,state,data,config,cache,tmp}
mkdir -m 700 "$private/run"
export HOME=$private/home TMPDIR=$private/tmp XDG_RUNTIME_DIR=$private/run XDG_STATE_HOME=$private/state \
       XDG_DATA_HOME=$private/data XDG_CONFIG_HOME=$private/config XDG_CACHE_HOME=$private/cache
unset DB_PATH CLM_JOBS_DB_PATH CLM_WORKER_ID WORKSPACE_PATH WORKER_ID WORKER_TYPE WAYLAND_DISPLAY DISPLAY DOCKER_CONTEXT DOCKER_TLS_VERIFY DOCKER_CERT_PATH
# The same applies to the Docker engine of the user. Tests that need an engine use LIFEGUARD_TEST_DOCKER_HOST.
export DOCKER_HOST=unix://$private/no-engine.sock
export QT_QPA_PLATFORM=xcb
# Leak detection is off, because Qt, fontconfig and the X libraries never free some allocations.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0}
# Qt is not built with the thread sanitizer, which therefore does not see the synchronisation inside Qt.
export TSAN_OPTIONS=${TSAN_OPTIONS:-suppressions=$root/tests/tsan.supp}

selection=()
if [ -z "${LIFEGUARD_LONG_TESTS:-}" ]; then
    selection+=(--label-exclude '^long$')
fi
if [ "$preset" = tsan ]; then
    selection+=(--tests-regex '^core/')
fi
report=$root/build/$preset/tests.xml
rm -f "$report"
code=0
mkfifo "$private/ready"
printf '#!/bin/sh\necho ready >"%s"\n' "$private/ready" >"$private/announce"
chmod +x "$private/announce"
# Start the window manager first: it does not activate windows that were shown before it started.
# shellcheck disable=SC2016  # expanded by the inner shell
xvfb-run --auto-servernum --server-args="-screen 0 1600x1000x24 -nolisten tcp" bash -c '
    private=$1
    shift
    openbox --sm-disable --startup "$private/announce" >/dev/null 2>&1 &
    window_manager=$!
    read -r -t 30 _ <>"$private/ready" || echo "openbox did not start within 30 s." >&2
    code=0
    "$@" || code=$?
    kill "$window_manager" 2>/dev/null || true
    exit "$code"
' under-xvfb "$private" ctest --test-dir "build/$preset" --output-on-failure --output-junit "$report" --no-tests=error \
    --parallel "$(nproc)" --test-output-size-passed 1000000 --test-output-size-failed 1000000 "${selection[@]}" "${passed_on[@]}" || code=$?

if [ ! -s "$report" ]; then
    echo "ctest wrote no report (exit code $code)." >&2
    echo "0 passed, 0 failed, 0 skipped"
    exit 1
fi

# Each record is one test. ctest reports a program as skipped if one of its functions was skipped, even if another one failed. That is
# counted as a failure here.
read -r passed failed skipped < <(awk '
    BEGIN { RS = "</testcase>"; passed = failed = skipped = 0 }
    !/<testcase / { next }
    /status="run"/ { passed++; next }
    (/<skipped/ || /status="notrun"/ || /status="disabled"/) && !/FAIL!  :/ && !/<failure/ { skipped++; next }
    { failed++ }
    END { print passed, failed, skipped }' "$report")
packaging/skipped.sh "$report"
if [ "$failed" -gt 0 ] || [ "$passed" -eq 0 ] || { [ "$code" -ne 0 ] && [ "$skipped" -eq 0 ]; }; then
    code=1
else
    code=0
fi
echo "$passed passed, $failed failed, $skipped skipped"
exit "$code"

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# check_scripts.sh ROOT: tests functions of the packaging scripts with stand-ins for apt, dpkg and sudo.
set -euo pipefail
root=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# expect NAME EXPECTED ACTUAL
expect() {
    if [ "$2" != "$3" ]; then
        printf 'FAIL: %s\n expected: %s\n actual:   %s\n' "$1" "$2" "$3"
        failed=1
    fi
}

# contains NAME PART TEXT
contains() {
    case $3 in
        *"$2"*) ;;
        *)
            printf 'FAIL: %s\n expected part: %s\n actual: %s\n' "$1" "$2" "$3"
            failed=1
            ;;
    esac
}

# The reasons of skipped tests.
cat >"$work/report.xml" <<'XML'
<testsuite name="x" tests="4">
	<testcase name="core/tst_a" classname="core/tst_a" time="0.1" status="run">
		<system-out>PASS   : TestA::works()
</system-out>
	</testcase>
	<testcase name="core/tst_b" classname="core/tst_b" time="0.1" status="notrun">
		<skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/>
		<system-out>SKIP   : TestB::first(row &quot;1&quot;) There is no Docker &amp; no &lt;podman&gt;.
   Loc: [b.cpp(12)]
SKIP   : TestB::second() There is no Docker &amp; no &lt;podman&gt;.
</system-out>
	</testcase>
	<testcase name="packaging/icon" classname="packaging/icon" time="0.1" status="notrun">
		<skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/>
		<system-out>SKIP   : test is not installed
</system-out>
	</testcase>
	<testcase name="core/tst_c" classname="core/tst_c" time="0" status="disabled">
	</testcase>
</testsuite>
XML
expect "reasons of skipped tests" "Skipped tests:
  2 × There is no Docker & no <podman>. (core/tst_b)
  1 × test is not installed (packaging/icon)
  1 × not run (core/tst_c)" "$("$root/packaging/skipped.sh" "$work/report.xml")"

# The lists of packages.
# shellcheck source=packaging/dependencies.sh
. "$root/packaging/dependencies.sh"
contains "the engine of the tests needs ip" " iproute2 " " ${lifeguard_engine_packages[*]} "
contains "the tests of Docker pools with Podman need it" " podman " " ${lifeguard_engine_packages[*]} "
contains "npm is in a list" " npm " " ${lifeguard_download_packages[*]} "

mkdir "$work/bin"
printf '#!/bin/sh\nexit 1\n' >"$work/bin/dpkg-query" # nothing is installed
printf '#!/bin/sh\necho "apt-get $*"\n' >"$work/bin/apt-get"
printf '#!/bin/sh\necho "sudo: 3 incorrect password attempts" >&2\nexit 1\n' >"$work/bin/sudo"
printf '#!/bin/sh\necho 1000\n' >"$work/bin/id"
chmod +x "$work/bin"/*
PATH=$work/bin:$PATH
expect "a package is listed once" "a
b" "$(missing_packages a b a a)"

code=0
output=$( (install_missing a b a) 2>&1) || code=$?
expect "exit code after sudo was refused" 2 "$code"
contains "sudo was refused" "sudo was refused, so these packages cannot be installed" "$output"
case $output in
    *"apt could not"* | *"apt-get -q"*)
        echo "FAIL: a refused sudo is reported as a failure of apt: $output"
        failed=1
        ;;
esac

printf '#!/bin/sh\necho 0\n' >"$work/bin/id"
contains "docker.io is announced" "enables and starts the system services docker and containerd" "$( (install_missing docker.io) 2>&1)"


# The packages that packaging/test.sh would install on a system without any of them. It ends when they cannot be installed.
mkdir -p "$work/copy" "$work/tools"
cp -r "$root/packaging" "$work/copy/"
for tool in bash cat dirname env grep mktemp rm sed sort tr; do
    ln -s "$(PATH=/usr/bin:/bin command -v "$tool")" "$work/tools/$tool"
done
printf '#!/bin/sh\nexit 1\n' >"$work/bin/apt-get"

# packages_for UID: prints the packages, one per line.
packages_for() {
    printf '#!/bin/sh\necho %s\n' "$1" >"$work/bin/id"
    local code=0 output
    output=$(PATH=$work/bin:$work/tools "$work/tools/bash" "$work/copy/packaging/test.sh" 2>&1) || code=$?
    [ "$code" -eq 2 ] || printf 'exit code %s: %s\n' "$code" "$output"
    sed -n 's/^Root is needed to install //p; s/^Installing //p' <<<"$output" | tr ' ' '\n'
}

for uid in 0 1000; do
    packages=$(packages_for "$uid")
    contains "npm is installed for user $uid" "npm" "$packages"
    expect "packages that are named twice for user $uid" "" "$(sort <<<"$packages" | uniq -d)"
    for package in docker.io iproute2; do
        # Only root can start the engine of the tests.
        case $'\n'$packages$'\n' in
            *$'\n'"$package"$'\n'*) listed=yes ;;
            *) listed=no ;;
        esac
        expect "$package is installed for user $uid" "$([ "$uid" -eq 0 ] && echo yes || echo no)" "$listed"
    done
done

exit "$failed"

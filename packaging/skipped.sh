#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Prints why tests were skipped. packaging/test.sh calls it after the tests.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: packaging/skipped.sh [--help] REPORT

Prints the reasons of all skipped tests and test functions in a JUnit report of ctest, one line per reason, with the number of
tests that were skipped for it. Prints nothing if no test was skipped.
TEXT
}

case ${1:-} in
    -h | --help) usage; exit 0 ;;
    '') usage >&2; exit 2 ;;
esac

# Each record is one test. Qt Test prints "SKIP   : TestName::function(row) reason", other tests print "SKIP   : reason".
awk '
    BEGIN { RS = "</testcase>" }
    !/<testcase / { next }
    {
        match($0, /<testcase name="[^"]*"/)
        name = substr($0, RSTART + 16, RLENGTH - 17)
        count = split($0, lines, "\n")
        found = 0
        for (i = 1; i <= count; i++) {
            if (!match(lines[i], /SKIP   : /)) continue
            reason = substr(lines[i], RSTART + 9)
            if (match(reason, /^[A-Za-z0-9_]+::[A-Za-z0-9_]+\([^)]*\) /)) reason = substr(reason, RLENGTH + 1)
            sub(/<\/system-out>.*/, "", reason)
            gsub(/&lt;/, "<", reason); gsub(/&gt;/, ">", reason); gsub(/&quot;/, "\"", reason)
            gsub(/&apos;/, "\047", reason); gsub(/&amp;/, "\\&", reason)
            add(name, reason)
            found = 1
        }
        if (!found && (/status="notrun"/ || /status="disabled"/)) add(name, "not run")
    }
    function add(name, reason) {
        if (!(reason in number)) order[++reasons] = reason
        number[reason]++
        if (index(" " names[reason] ",", " " name ",") == 0)
            names[reason] = names[reason] (names[reason] == "" ? "" : ", ") name
    }
    END {
        if (reasons > 0) print "Skipped tests:"
        for (i = 1; i <= reasons; i++) print "  " number[order[i]] " × " order[i] " (" names[order[i]] ")"
    }' "$1"

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# check.sh PROGRAM ARGUMENT…: runs a program. If it is not installed, prints the text that ctest recognises as a skipped test.
set -eu
if ! command -v "$1" >/dev/null; then
    echo "SKIP   : $1 is not installed"
    exit 0
fi
exec "$@"

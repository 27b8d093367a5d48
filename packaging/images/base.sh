# SPDX-License-Identifier: GPL-3.0-or-later
# What images begin with. Sourced by build.sh, which defines fail and $work; does nothing by itself.
# shellcheck shell=bash disable=SC2154

# Prints the image to begin with: of this machine's distribution, as the worker is linked to its libraries. From a registry, or, where
# none can be reached, made with debootstrap from this machine's own apt sources.
base_image() {
    local id codename image
    # shellcheck source=/dev/null
    id=$(. /etc/os-release && echo "$ID")
    # shellcheck source=/dev/null
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    case $id in
        debian) image=debian:$codename-slim ;;
        ubuntu) image=ubuntu:$codename ;;
        *) fail "Which image fits this system ($id) is not known: name one with --base." ;;
    esac
    if docker image inspect "$image" >/dev/null 2>&1 || timeout 300 docker pull --quiet "$image" >"$work/pull.log" 2>&1; then
        echo "$image"
        return 0
    fi
    echo "$image cannot be pulled: $(tail -n 1 "$work/pull.log")" >&2
    image=lifeguard-base:$codename
    if ! docker image inspect "$image" >/dev/null 2>&1; then
        make_base "$id" "$codename" "$image" >&2
    fi
    echo "$image"
}

make_base() {
    local id=$1 codename=$2 image=$3 mirror
    command -v debootstrap >/dev/null ||
        fail "To make a base image without a registry debootstrap is needed: apt install debootstrap. Or name one with --base."
    [ "$(id -u)" -eq 0 ] || fail "To make a base image without a registry root is needed: call this as root once, or name one with --base."
    # shellcheck disable=SC2016  # apt's own variables
    mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
             awk -v release="$codename" '$2 == release && $3 == "main" { print $1; exit }')
    if [ -z "$mirror" ]; then
        case $id in
            debian) mirror=http://deb.debian.org/debian ;;
            *) mirror=http://archive.ubuntu.com/ubuntu ;;
        esac
    fi
    echo "Making $image with debootstrap from $mirror"
    if ! debootstrap --variant=minbase "$codename" "$work/base" "$mirror" >"$work/debootstrap.log" 2>&1; then
        tail -n 5 "$work/debootstrap.log"
        fail "debootstrap could not make the base image. The end of what it said stands above."
    fi
    rm -rf "$work"/base/var/cache/apt/archives/*.deb "$work"/base/var/lib/apt/lists/*
    tar --numeric-owner -C "$work/base" -c . | docker import - "$image" >/dev/null
}

# SPDX-License-Identifier: GPL-3.0-or-later
# Finds or creates the base image. This file is sourced by build.sh, which defines fail and $work, and does nothing on its own.
# shellcheck shell=bash disable=SC2154

# Prints the name of the base image. It has the same distribution as this machine, because the worker is linked to its libraries. It is
# pulled from a registry. If no registry can be reached, it is created with debootstrap from the apt sources of this machine.
base_image() {
    local id codename image
    # shellcheck source=/dev/null
    id=$(. /etc/os-release && echo "$ID")
    # shellcheck source=/dev/null
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    case $id in
        debian) image=debian:$codename-slim ;;
        ubuntu) image=ubuntu:$codename ;;
        *) fail "There is no known base image for this system ($id). Specify one with --base." ;;
    esac
    if docker image inspect "$image" >/dev/null 2>&1 || timeout 300 docker pull --quiet "$image" >"$work/pull.log" 2>&1; then
        echo "$image"
        return 0
    fi
    echo "$image could not be pulled: $(tail -n 1 "$work/pull.log")" >&2
    image=lifeguard-base:$codename
    if ! docker image inspect "$image" >/dev/null 2>&1; then
        make_base "$id" "$codename" "$image" >&2
    fi
    echo "$image"
}

# make_base DISTRIBUTION CODENAME IMAGE: creates the image with debootstrap.
make_base() {
    local id=$1 codename=$2 image=$3 mirror
    command -v debootstrap >/dev/null ||
        fail "Creating a base image without a registry requires debootstrap. Run: apt install debootstrap. Or specify an image with --base."
    [ "$(id -u)" -eq 0 ] || fail "Creating a base image without a registry requires root. Run this script as root once, or specify an image with --base."
    # shellcheck disable=SC2016  # variables of apt-get, not of the shell
    mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
             awk -v release="$codename" '$2 == release && $3 == "main" && !found++ { print $1 }')
    if [ -z "$mirror" ]; then
        case $id in
            debian) mirror=http://deb.debian.org/debian ;;
            *) mirror=http://archive.ubuntu.com/ubuntu ;;
        esac
    fi
    echo "Creating $image with debootstrap from $mirror"
    if ! debootstrap --variant=minbase "$codename" "$work/base" "$mirror" >"$work/debootstrap.log" 2>&1; then
        tail -n 5 "$work/debootstrap.log"
        fail "debootstrap could not create the base image. See the end of its log above."
    fi
    rm -rf "$work"/base/var/cache/apt/archives/*.deb "$work"/base/var/lib/apt/lists/*
    tar --numeric-owner -C "$work/base" -c . | docker import - "$image" >/dev/null
}

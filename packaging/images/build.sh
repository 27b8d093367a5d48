#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the Docker images of the workers: lifeguard-noop, lifeguard-plantuml, lifeguard-notebook and lifeguard-drawio.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: packaging/images/build.sh [--base IMAGE] [--minimal] [--worker FILE] [--help] [TYPE…]

Builds lifeguard-worker and the image lifeguard-TYPE:latest for each TYPE: noop, plantuml, notebook, drawio (default: all). Uses
the Docker engine of the docker command (DOCKER_HOST).

  --base IMAGE   the base image (default: the distribution of this machine, such as debian:bookworm-slim; if no registry can be
                 reached, lifeguard-base:CODENAME, which is created once with debootstrap and requires root)
  --minimal      build images for noop and plantuml (default: both) that contain only programs and libraries of this machine.
                 Needs neither a registry nor a network nor root, and takes a few seconds. Images that are up to date are kept
  --worker FILE  use this lifeguard-worker instead of building one

Prints the reason and exits with code 2 on failure.
TEXT
}

fail() {
    printf '%s\n' "$@" >&2
    exit 2
}

base=
minimal=no
worker=
types=()
while [ $# -gt 0 ]; do
    case $1 in
        --base | --worker)
            [ $# -gt 1 ] || fail "$1 needs a value; see --help."
            if [ "$1" = --base ]; then base=$2; else worker=$(readlink -f "$2"); fi
            shift ;;
        --minimal) minimal=yes ;;
        -h | --help) usage; exit 0 ;;
        noop | plantuml | notebook | drawio) types+=("$1") ;;
        *) fail "'$1' is neither an option nor a worker type (noop, plantuml, notebook, drawio)." ;;
    esac
    shift
done
if [ "$minimal" = yes ]; then
    [ -z "$base" ] || fail "--base cannot be combined with --minimal, because minimal images have no base image."
    for type in "${types[@]}"; do
        case $type in
            notebook | drawio) fail "There is no minimal image for $type, because its tools consist of too many files. Omit --minimal." ;;
        esac
    done
    [ ${#types[@]} -gt 0 ] || types=(noop plantuml)
else
    [ ${#types[@]} -gt 0 ] || types=(noop plantuml notebook drawio)
fi

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
export LC_ALL=C.UTF-8
# shellcheck source=packaging/dependencies.sh
. packaging/dependencies.sh
# shellcheck source=packaging/images/minimal.sh
. packaging/images/minimal.sh
# shellcheck source=packaging/images/base.sh
. packaging/images/base.sh

command -v docker >/dev/null || fail "The docker command, which builds the images, is not installed. Run: apt install docker.io"
if ! message=$(docker version --format '{{.Server.Version}}' 2>&1); then
    case $message in
        *"permission denied"*)
            fail "You do not have permission to use the Docker engine. Run as root:  adduser $(id -un) docker  and log in again, or run this script as root." ;;
        *)
            fail "The Docker engine does not respond: ${message#$'\n'}" "Start it (systemctl start docker), or set DOCKER_HOST." ;;
    esac
fi

if [ -z "$worker" ]; then
    install_missing "${lifeguard_build_packages[@]}" "${lifeguard_run_packages[@]}"
    cmake --preset release >/dev/null
    cmake --build --preset release --target lifeguard-worker
    worker=$root/build/release/bin/lifeguard-worker
fi
[ -x "$worker" ] || fail "The program $worker does not exist."

work=$(mktemp -d "${TMPDIR:-/tmp}/lifeguard-images.XXXXXX")
trap 'rm -rf "$work"' EXIT

if [ "$minimal" = yes ]; then
    for type in "${types[@]}"; do
        minimal_image "$type"
    done
    exit 0
fi

has_type() {
    [[ " ${types[*]} " == *" $1 "* ]]
}
# Tools in the images that are not packaged in Debian.
if has_type plantuml; then packaging/plantuml/install.sh; fi
if has_type drawio; then packaging/drawio/install.sh; fi

# The proxy of apt, for debootstrap and for apt during the build. It may contain a password and is not stored in the images.
if [ -z "${http_proxy:-}" ]; then
    eval "$(apt-config shell http_proxy Acquire::http::Proxy)"
    export http_proxy
fi
if [ -z "$base" ]; then
    base=$(base_image)
fi
# The packages of the libraries that the worker is linked to, and of the SQLite driver, which it loads. dpkg does not find the package of
# libc, because it registers its files in /lib; libc is part of every base image.
mapfile -t worker_packages < <(libraries_of "$worker" | xargs readlink -f | xargs dpkg-query -S 2>/dev/null | cut -d : -f 1 | sort -u)
worker_packages+=(libqt6sql6-sqlite)
for type in "${types[@]}"; do
    context=$work/$type
    mkdir "$context"
    cp "$worker" "$context/lifeguard-worker"
    cp "packaging/images/$type/Dockerfile" "$context/"
    packages=("${worker_packages[@]}")
    case $type in
        plantuml)
            packages+=("${lifeguard_plantuml_packages[@]}")
            cp build/plantuml/plantuml.jar "$context/" ;;
        notebook)
            packages+=("${lifeguard_notebook_packages[@]}") ;;
        drawio)
            packages+=("${lifeguard_drawio_packages[@]}")
            mkdir "$context/lifeguard"
            cp packaging/drawio/lifeguard-drawio "$context/lifeguard/"
            cp -R packaging/drawio/lifeguard_drawio "$context/lifeguard/"
            rm -rf "$context/lifeguard/lifeguard_drawio/__pycache__"
            cp -R build/drawio "$context/lifeguard/app" ;;
    esac
    echo "Building lifeguard-$type:latest on $base"
    # The host network, because the proxy may listen on the loopback interface only. Proxy variables are passed by name and are not
    # stored in the image.
    docker build --quiet --network host --build-arg "BASE=$base" --build-arg "PACKAGES=${packages[*]}" \
        --build-arg http_proxy --build-arg https_proxy --build-arg no_proxy --tag "lifeguard-$type:latest" "$context" >"$work/id" ||
        fail "The image lifeguard-$type could not be built. See the messages of the engine above."
done

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes the images that workers run in as containers: lifeguard-noop, lifeguard-plantuml, lifeguard-notebook, lifeguard-drawio.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: packaging/images/build.sh [--base IMAGE] [--minimal] [--worker FILE] [--help] [TYPE…]

Builds lifeguard-worker, and with it the image lifeguard-TYPE:latest for each TYPE: noop, plantuml, notebook, drawio (default:
all of them). The engine is the one that the docker command speaks to (DOCKER_HOST).

  --base IMAGE   what the images begin with (default: this machine's distribution, as debian:bookworm-slim; where no registry
                 can be reached, lifeguard-base:CODENAME, which is made once with debootstrap, as root)
  --minimal      without registry, network and root: images of noop and plantuml (default: both) with the programs and libraries
                 of this machine and nothing else. Takes seconds; an image that is up to date is left alone
  --worker FILE  put this lifeguard-worker into the images instead of building one

Exits 2 with the reason where it cannot be done.
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
        *) fail "'$1' is neither an option nor a type of workers: noop, plantuml, notebook, drawio." ;;
    esac
    shift
done
if [ "$minimal" = yes ]; then
    [ -z "$base" ] || fail "--minimal images begin with nothing: --base makes no sense with it."
    for type in "${types[@]}"; do
        case $type in
            notebook | drawio) fail "There is no minimal image of $type: its tools are too many files. Without --minimal it can be built." ;;
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

command -v docker >/dev/null || fail "There is no docker command, which images are made with: apt install docker.io"
if ! said=$(docker version --format '{{.Server.Version}}' 2>&1); then
    case $said in
        *"permission denied"*)
            fail "You may not use the Docker engine. As root:  adduser $(id -un) docker  and log in again, or call this as root." ;;
        *)
            fail "No Docker engine answers: ${said#$'\n'}" "Start one (systemctl start docker), or name the one to use in DOCKER_HOST." ;;
    esac
fi

if [ -z "$worker" ]; then
    install_missing "${lifeguard_build_packages[@]}" "${lifeguard_run_packages[@]}"
    cmake --preset release >/dev/null
    cmake --build --preset release --target lifeguard-worker
    worker=$root/build/release/bin/lifeguard-worker
fi
[ -x "$worker" ] || fail "There is no program $worker."

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
# Needed in the images: the parts that are not in Debian.
if has_type plantuml; then packaging/plantuml/install.sh; fi
if has_type drawio; then packaging/drawio/install.sh; fi

# apt's way out, for debootstrap and for apt in the images; it may hold a password, and stays out of them.
if [ -z "${http_proxy:-}" ]; then
    eval "$(apt-config shell http_proxy Acquire::http::Proxy)"
    export http_proxy
fi
if [ -z "$base" ]; then
    base=$(base_image)
fi
# The packages whose libraries the worker is linked to, and SQLite's driver, which it loads. (dpkg does not find those of libc, which
# it has in /lib; they are everywhere.)
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
    # The machine's own network: its way out may be a proxy that listens on it alone. Proxies are handed on by name, and stay out of
    # the image.
    docker build --quiet --network host --build-arg "BASE=$base" --build-arg "PACKAGES=${packages[*]}" \
        --build-arg http_proxy --build-arg https_proxy --build-arg no_proxy --tag "lifeguard-$type:latest" "$context" >"$work/id" ||
        fail "The image lifeguard-$type could not be built. What the engine said stands above."
done

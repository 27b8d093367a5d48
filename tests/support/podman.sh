#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a private API service of Podman for tests. Other containers on this machine are not affected.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: tests/support/podman.sh run FOLDER | remove FOLDER | --help

  run     runs Podman's API service, which listens on FOLDER/docker.sock and keeps all its data in FOLDER. The containers outlive the
          service. As another user than root, it is rootless and needs no range of user ids in /etc/subuid
  remove  stops the service, removes its containers and networks, and removes FOLDER
TEXT
}

# runroot_of FOLDER: prints the folder for the state of the containers, for which Podman permits 50 characters.
runroot_of() {
    cat "$1/runroot" 2>/dev/null || echo "$1/run"
}

# private_podman FOLDER ARGUMENT…: replaces this process with podman.
private_podman() {
    local folder=$1
    shift
    export HOME=$folder/home XDG_RUNTIME_DIR=$folder/xdg CONTAINERS_CONF=$folder/containers.conf \
        CONTAINERS_STORAGE_CONF=$folder/storage.conf
    exec podman --root "$folder/data" --runroot "$(runroot_of "$folder")" --tmpdir "$folder/tmp" --network-config-dir "$folder/networks" \
        --storage-driver vfs --cgroup-manager cgroupfs --events-backend file --log-level info "$@"
}

# services_of FOLDER: prints the processes of the service.
services_of() {
    local process
    for process in /proc/[0-9]*; do
        if { tr '\0' ' ' <"$process/cmdline"; } 2>/dev/null | grep -qF -- "unix://$1/docker.sock"; then
            echo "${process#/proc/}"
        fi
    done
}

remove() {
    local folder=$1 pid
    # A rootless service consists of two processes. They may not be children of this shell, so `wait` cannot be used.
    for pid in $(services_of "$folder"); do
        kill "$pid" 2>/dev/null || true
    done
    for pid in $(services_of "$folder"); do
        timeout 15 tail --pid="$pid" -f /dev/null || kill -KILL "$pid" 2>/dev/null || true
    done
    if [ -e "$folder/containers.conf" ]; then
        (private_podman "$folder" rm --all --force --time 0) >/dev/null 2>&1 || true
        (private_podman "$folder" network prune --force) >/dev/null 2>&1 || true
    fi
    # A rootless Podman leaves a process that keeps its user namespace.
    pid=$(cat "$folder"/{tmp,xdg/libpod/tmp}/pause.pid 2>/dev/null | head -n 1 || true)
    if [ -n "$pid" ] && [[ "$(cat "/proc/$pid/comm" 2>/dev/null)" == podman* ]]; then kill -KILL "$pid" 2>/dev/null || true; fi
    # Unmount nested mounts first.
    awk -v data="$folder/" -v state="$(runroot_of "$folder")/" 'index($5, data) == 1 || index($5, state) == 1 { print $5 }' \
        /proc/self/mountinfo | sort -r | xargs -r umount --lazy 2>/dev/null || true
    rm -rf "$(runroot_of "$folder")" "$folder"
}

run() {
    local folder=$1
    mkdir -p "$folder"/{data,home,networks,run,tmp,xdg}
    chmod 700 "$folder" "$folder/xdg"
    # The data remember the folder for the state: the service may be run again.
    [ -s "$folder/runroot" ] || mktemp -d /tmp/podman-run.XXXXXX >"$folder/runroot"
    # The limits are those of this shell: a root user without CAP_SYS_RESOURCE cannot exceed them, as Podman's defaults do. Locks are
    # files, because locks in shared memory would be shared with the user's own containers.
    cat >"$folder/containers.conf" <<TEXT
[containers]
default_ulimits = ["nofile=$(at_most 1024 "$(ulimit -Hn)")", "nproc=$(at_most 4096 "$(ulimit -Hu)")"]
[engine]
lock_type = "file"
runtime = "$(runtime)"
TEXT
    # Without a range of user ids, all files of an image belong to the user.
    cat >"$folder/storage.conf" <<TEXT
[storage]
driver = "vfs"
graphroot = "$folder/data"
runroot = "$(runroot_of "$folder")"
[storage.options.vfs]
ignore_chown_errors = "$([ "$(id -u)" -eq 0 ] && echo false || echo true)"
TEXT
    private_podman "$folder" system service --time 0 "unix://$folder/docker.sock"
}

# runtime: prints the program that runs the containers. crun refuses to run where a kernel has version 1 of cgroups and gives some
# controllers to version 2 (Debian's crun 1.8.1: "cgroups in hybrid mode not supported, drop all controllers from cgroupv2").
runtime() {
    if grep -qs . /sys/fs/cgroup/unified/cgroup.controllers; then
        echo runc
    else
        echo crun
    fi
}

# at_most NUMBER LIMIT: prints the smaller of both. A limit may be "unlimited".
at_most() {
    if [ "$2" != unlimited ] && [ "$2" -lt "$1" ]; then echo "$2:$2"; else echo "$1:$1"; fi
}

case ${1:-} in
    -h | --help) usage; exit 0 ;;
esac
case $#:${1:-} in
    2:run | 2:remove) ;;
    *) usage >&2; exit 2 ;;
esac
"$1" "$(realpath --canonicalize-missing "$2")"

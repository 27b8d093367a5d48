#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a private Docker engine for tests. Other engines on this machine are not affected.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: tests/support/engine.sh run FOLDER | remove FOLDER | --help

  run     runs a Docker engine (dockerd) that listens on FOLDER/docker.sock and keeps all its data in FOLDER. Needs root.
  remove  stops the engine, removes its containers and networks, and removes FOLDER

The engine has no network "bridge", does not change firewall rules or routing, and does not read the configuration of this
machine. Containers can use the networks "none" and "host", and networks that are created for them (docker network create), in
which they can reach only each other.
TEXT
}

# Prints the processes whose command line contains the folder: the containerd of the engine, and its shims.
processes_of() {
    local process
    for process in /proc/[0-9]*; do
        if is_ours "${process#/proc/}" "$1"; then
            echo "${process#/proc/}"
        fi
    done | grep -vx -e "$$" -e "$BASHPID" || true
}

# Returns whether the command line of a process contains the folder. The command line of an ended process is empty.
is_ours() {
    { tr '\0' ' ' <"/proc/$1/cmdline"; } 2>/dev/null | grep -qF -- "$2"
}

remove() {
    local folder=$1 pid child bridge
    export DOCKER_HOST=unix://$folder/docker.sock
    if [ -S "$folder/docker.sock" ] && command -v docker >/dev/null && timeout 5 docker version >/dev/null 2>&1; then
        timeout 30 docker ps --all --quiet | xargs -r timeout 60 docker rm --force >/dev/null 2>&1 || true
        timeout 30 docker network prune --force >/dev/null 2>&1 || true
    fi
    pid=$(cat "$folder/pid" 2>/dev/null || true)
    if [ -n "$pid" ] && is_ours "$pid" "$folder"; then
        kill "$pid" 2>/dev/null || true
        # It may not be a child of this shell, so `wait` cannot be used.
        timeout 15 tail --pid="$pid" -f /dev/null || kill -KILL "$pid" 2>/dev/null || true
    fi
    # An engine that was killed has left containers, their shims and containerd. When the first process of a container ends, the
    # kernel kills the others.
    for pid in $(processes_of "$folder/exec"); do
        for child in $(cat "/proc/$pid/task/$pid/children" 2>/dev/null || true); do
            kill -KILL "$child" 2>/dev/null || true
        done
        kill -KILL "$pid" 2>/dev/null || true
    done
    if command -v ip >/dev/null; then
        while read -r bridge; do
            ip link delete "$bridge" 2>/dev/null || true
        done < <(grep -aoE 'br-[0-9a-f]{12}' "$folder/data/network/files/local-kv.db" 2>/dev/null | sort -u)
    fi
    # Unmount nested mounts first.
    awk -v below="$folder/" 'index($5, below) == 1 { print $5 }' /proc/self/mountinfo | sort -r | xargs -r umount --lazy 2>/dev/null || true
    rm -rf "$folder"
}

run() {
    local folder=$1 file name
    mkdir -p "$folder"
    chmod 700 "$folder"
    echo '{}' >"$folder/daemon.json"
    # After a kill the engine would mistake a zombie containerd for a running one.
    for file in "$folder/pid" "$folder/exec/containerd/containerd.pid"; do
        if [ -e "$file" ] && ! is_ours "$(cat "$file")" "$folder"; then rm -f "$file"; fi
    done
    # If containerd runs on this machine, the engine uses it, with namespaces of its own.
    name=lifeguard-$(echo "$folder" | sha256sum | cut -c 1-12)
    exec dockerd --config-file "$folder/daemon.json" --host "unix://$folder/docker.sock" --data-root "$folder/data" \
        --exec-root "$folder/exec" --pidfile "$folder/pid" --containerd-namespace "$name" \
        --containerd-plugins-namespace "$name-plugins" --bridge none --iptables=false --ip6tables=false --ip-forward=false \
        --default-address-pool base=10.213.0.0/16,size=24 --shutdown-timeout 2
}

case ${1:-} in
    -h | --help) usage; exit 0 ;;
esac
case $#:${1:-} in
    2:run | 2:remove) ;;
    *) usage >&2; exit 2 ;;
esac
PATH=$PATH:/usr/sbin:/sbin
"$1" "$(realpath --canonicalize-missing "$2")"

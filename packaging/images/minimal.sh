# SPDX-License-Identifier: GPL-3.0-or-later
# Images made of this machine's own files. Sourced by build.sh, which defines fail, $root, $work and $worker; does nothing by itself.
# shellcheck shell=bash disable=SC2154

# Prints the libraries that programs and libraries are linked to, and the loader. Those that are not found are left out: a plugin that
# is not used may lack one.
libraries_of() {
    ldd "$@" 2>/dev/null | awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\// && $2 ~ /^\(0x/ { print $1 }' | sort -u |
        xargs realpath --no-symlinks | sort -u
}

# Copies files to where they are, below a folder; links are followed. /lib and the like are /usr/lib everywhere by now.
copy_below() {
    local folder=$1
    shift
    printf '%s\n' "$@" | tar -C / -c -P -h --hard-dereference -T - | tar -x -C "$folder" --transform 's,^/*\(lib[0-9a-z]*\|bin\|sbin\)/,usr/\1/,;s,^/*,,'
}

# The path of a system's library, by its soname.
library_named() {
    ldconfig -p 2>/dev/null | awk -v name="$1" '$1 == name && /x86-64|AArch64|64bit/ { print $NF; exit }'
}

# minimal_image TYPE
minimal_image() {
    local type=$1 tree=$work/$1 image=lifeguard-$1:latest checksum former jar='' java='' file
    local files=() linked=() libraries=() changes=()
    if [ "$type" = plantuml ]; then
        java=$(readlink -f "$(command -v java || true)")
        [ -x "$java" ] || fail "There is no java on this machine, which the image of PlantUML would take: apt install default-jre-headless"
        command -v dot >/dev/null || fail "There is no dot on this machine, which the image of PlantUML would take: apt install graphviz"
        for file in "$root/build/plantuml/plantuml.jar" /usr/share/plantuml/plantuml.jar; do
            if [ -z "$jar" ] && [ -s "$file" ]; then jar=$file; fi
        done
        [ -n "$jar" ] || fail "There is no plantuml.jar on this machine: packaging/plantuml/install.sh puts one into build/plantuml."
    fi
    checksum=$(cat "$worker" "${BASH_SOURCE[0]}" ${jar:+"$jar"} | { cat; echo "$java"; } | sha256sum | cut -d ' ' -f 1)
    if [ "$(docker image inspect --format '{{index .Config.Labels "org.lifeguard.checksum"}}' "$image" 2>/dev/null)" = "$checksum" ]; then
        echo "$image is up to date"
        return 0
    fi

    mkdir -p "$tree"/{usr/bin,usr/lib,usr/lib64,etc,tmp,db,workspace,proc,sys,dev}
    chmod 1777 "$tree/tmp"
    ln -s usr/bin usr/lib usr/lib64 "$tree/"
    install -m 755 "$worker" "$tree/usr/bin/lifeguard-worker"
    add_sql_driver
    if [ -d /usr/lib/locale/C.utf8 ]; then files+=(/usr/lib/locale/C.utf8); fi
    if [ "$type" = plantuml ]; then
        add_plantuml
    fi
    mapfile -t linked < <(find -L "${files[@]}" "$worker" -type f \( -name '*.so' -o -name '*.so.*' -o -perm -u+x \))
    mapfile -t libraries < <(libraries_of "${linked[@]}")
    copy_below "$tree" "${files[@]}" "${libraries[@]}"

    changes=(--change 'ENTRYPOINT ["/usr/bin/lifeguard-worker"]'
             --change 'ENV PATH=/usr/bin' --change 'ENV LC_ALL=C.UTF-8' --change 'ENV HOME=/tmp'
             --change "LABEL org.lifeguard.worker-type=$type" --change 'LABEL org.lifeguard.read-only-root=true'
             --change "LABEL org.lifeguard.checksum=$checksum")
    case $(printf '%s\n' "${libraries[@]}") in
        *libasan*) changes+=(--change 'ENV ASAN_OPTIONS=detect_leaks=0') ;; # looking for leaks takes ptrace, which containers have not
    esac
    former=$(docker image inspect --format '{{.Id}}' "$image" 2>/dev/null || true)
    tar -C "$tree" --owner 0 --group 0 --numeric-owner -c . | docker import "${changes[@]}" - "$image" >/dev/null ||
        fail "The image $image could not be imported. What the engine said stands above."
    if [ -n "$former" ]; then
        docker image rm "$former" >/dev/null 2>&1 || true # containers may still run in it
    fi
    rm -rf "$tree"
    echo "Made $image"
}

# Qt's plugin for SQLite, which the worker finds at the same place: appends to files.
add_sql_driver() {
    local library driver
    library=$(libraries_of "$worker" | grep -m 1 '/libQt6Sql\.so')
    driver=$(dirname "$(readlink -f "$library")")/qt6/plugins/sqldrivers/libqsqlite.so
    [ -e "$driver" ] || fail "Qt's driver for SQLite is not there ($driver): apt install libqt6sql6-sqlite"
    files+=("$driver")
}

# Java, PlantUML, dot and letters: appends to files, and lays the links.
add_plantuml() {
    local home graphviz library
    home=$(dirname "$(dirname "$java")")
    # What only developers and windows need is left out.
    mapfile -t -O ${#files[@]} files < <(find -L "$home/lib" "$home/conf" "$home/release" "$java" -type f \
        ! -name src.zip ! -name ct.sym ! -name '*_nocoops.jsa' ! -name libawt_xawt.so ! -name libjawt.so ! -name libsplashscreen.so)
    ln -s "$java" "$tree/usr/bin/java"
    install -D -m 644 "$jar" "$tree/usr/libexec/lifeguard/plantuml.jar"
    # Java loads it by name.
    library=$(library_named libfontconfig.so.1)
    files+=("$(command -v dot)" "$library" /etc/fonts /usr/share/fonts/truetype/dejavu)
    # dot's own list of its plugins names more than these; it misses none that it is not asked for.
    graphviz=$(dirname "$(library_named libgvc.so.6)")/graphviz
    files+=("$graphviz"/config* "$graphviz"/libgvplugin_{core,dot_layout,neato_layout,pango}.so.*)
}

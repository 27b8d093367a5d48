# SPDX-License-Identifier: GPL-3.0-or-later
# Builds images from the files of this machine. This file is sourced by build.sh, which defines fail, $root, $work and $worker, and
# does nothing on its own.
# shellcheck shell=bash disable=SC2154

# libraries_of FILE…: prints the libraries that the programs and libraries are linked to, and the dynamic loader. Libraries that are not
# found are omitted, because an unused plugin may lack one.
libraries_of() {
    ldd "$@" 2>/dev/null | awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\// && $2 ~ /^\(0x/ { print $1 }' | sort -u |
        xargs realpath --no-symlinks | sort -u
}

# copy_below FOLDER FILE…: copies the files to the same paths below the folder and follows links. /lib, /bin and /sbin become links to
# the folders of the same names in /usr.
copy_below() {
    local folder=$1
    shift
    printf '%s\n' "$@" | tar -C / -c -P -h --hard-dereference -T - | tar -x -C "$folder" --transform 's,^/*\(lib[0-9a-z]*\|bin\|sbin\)/,usr/\1/,;s,^/*,,'
}

# library_named SONAME: prints the path of a system library. (awk reads to the end: with pipefail, SIGPIPE of ldconfig would be a failure.)
library_named() {
    ldconfig -p 2>/dev/null | awk -v name="$1" '$1 == name && /x86-64|AArch64|64bit/ && !found++ { print $NF }'
}

# minimal_image TYPE: builds the image lifeguard-TYPE:latest, unless it is up to date.
minimal_image() {
    local type=$1 tree=$work/$1 image=lifeguard-$1:latest checksum previous jar='' java='' file
    local files=() linked=() libraries=() changes=()
    if [ "$type" = plantuml ]; then
        java=$(readlink -f "$(command -v java || true)")
        [ -x "$java" ] || fail "The PlantUML image needs Java from this machine, which is not installed. Run: apt install default-jre-headless"
        command -v dot >/dev/null || fail "The PlantUML image needs Graphviz from this machine, which is not installed. Run: apt install graphviz"
        for file in "$root/build/plantuml/plantuml.jar" /usr/share/plantuml/plantuml.jar; do
            if [ -z "$jar" ] && [ -s "$file" ]; then jar=$file; fi
        done
        [ -n "$jar" ] || fail "The PlantUML image needs plantuml.jar from this machine, which is not installed. Run: packaging/plantuml/install.sh"
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
        *libasan*) changes+=(--change 'ENV ASAN_OPTIONS=detect_leaks=0') ;; # leak detection needs ptrace, which is not available in containers
    esac
    previous=$(docker image inspect --format '{{.Id}}' "$image" 2>/dev/null || true)
    tar -C "$tree" --owner 0 --group 0 --numeric-owner -c . | docker import "${changes[@]}" - "$image" >/dev/null ||
        fail "The image $image could not be imported. See the messages of the engine above."
    if [ -n "$previous" ]; then
        docker image rm "$previous" >/dev/null 2>&1 || true # fails if a container still uses it
    fi
    rm -rf "$tree"
    echo "Built $image"
}

# Appends Qt's SQLite plugin, which the worker loads from the same path, to $files.
add_sql_driver() {
    local library driver
    library=$(libraries_of "$worker" | awk '/\/libQt6Sql\.so/ && !found++')
    driver=$(dirname "$(readlink -f "$library")")/qt6/plugins/sqldrivers/libqsqlite.so
    [ -e "$driver" ] || fail "Qt's SQLite driver ($driver) is not installed. Run: apt install libqt6sql6-sqlite"
    files+=("$driver")
}

# Adds PlantUML with Java, Graphviz and fonts: appends to $files and creates links in $tree.
add_plantuml() {
    local home graphviz library
    home=$(dirname "$(dirname "$java")")
    # Omits the files that only developers and graphical programs need.
    mapfile -t -O ${#files[@]} files < <(find -L "$home/lib" "$home/conf" "$home/release" "$java" -type f \
        ! -name src.zip ! -name ct.sym ! -name '*_nocoops.jsa' ! -name libawt_xawt.so ! -name libjawt.so ! -name libsplashscreen.so)
    ln -s "$java" "$tree/usr/bin/java"
    install -D -m 644 "$jar" "$tree/usr/libexec/lifeguard/plantuml.jar"
    # Java loads this library by name, so ldd does not list it.
    library=$(library_named libfontconfig.so.1)
    files+=("$(command -v dot)" "$library" /etc/fonts /usr/share/fonts/truetype/dejavu)
    # The configuration file of dot lists more plugins than these; dot does not load the others for PlantUML.
    graphviz=$(dirname "$(library_named libgvc.so.6)")/graphviz
    files+=("$graphviz"/config* "$graphviz"/libgvplugin_{core,dot_layout,neato_layout,pango}.so.*)
}

# SPDX-License-Identifier: GPL-3.0-or-later
# What Lifeguard needs from Debian or Ubuntu, and how it is installed. Sourced by run.sh and test.sh; does nothing by itself.
# shellcheck shell=bash disable=SC2034

lifeguard_build_packages=(
    g++              # C++20
    cmake            # 3.25 or newer
    ninja-build      # the generator of all presets
    ccache           # makes a build from scratch the second time a matter of seconds
    qt6-base-dev     # Qt 6.4: Core, Network, Sql, Concurrent, Gui, Widgets, Test
    qt6-svg-dev      # the icons are drawn from SVG
    libexpected-dev  # tl::expected: GCC 12 has no std::expected
    libpng-dev       # whether a picture that another program made is whole, and not blank; Qt's own reader needs Qt Gui
    libboost-dev     # Boost.Beast's HTTP parser (headers only): Qt 6.4 speaks no HTTP over local sockets
)

lifeguard_run_packages=(
    libqt6sql6-sqlite  # the queue is an SQLite file
    libqt6svg6         # the icons
    fonts-dejavu-core  # letters for the window and for the diagrams
)

# Needed only where the window has to speak Wayland (run.sh adds it when there is no X server).
lifeguard_wayland_packages=(
    qt6-wayland
)

lifeguard_plantuml_packages=(
    default-jre-headless  # runs PlantUML; without it apt would take the one with a screen
    graphviz              # lays out class, state and component diagrams for PlantUML
    fonts-dejavu-core     # letters for the diagrams
)

lifeguard_notebook_packages=(
    jupyter-nbconvert     # brings nbconvert's templates; notebooks become pages, slides and scripts
    python3-nbconvert     # the module that our notebook converter keeps open
    python3-nbformat      # reads notebooks of all versions
    python3-nbclient      # runs their cells
    python3-ipykernel     # the kernel of Python notebooks
)

lifeguard_drawio_packages=(
    chromium              # draw.io's drawings are drawn in it, without a screen
    python3               # our drawio command speaks to Chromium in it; tests have workers written in it (standard library only)
    fonts-liberation      # Helvetica, Arial, Times and Courier of drawings, in their own widths
    fonts-dejavu-core     # letters of all other fonts
)

# The converters of all types. Images (packaging/images) have those of one type each.
lifeguard_converter_packages=(
    plantuml  # draws diagrams from text, where packaging/plantuml could not fetch a younger one
    "${lifeguard_plantuml_packages[@]}"
    "${lifeguard_notebook_packages[@]}"
    "${lifeguard_drawio_packages[@]}"
)

lifeguard_test_packages=(
    xvfb                # a virtual screen
    xauth               # xvfb-run asks for it
    openbox             # a window manager: focus and menus behave as on a desktop
    desktop-file-utils  # desktop-file-validate
    appstream           # appstreamcli validate
    procps              # ps, which tests use to look at process trees
    poppler-utils       # pdftotext: whether the text of a drawing is in its PDF
    clang               # the fuzz targets are built with its libFuzzer, which no other compiler has
    libclang-rt-dev     # libFuzzer and the sanitizers' runtime libraries themselves
    elfutils            # eu-stack: the stack in the diagnosis of a worker; small, where gdb would do as well and is large
    sqlite3             # the shell worker of the guide (resources/help/own-worker.md) speaks to the database with it
    openssl             # the program: makes the certificates of the TLS tests
)

# A Docker engine of the tests' own (tests/support/engine.sh). Only where there is none: Debian's cannot stand beside Docker's own.
lifeguard_docker_packages=(
    docker.io  # dockerd, the docker command, and what they need: containerd, runc, iptables
)

# A program that runs in any image. Only where there is none: a system may have another package of the same (to start with, say).
lifeguard_busybox_packages=(
    busybox-static  # containers of the tests that write much, or need much memory
)

# Prints the packages among the arguments that are not installed, one a line.
missing_packages() {
    local package
    for package in "$@"; do
        if [ "$(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null)" != "ii " ]; then
            printf '%s\n' "$package"
        fi
    done
}

# Installs those packages that are missing; asks apt only if any is. Exits 2 with the list where it cannot.
install_missing() {
    local missing=() as_root=()
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        if [ -n "${LIFEGUARD_NO_INSTALL:-}" ]; then
            return 0
        fi
        {
            echo "This system has no apt, so nothing can be installed from here. Please install what these Debian packages hold:"
            printf '  %s\n' "$@"
            echo "Then call this again with LIFEGUARD_NO_INSTALL=1."
        } >&2
        exit 2
    fi
    mapfile -t missing < <(missing_packages "$@")
    if [ ${#missing[@]} -eq 0 ]; then
        return 0
    fi
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            {
                echo "These packages are missing, and without root or sudo they cannot be installed:"
                printf '  %s\n' "${missing[@]}"
                echo "As root:  apt-get install --no-install-recommends ${missing[*]}"
            } >&2
            exit 2
        fi
        as_root=(sudo)
    fi
    echo "Installing ${missing[*]}"
    if ! { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q update &&
           "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "${missing[@]}"; }; then
        echo "apt could not install: ${missing[*]}. What it said stands above." >&2
        exit 2
    fi
}

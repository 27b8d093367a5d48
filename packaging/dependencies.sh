# SPDX-License-Identifier: GPL-3.0-or-later
# The Debian and Ubuntu packages that Lifeguard needs, and functions that install them. This file is sourced by other scripts and
# does nothing on its own.
# shellcheck shell=bash disable=SC2034

lifeguard_build_packages=(
    g++              # C++20
    cmake            # 3.25 or newer
    ninja-build      # the generator of all presets
    ccache           # reduces a second build from scratch to seconds
    qt6-base-dev     # Qt 6.4: Core, Network, Sql, Concurrent, Gui, Widgets, Test
    qt6-svg-dev      # renders the SVG icons
    libexpected-dev  # tl::expected, because GCC 12 does not have std::expected
    libpng-dev       # checks that an image written by another program is complete and not blank, without Qt Gui
    zlib1g-dev       # reads drawings that draw.io has compressed: Qt does not read deflate without a header
    libyaml-cpp-dev  # parses configuration files (YAML and JSON) with the place of each value
    libtomlplusplus-dev  # reads CLM's configuration files (TOML) in 'config import-clm' (headers only)
    libsqlite3-dev   # SQLite's backup API, of the library that Qt's driver uses
    libboost-dev     # Boost.Beast's HTTP parser (headers only): Qt 6.4 does not support HTTP over local sockets, and its server has no limits
    prometheus-cpp-dev  # the data model and the text format of Prometheus' metrics
    pkgconf          # finds libsystemd
    libsystemd-dev   # tells systemd about the state of the service; optional
)

lifeguard_run_packages=(
    libqt6sql6-sqlite  # the job queue is an SQLite file
    libqt6svg6         # renders the SVG icons
    libprometheus-cpp-core1.0  # the text format of metrics
    libsystemd0        # tells systemd about the state of the service
    fonts-dejavu-core  # the font of the window and of the diagrams
)

# Needed only on Wayland without an X server, where run.sh adds it.
lifeguard_wayland_packages=(
    qt6-wayland
)

lifeguard_plantuml_packages=(
    default-jre-headless  # runs PlantUML; without it, apt would install the JRE with graphics support
    graphviz              # lays out class, state and component diagrams for PlantUML
    fonts-dejavu-core     # the font of the diagrams
)

lifeguard_notebook_packages=(
    jupyter-nbconvert     # the templates of nbconvert, which exports notebooks to HTML, slides and scripts
    python3-nbconvert     # the Python module that the notebook converter uses
    python3-nbformat      # reads notebooks of all format versions
    python3-jinja2        # expands the templates in decks of CLX and CLM
    python3-nbclient      # runs the cells of notebooks
    python3-ipykernel     # the kernel of Python notebooks
)

lifeguard_drawio_packages=(
    chromium              # renders draw.io drawings without a display
    python3               # runs the drawio command and some workers in the tests; only the standard library is used
    fonts-liberation      # substitutes Helvetica, Arial, Times and Courier with fonts of the same metrics
    fonts-dejavu-core     # substitutes all other fonts
)

# The tools of all converters. Each image (packaging/images) contains those of one converter.
lifeguard_converter_packages=(
    plantuml  # used if packaging/plantuml/install.sh cannot download a newer version
    "${lifeguard_plantuml_packages[@]}"
    "${lifeguard_notebook_packages[@]}"
    "${lifeguard_drawio_packages[@]}"
)

lifeguard_test_packages=(
    xvfb                # a virtual display
    xauth               # needed by xvfb-run
    openbox             # a window manager, so that focus and menus behave as on a desktop
    desktop-file-utils  # desktop-file-validate
    appstream           # appstreamcli validate
    procps              # ps, which tests use to inspect process trees
    poppler-utils       # pdftotext, which tests use to check the text in PDF files
    clang               # builds the fuzz targets, because only clang has libFuzzer
    libclang-rt-dev     # the runtime libraries of libFuzzer and of the sanitizers
    elfutils            # eu-stack, which prints stacks for the diagnosis of a worker; much smaller than gdb
    sqlite3             # used by the example worker in shell (resources/help/own-worker.md)
    python3-jsonschema  # an independent validator for the schema of configuration files
    openssl             # the command, which creates the certificates of the TLS tests
    prometheus          # promtool, which checks the names of the metrics
    systemd             # systemd-analyze, which checks the unit files
    groff               # checks the manual pages
    zsh                 # tests of completion
    fish                # tests of completion
    bindfs              # a FUSE file system, for the tests of databases on network file systems
)

# Docker for the engine that tests start (tests/support/engine.sh). Installed only if there is no Docker, because Debian's packages
# conflict with those from docker.com.
lifeguard_docker_packages=(
    docker.io  # dockerd, the docker command, containerd and runc
)

# Needed by the engine of the tests whether or not Docker is installed.
lifeguard_engine_packages=(
    iproute2  # the ip command, which removes the engine's network bridge
    podman    # the tests of Docker pools with Podman (tests/support/podman.sh)
)

# Downloads PlantUML and draw.io (packaging/npm.sh). Installed only if there is no npm, because it has many dependencies.
lifeguard_download_packages=(
    npm
)

# A statically linked busybox. Installed only if there is no busybox, because packages that provide one conflict with each other.
lifeguard_busybox_packages=(
    busybox-static  # programs for test containers that write much output or use much memory
)

# The tools that packaging/lint.sh runs.
lifeguard_lint_packages=(
    clang         # compiles as clang-tidy and clazy do
    clang-format  # the format of C++ files (.clang-format)
    clang-tidy    # checks for bugs, performance and modern C++ (.clang-tidy)
    clazy         # checks for incorrect and inefficient use of Qt (.clazy)
    codespell     # common misspellings (.codespellrc)
    git           # lists the files to check and finds those that have changed
    pyflakes3     # errors in Python files
    shellcheck    # errors in shell scripts
)

# missing_packages PACKAGE…: prints the packages that are not installed, one per line. Prints a package once even if it is given
# several times.
missing_packages() {
    local package
    local -A seen=()
    for package in "$@"; do
        if [ -n "${seen[$package]:-}" ]; then
            continue
        fi
        seen[$package]=yes
        if [ "$(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null)" != "ii " ]; then
            printf '%s\n' "$package"
        fi
    done
}

# needs_npm: succeeds if npm is missing and PlantUML or draw.io must be downloaded. Call it in the root of the repository.
needs_npm() {
    if command -v npm >/dev/null; then
        return 1
    fi
    { [ -z "${LIFEGUARD_PLANTUML_TARBALL:-}" ] && [ ! -s build/plantuml/plantuml.jar ]; } ||
        { [ -z "${LIFEGUARD_DRAWIO_TARBALL:-}" ] && [ ! -s build/drawio/export3.html ]; }
}

# install_missing PACKAGE…: installs the packages that are not installed. Runs apt only if there are any. Prints the list and exits
# with code 2 if they cannot be installed.
install_missing() {
    local missing=() as_root=()
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        if [ -n "${LIFEGUARD_NO_INSTALL:-}" ]; then
            return 0
        fi
        {
            echo "Packages cannot be installed automatically, because this system does not use apt. Install the equivalents of these"
            echo "Debian packages:"
            printf '%s\n' "$@" | sort -u | sed 's/^/  /'
            echo "Then run this script again with LIFEGUARD_NO_INSTALL=1."
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
                echo "These packages are missing and cannot be installed without root or sudo:"
                printf '  %s\n' "${missing[@]}"
                echo "Run as root:  apt-get install --no-install-recommends ${missing[*]}"
            } >&2
            exit 2
        fi
        echo "Root is needed to install ${missing[*]}"
        # Asks for the password, if one is needed, so that a refusal is not taken for a failure of apt.
        if ! sudo env true; then
            {
                echo "sudo was refused, so these packages cannot be installed:"
                printf '  %s\n' "${missing[@]}"
                echo "Run as root:  apt-get install --no-install-recommends ${missing[*]}"
            } >&2
            exit 2
        fi
        as_root=(sudo)
    fi
    echo "Installing ${missing[*]}"
    if [[ " ${missing[*]} " == *" docker.io "* ]]; then
        echo "docker.io also enables and starts the system services docker and containerd. The tests do not use them. To turn them off:"
        echo "  systemctl disable --now docker.service docker.socket containerd.service"
    fi
    if [[ " ${missing[*]} " == *" podman "* ]]; then
        echo "podman also enables system units. The tests do not use them. To turn them off:"
        echo "  systemctl disable --now podman.socket podman.service podman-restart.service podman-auto-update.timer podman-auto-update.service"
    fi
    if ! { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q update &&
           "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "${missing[@]}"; }; then
        echo "apt could not install ${missing[*]}. See its messages above." >&2
        exit 2
    fi
}

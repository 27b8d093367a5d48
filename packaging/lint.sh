#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Checks the format, the structure and the spelling of all files, and runs clang-tidy and clazy.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: packaging/lint.sh [--all | --base REV] [--limit N] [--only CHECK[,CHECK…]] [--help] [FILE…]
       packaging/lint.sh --fix-format [FILE…]

Installs the tools that are missing, runs the checks and prints the problems. The exit code is 0 if there are none, 1 if there are
some and 2 if the checks cannot be run. With FILE… only these files are checked.

  format      C++ files have the format that .clang-format defines (clang-format 14)
  structure   every .cpp file has a header of the same name in its folder (except main.cpp, tst_*.cpp, bench_*.cpp, fuzz_*.cpp,
              tests/preload/*.cpp and variants for a platform, such as file_linux.cpp beside file.h), every header has #pragma once,
              and every source file names its licence
  references  no file refers to a document outside the repository
  shell       shell scripts pass shellcheck
  spelling    no common misspellings (codespell with .codespellrc)
  python      Python files pass pyflakes
  tidy        C++ files pass clang-tidy (.clang-tidy)
  clazy       C++ files pass clazy (.clazy)

tidy and clazy are slow and check only the C++ files that have changed since the base. They compile with clang in build/lint.

  --base REV    the base: changes since REV, including those that are not committed (default: the merge base with origin/main, or
                the commit before HEAD if that is HEAD itself)
  --all         run tidy and clazy on all files
  --limit N     run tidy and clazy on at most N changed files, and print how many were omitted
  --only CHECK  run only these checks
  --fix-format  format the files instead of checking them
TEXT
}

fail() {
    printf '%s\n' "$@" >&2
    exit 2
}

known_checks=(format structure references shell spelling python tidy clazy)
checks=("${known_checks[@]}")
all=no
base=
limit=
fix_format=no
declare -A only_files=()
while [ $# -gt 0 ]; do
    case $1 in
        --all) all=yes ;;
        --base | --limit | --only)
            [ $# -gt 1 ] || fail "$1 needs a value; see --help."
            case $1 in
                --base) base=$2 ;;
                --limit) limit=$2 ;;
                --only) IFS=, read -r -a checks <<<"$2" ;;
            esac
            shift ;;
        --fix-format) fix_format=yes ;;
        -h | --help) usage; exit 0 ;;
        -*) fail "There is no option $1; see --help." ;;
        *) only_files[$(realpath --canonicalize-missing -- "$1")]=yes ;;
    esac
    shift
done
for check in "${checks[@]}"; do
    [[ " ${known_checks[*]} " == *" $check "* ]] || fail "There is no check '$check'; see --help."
done
case $limit in *[!0-9]*) fail "--limit needs a number, not '$limit'." ;; esac

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
export LC_ALL=C.UTF-8
# shellcheck source=packaging/dependencies.sh
. packaging/dependencies.sh

runs() {
    [[ " ${checks[*]} " == *" $1 "* ]]
}

packages=("${lifeguard_lint_packages[@]}")
if [ "$fix_format" = no ] && { runs tidy || runs clazy; }; then
    packages+=("${lifeguard_build_packages[@]}") # clang compiles against Qt
fi
install_missing "${packages[@]}"

# The checkout may belong to another user, as in a container.
git() {
    command git -c "safe.directory=$root" "$@"
}
git rev-parse --git-dir >/dev/null 2>&1 || fail "$root is not a git checkout, so the files to check are not known."

# Text files of the repository, including new ones that are not ignored. With FILE…, only these files.
files=()
while IFS= read -r -d '' file; do
    if [ ! -f "$file" ] || [ -L "$file" ]; then continue; fi
    if [ ${#only_files[@]} -gt 0 ] && [ -z "${only_files[$root/$file]:-}" ]; then continue; fi
    case $file in
        # The decks are data: they have no licence, and some are templates.
        *.png | tests/fuzz/seeds/* | tests/data/clm-notebooks/[0-9]*) ;;
        *) files+=("$file") ;;
    esac
done < <(git ls-files -z --cached --others --exclude-standard | sort -zu)
if [ ${#files[@]} -eq 0 ]; then
    echo "There are no files to check."
    exit 0
fi

# files_named PATTERN…: prints the files whose names match one of the patterns, each followed by a null byte.
files_named() {
    local file pattern
    for file in "${files[@]}"; do
        for pattern in "$@"; do
            # shellcheck disable=SC2254  # a pattern
            case ${file##*/} in $pattern) printf '%s\0' "$file"; break ;; esac
        done
    done
}

# scripts INTERPRETER SUFFIX: prints the files with a shebang of the interpreter or with the suffix, each followed by a
# null byte.
scripts() {
    local interpreter=$1 suffix=$2 file first
    for file in "${files[@]}"; do
        case $file in
            *"$suffix") printf '%s\0' "$file" ;;
            *.*) ;;
            *)
                IFS= read -r first <"$file" 2>/dev/null || true
                case $first in '#!'*"$interpreter"*) printf '%s\0' "$file" ;; esac ;;
        esac
    done
}

if [ "$fix_format" = yes ]; then
    files_named '*.cpp' '*.h' | xargs -0 -r -P "$(nproc)" -n 20 clang-format -i
    exit 0
fi

check_format() {
    { files_named '*.cpp' '*.h' | xargs -0 -r -P "$(nproc)" -n 20 clang-format --dry-run -Werror 2>&1 || true; } |
        sed -nE 's/^([^ ].*):[0-9]+:[0-9]+: error: .*clang-format-violations.*/\1/p; /^(clang-format|xargs): /p' | sort -u |
        sed 's/.*/&: the format differs from .clang-format (packaging\/lint.sh --fix-format &)/'
}

check_structure() {
    local file name
    while IFS= read -r -d '' file; do
        name=${file##*/}
        case $name in
            main.cpp | tst_*.cpp | bench_*.cpp | fuzz_*.cpp) continue ;;
        esac
        [[ $file != tests/preload/* ]] || continue
        if [ ! -f "${file%.cpp}.h" ] && ! { [[ $name == *_*.cpp ]] && [ -f "${file%_*}.h" ]; }; then
            echo "$file: there is no header ${name%.cpp}.h in the same folder"
        fi
    done < <(files_named '*.cpp')
    { files_named '*.h' | xargs -0 -r grep -Lx '#pragma once' || true; } | sed 's/$/: #pragma once is missing/'
    files_named '*.cpp' '*.h' '*.sh' '*.py' '*.js' '*.cmake' CMakeLists.txt | grep -zv '^resources/sample/' | xargs -0 -r awk '
        FNR > 3 { nextfile }
        /SPDX-License-Identifier: GPL-3.0-or-later/ { found[FILENAME] }
        END {
            for (i = 1; i < ARGC; i++) {
                if (!(ARGV[i] in found)) print ARGV[i] ": the SPDX licence identifier is missing"
            }
        }'
}

check_references() {
    # Written so that this line does not match itself.
    printf '%s\0' "${files[@]}" | xargs -0 grep -nE '(^|[^A-Za-z0-9_./-])(\.\./)*share[d]/[A-Za-z]' -- /dev/null |
        sed -E 's/^([^:]*:[0-9]+):(.*)/\1: reference to a document outside the repository: \2/' || true
}

check_shell() {
    scripts bash .sh | xargs -0 -r shellcheck --external-sources --format=gcc || true
}

check_spelling() {
    printf '%s\0' "${files[@]}" | xargs -0 codespell || true
}

check_python() {
    scripts python .py | xargs -0 -r pyflakes3 2>&1 || true
}

# Sets the array sources to the C++ source files that tidy and clazy check. A changed header is checked with the source
# file of the same name, or with a source file that includes it.
find_sources() {
    local changed file source
    sources=()
    if [ "$all" = yes ] || [ ${#only_files[@]} -gt 0 ]; then
        mapfile -d '' changed < <(files_named '*.cpp' '*.h')
    else
        if [ -z "$base" ]; then
            base=$(git merge-base HEAD origin/main 2>/dev/null || true)
            if [ -z "$base" ] || [ "$base" = "$(git rev-parse HEAD)" ]; then
                base=$(git rev-parse --verify --quiet HEAD~) || base=$(git hash-object -t tree /dev/null)
            fi
        fi
        git rev-parse --verify --quiet "$base^{tree}" >/dev/null || fail "There is no revision '$base'."
        mapfile -d '' changed < <({ git diff -z --name-only --diff-filter=d "$base" -- '*.cpp' '*.h'
                                    git ls-files -z --others --exclude-standard -- '*.cpp' '*.h'; } | sort -zu)
    fi
    for file in "${changed[@]}"; do
        source=$file
        if [[ $file == *.h ]]; then
            source=${file%.h}.cpp
            if [ ! -f "$source" ]; then
                source=$(git grep -lF "#include \"$file\"" -- '*.cpp' | grep -v '^tests/fuzz/' | head -n 1 || true)
            fi
        fi
        case $source in
            '' | tests/fuzz/*) ;; # the fuzz targets are a project of their own
            *) sources+=("$source") ;;
        esac
    done
    mapfile -t sources < <(printf '%s\n' "${sources[@]}" | sort -u | sed '/^$/d')
    if [ -n "$limit" ] && [ "$all" = no ] && [ ${#sources[@]} -gt "$limit" ]; then
        echo "clang-tidy and clazy check $limit of ${#sources[@]} changed files (--limit). The other $((${#sources[@]} - limit)) are omitted."
        sources=("${sources[@]:0:limit}")
    fi
}

# Generates the compile commands and the files that moc generates.
prepare_clang() {
    local log=$work/configure.log
    # cmake_autogen is run directly, because the autogen targets of CMake depend on compiled libraries.
    if ! { cmake --preset lint && cmake --build build/lint --target lifeguard_test_mocs &&
           find build/lint -name AutogenInfo.json -print0 | xargs -0 -P "$(nproc)" -I '{}' cmake -E cmake_autogen '{}' Debug; } >"$log" 2>&1
    then
        tail -n 20 "$log" >&2
        fail "The build folder for clang-tidy and clazy could not be prepared."
    fi
}

# for_each_source PROGRAM…: runs the program once for each source file, in parallel, and prints its diagnostics once, with the paths of
# the repository instead of those of the include folders.
for_each_source() {
    printf '%s\0' "${sources[@]}" | xargs -0 -r -P "$(nproc)" -n 1 "$@" 2>&1 |
        sed -E "s,$root/build/lint/include/[a-z_]+/,,g; s,$root/,,g" |
        awk '/: (warning|error): / { print_it = !seen[$0]++ } print_it' | grep -vE '^[0-9]+ warnings? (and [0-9]+ errors? )?generated|^Suppressed ' || true
}

check_tidy() {
    for_each_source clang-tidy -p build/lint --quiet
}

check_clazy() {
    local names
    names=$(sed -e 's/#.*//' .clazy | tr -s ' \n' ',' | sed -e 's/^,//' -e 's/,$//')
    for_each_source clazy-standalone -p build/lint --checks="$names" --header-filter='/(app|core|ui|tests)/[^.]*\.h$' \
        --ignore-dirs='/usr/|_autogen/' --extra-arg=-Wno-everything
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sources=()
if runs tidy || runs clazy; then
    find_sources
    if [ ${#sources[@]} -gt 0 ]; then
        prepare_clang
    fi
fi
failed=()
for check in "${checks[@]}"; do
    case $check in
        tidy | clazy)
            if [ ${#sources[@]} -eq 0 ]; then
                echo "$check: no changed C++ files"
                continue
            fi ;;
    esac
    "check_$check" >"$work/problems"
    if [ -s "$work/problems" ]; then
        echo "$check: failed"
        sed 's/^/  /' "$work/problems"
        failed+=("$check")
    else
        echo "$check: passed"
    fi
done
if [ ${#failed[@]} -gt 0 ]; then
    echo "Failed checks: ${failed[*]}"
    exit 1
fi

# SPDX-License-Identifier: GPL-3.0-or-later
"""The files on which the results of a notebook depend: those that it declares, and those that its cells have read."""
import glob
import itertools
import os
import re

DECLARATION = re.compile(r"^[ \t]*(?:#|//|--|;;|%|<!--)[ \t]*lifeguard[ \t]*:[ \t]*depends[ \t]+on[ \t](.+)$", re.IGNORECASE | re.MULTILINE)
MAX_FILES = 1000  # matches of one pattern
MAX_LISTED = 20
IGNORED_FOLDERS = ("site-packages", "dist-packages", "__pycache__", "node_modules")
IGNORED_SUFFIXES = (".pyc", ".pyo", ".so")


def declared_names(notebook):
    """Returns the names that a notebook declares, in its metadata ({"lifeguard": {"sources": […]}}) and in comments of cells."""
    metadata = notebook.metadata.get("lifeguard")
    names = metadata.get("sources") if isinstance(metadata, dict) else None
    found = [names] if isinstance(names, str) else [str(name) for name in names if name] if isinstance(names, list) else []
    for cell in notebook.cells:
        for match in DECLARATION.finditer(cell.source):
            found += match.group(1).rstrip().removesuffix("-->").split(",")
    return list(dict.fromkeys(name.strip().strip("\"'`") for name in found if name.strip()))


def find_files(names, patterns, folder, own_name, roots):
    """Returns the absolute paths of the files that the names mean, without the notebook itself; the names that mean no file; and
    the names of files outside the roots.

    A name is that of a file, a folder, or a Python module in the folder, or a pattern such as data/*.csv. The path of a file that does
    not exist is returned too, because the results change when it is created. names: those that the notebook declares, which must lie
    in the folders roots: Lifeguard reads the files, and may wait for a device or search a whole disk. patterns: those of the pool.
    """
    paths, missing, outside = [], [], []
    roots = [os.path.realpath(root) for root in roots if root]
    for name in dict.fromkeys([*names, *patterns]):
        full = os.path.normpath(os.path.join(folder, name))
        if "\0" in name or name not in patterns and not is_below(fixed_part(full), roots):
            outside.append(name)
            continue
        found = files_of(full) or module_files(folder, name) or matches(full)
        if name not in patterns:
            found = [path for path in found if is_below(path, roots)]
        if not found:
            missing.append(name)
        paths += found or ([] if glob.has_magic(name) else [full])
    return sorted(set(paths) - {os.path.join(folder, own_name)}), missing, outside


def fixed_part(pattern):
    """Returns the folders at the beginning of a pattern that contain no wildcards."""
    while glob.has_magic(pattern):
        pattern = os.path.dirname(pattern)
    return pattern


def is_below(path, roots):
    """Returns whether a path, after links have been resolved, lies in one of the folders."""
    real = os.path.realpath(path)
    return any(os.path.commonpath((root, real)) == root for root in roots)


def module_files(folder, name):
    """Returns the files of the Python package or module with this name."""
    if os.sep in name:
        return []
    path = os.path.join(folder, *name.split("."))
    return files_of(path) or files_of(path + ".py")


def files_of(path):
    """Returns the file itself, or the files in the folder and in its subfolders."""
    if os.path.isfile(path):
        return [path]
    files = []
    for parent, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if name not in IGNORED_FOLDERS and not name.startswith("."))
        files += [os.path.join(parent, name) for name in sorted(names) if not name.endswith(IGNORED_SUFFIXES)]
        if len(files) >= MAX_FILES:
            break
    return files[:MAX_FILES]


def matches(pattern):
    """Returns the files that match a pattern, in any order if there are more than MAX_FILES."""
    if not glob.has_magic(pattern):
        return []
    return sorted(path for path in itertools.islice(glob.iglob(pattern, recursive=True), MAX_FILES) if os.path.isfile(path))


def undeclared_files(log, declared, folder, own_name):
    """Returns the names of the files in the log of nb_kernel.py that were not declared, relative to the folder of the notebook."""
    try:
        with open(log, "rb") as file:
            opened = [os.fsdecode(path) for path in file.read().split(b"\0") if path]
    except OSError:
        return []
    known = {os.path.realpath(path) for path in declared} | {os.path.realpath(os.path.join(folder, own_name))}
    names = set()
    for path in opened:
        parts = path.split(os.sep)
        if path.endswith(IGNORED_SUFFIXES) or any(part in IGNORED_FOLDERS for part in parts) or not os.path.isfile(path):
            continue
        if os.path.realpath(path) not in known:
            names.add(os.path.relpath(path, folder))
    return sorted(names)


def shortened(names):
    """Returns at most MAX_LISTED names, and the number of the others."""
    return names[:MAX_LISTED], max(0, len(names) - MAX_LISTED)

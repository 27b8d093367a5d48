# SPDX-License-Identifier: GPL-3.0-or-later
"""The files on which the results of a notebook depend: those that it declares, and those that its cells have read."""
import glob
import os
import re

DECLARATION = re.compile(r"^\s*(?:#|//|--|;;|%|<!--)\s*lifeguard\s*:\s*depends\s+on\s+(.+?)\s*(?:-->)?\s*$", re.IGNORECASE | re.MULTILINE)
MAX_FILES = 1000  # matches of one pattern
MAX_LISTED = 20
IGNORED_FOLDERS = ("site-packages", "dist-packages", "__pycache__", "node_modules")
IGNORED_SUFFIXES = (".pyc", ".pyo", ".so")


def declared_names(notebook):
    """Returns the names that a notebook declares, in its metadata ({"lifeguard": {"sources": […]}}) and in comments of cells."""
    metadata = notebook.metadata.get("lifeguard")
    names = metadata.get("sources") if isinstance(metadata, dict) else None
    found = [names] if isinstance(names, str) else [str(name) for name in names or () if name]
    for cell in notebook.cells:
        for match in DECLARATION.finditer(cell.source):
            found += match.group(1).split(",")
    return list(dict.fromkeys(name.strip().strip("\"'`") for name in found if name.strip()))


def find_files(names, folder, own_name):
    """Returns the absolute paths of the files that the names mean, without the notebook itself, and the names that mean no file.

    A name is that of a file, a folder, or a Python module in the folder, or a pattern such as data/*.csv. The path of a file that does
    not exist is returned too, because the results change when it is created.
    """
    paths, missing = [], []
    for name in names:
        full = os.path.normpath(os.path.join(folder, name))
        found = files_of(full) or files_of(os.path.join(folder, *name.split("."))) or files_of(module_file(folder, name)) or matches(full)
        if not found:
            missing.append(name)
        paths += found or ([] if glob.has_magic(name) else [full])
    return sorted(set(paths) - {os.path.join(folder, own_name)}), missing


def module_file(folder, name):
    return os.path.join(folder, *name.split(".")) + ".py"


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
    return sorted(path for path in glob.glob(pattern, recursive=True) if os.path.isfile(path))[:MAX_FILES] \
        if glob.has_magic(pattern) else []


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

# SPDX-License-Identifier: GPL-3.0-or-later
"""Embeds the pictures of text cells, but no files outside the workspace.

nbconvert embeds every file that the notebook names, so a notebook could publish any file that the worker can read.
"""
import base64
import mimetypes
import os
import re
import stat
import urllib.parse

# Ends at the next "<img", so that the time does not grow with the square of the length.
IMAGE_SOURCE = re.compile(r"""(<img\b(?:(?!<img\b)[^>])*?\ssrc\s*=\s*)(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE | re.DOTALL)
SCHEME = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:|//)")
MAX_SIZE = 50_000_000  # bytes


class Pictures:
    """The pictures of one notebook.

    folder is that of the notebook. Only files in the folders roots are embedded. Links to other pictures are kept; notes say so, unless
    the link works from output_folder. sources are the files on which the output depends: those that were read, and those that would have
    been read if they existed.
    """

    def __init__(self, folder, roots, output_folder):
        self.folder = folder
        self.named_roots = [os.path.abspath(root) for root in roots if root]
        self.roots = [os.path.realpath(root) for root in self.named_roots]
        self.output_folder = output_folder
        self.notes = []
        self.sources = []

    def embed(self, source):
        """Returns the picture as a data URL, or None if it cannot be embedded."""
        if not source or SCHEME.match(source):
            if source.lower().startswith("file:"):
                self.note("picture_outside", source)
            return None
        names = self.names(source)
        path = self.find(names)
        if path is None:
            if not any(os.path.exists(os.path.join(self.output_folder, name)) for name in names):
                self.note("picture_not_found", source)
            return None
        real = os.path.realpath(path)
        if not is_below(real, self.roots):
            self.note("picture_outside", source)
            return None
        kind = mimetypes.guess_type(path)[0] or ""
        content = read_file(real) if kind.startswith("image/") else None
        if content is None:
            self.note("picture_unreadable", source)
            return None
        return "data:%s;base64,%s" % (kind, base64.b64encode(content).decode("ascii"))

    def find(self, names):
        """Returns the path of the first file that exists, or None. It and the files before it are sources."""
        for name in names:
            path = os.path.join(self.folder, name)
            if is_below(os.path.normpath(path), self.named_roots + self.roots):
                self.sources.append(path)
            if os.path.exists(path):
                return path
        return None

    def names(self, source):
        """Returns the names of the file that a link may mean."""
        plain = re.split(r"[?#]", source, 1)[0]
        return list(dict.fromkeys(name for name in (source, urllib.parse.unquote(source), urllib.parse.unquote(plain))
                                  if name and "\0" not in name))

    def embed_in_html(self, html):
        """Replaces the sources of the pictures in HTML, and leaves everything else as it is."""
        def replaced(match):
            url = self.embed(next(group for group in match.groups()[1:] if group is not None).strip())
            return match.group(0) if url is None else '%s"%s"' % (match.group(1), url)

        return IMAGE_SOURCE.sub(replaced, html)

    def note(self, code, source):
        note = {"code": code, "name": source}
        if note not in self.notes:
            self.notes.append(note)


def is_below(path, folders):
    return any(os.path.commonpath((folder, path)) == folder for folder in folders)


def read_file(path):
    """Returns the content of an ordinary file, or None if it is something else, too large, or cannot be read."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(fd, "rb") as file:
            status = os.fstat(fd)
            if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_SIZE:
                return None
            return file.read()
    except OSError:
        return None

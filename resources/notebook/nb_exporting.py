# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the output of a notebook that has been read, and run where its format shows results."""
import base64
import errno
import os
import stat

import nbformat
from nbconvert import HTMLExporter, MarkdownExporter, ScriptExporter, SlidesExporter
from traitlets.config import Config

from nb_choosing import mark_slides
from nb_running import language_of
from nb_trouble import Trouble

RUN = ("html", "slides", "notebook", "markdown")  # all but script show what the cells answer
exporters = {}  # one of each, kept: compiling the templates takes a third of a second


def exporter_for(format_name):
    if format_name not in exporters:
        if format_name == "html":
            made = HTMLExporter(embed_images=True)  # the output lies in another folder than the pictures of the input
        elif format_name == "slides":
            made = SlidesExporter(embed_images=True)
        elif format_name == "markdown":
            # One file, with its pictures in it.
            made = MarkdownExporter(config=Config({"ExtractOutputPreprocessor": {"enabled": False}}))
        else:
            made = ScriptExporter()
        exporters[format_name] = made
    return exporters[format_name]


def export(notebook, format_name, title, folder, prog_lang):
    """Answers the output's bytes."""
    if format_name == "notebook":
        return (nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n").encode()
    if format_name == "slides":
        mark_slides(notebook)
    if format_name == "script":
        language = language_of(notebook, prog_lang)
        info = notebook.metadata.setdefault("language_info", nbformat.from_dict({}))
        info.setdefault("name", language)
        if language == "python":
            info.setdefault("nbconvert_exporter", "python")  # text cells become comments
        info.setdefault("file_extension", ".txt")  # asked for, and of no use: the output has its name already
    elif format_name == "markdown":
        inline_pictures(notebook)
    else:
        svg_as_images(notebook)
    resources = {"metadata": {"name": title, "path": folder}}
    text, _ = exporter_for(format_name).from_notebook_node(notebook, resources=resources)
    if format_name == "markdown":
        text = text.replace("![svg](data:image/svg;base64,", "![svg](data:image/svg+xml;base64,")
    return text.encode("utf-8", "replace")


def svg_as_images(notebook):
    """nbconvert 6.5 takes all drawing out of SVG, to be safe from scripts in it. In an image it is whole, and as safe."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            svg = (output.get("data") or {}).get("image/svg+xml")
            if isinstance(svg, str):
                output["svg_filename"] = "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def inline_pictures(notebook):
    """nbconvert's template puts pictures into the text as they are: here in the one line of base64 that it means."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            data = output.get("data") or {}
            for kind in ("image/png", "image/jpeg"):
                if isinstance(data.get(kind), str):
                    data[kind] = "".join(data[kind].split())
            if isinstance(data.get("image/svg+xml"), str):
                data["image/svg+xml"] = base64.b64encode(data["image/svg+xml"].encode()).decode()


def write(path, content):
    """Into an ordinary file, never through a link; nothing is left of it when that fails."""
    made = False
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
        with os.fdopen(fd, "wb") as file:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise OSError(errno.EINVAL, "it is no ordinary file")
            made = True
            file.write(content)
    except OSError as error:
        if made:
            os.unlink(path)
        raise Trouble("not_written", reason=error.strerror or str(error), full=error.errno in (errno.ENOSPC, errno.EDQUOT)) from None

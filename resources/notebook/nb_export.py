# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a notebook in the format of the output."""
import base64
import errno
import os
import stat

import nbconvert
import nbformat
from nbconvert import HTMLExporter, MarkdownExporter, ScriptExporter, SlidesExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer
from traitlets.config import Config

from nb_errors import NotebookError
from nb_pictures import Pictures
from nb_runner import notebook_language
from nb_selection import mark_slides

EXECUTED_FORMATS = ("html", "slides", "notebook", "markdown")  # the formats that show the results of cells
exporters = {}  # by format; kept because compiling the templates takes a third of a second
pictures = None  # of the notebook that is being exported; nbconvert creates a renderer for each cell
image_of_nbconvert = IPythonRenderer.image


def image(renderer, src, title, text):
    """Keeps the link to an attachment that the cell does not contain, for which nbconvert would fail."""
    name = src.removeprefix("attachment:")
    if name == src or renderer.options.get("attachments", {}).get(name):
        return image_of_nbconvert(renderer, src, title, text)
    if pictures:
        pictures.note("picture_not_found", src)
    return super(IPythonRenderer, renderer).image(src, title, text)


IPythonRenderer.image = image


def replace(owner, name, function):
    """Replaces a private function of nbconvert. Fails if it does not exist: with another one, any file could be embedded."""
    if not callable(getattr(owner, name, None)):
        raise ImportError("nbconvert %s has no function %s.%s, without which Lifeguard cannot keep files outside the workspace out of pages"
                          % (nbconvert.__version__, owner.__name__, name))
    setattr(owner, name, function)


replace(IPythonRenderer, "_src_to_base64", lambda renderer, source: pictures.embed(source))
replace(IPythonRenderer, "_html_embed_images", lambda renderer, html: pictures.embed_in_html(html))


def exporter_for(format_name):
    if format_name not in exporters:
        if format_name == "html":
            # Embed pictures, because the output and the pictures of the input lie in different folders.
            exporter = HTMLExporter(embed_images=True)
        elif format_name == "slides":
            exporter = SlidesExporter(embed_images=True)
        elif format_name == "markdown":
            # Writes one file that contains the pictures.
            exporter = MarkdownExporter(config=Config({"ExtractOutputPreprocessor": {"enabled": False}}))
        else:
            exporter = ScriptExporter()
        exporters[format_name] = exporter
    return exporters[format_name]


def export(notebook, format_name, title, folder, prog_lang, roots, output_folder):
    """Returns the output as bytes, notes about what it lacks, and the paths of the pictures on which it depends.

    Pictures in the folders roots are embedded. output_folder is the folder of the output.
    """
    global pictures
    pictures = Pictures(folder, roots, output_folder)
    output = convert(notebook, format_name, title, folder, prog_lang)
    return output, pictures.notes, pictures.sources


def convert(notebook, format_name, title, folder, prog_lang):
    if format_name == "notebook":
        return (nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n").encode()
    if format_name == "slides":
        mark_slides(notebook)
    if format_name == "script":
        language = notebook_language(notebook, prog_lang)
        info = notebook.metadata.setdefault("language_info", nbformat.from_dict({}))
        info.setdefault("name", language)
        # The notebook must not choose another exporter: that for pdf, for example, runs LaTeX.
        info.pop("nbconvert_exporter", None)
        if language == "python":
            info["nbconvert_exporter"] = "python"  # text cells become comments
        info.setdefault("file_extension", ".txt")  # required by the exporter, but not used
    else:
        overwrite_lines(notebook)
        if format_name == "markdown":
            inline_pictures(notebook)
        else:
            svg_as_images(notebook)
    resources = {"metadata": {"name": title, "path": folder}}
    text, _ = exporter_for(format_name).from_notebook_node(notebook, resources=resources)
    if format_name == "markdown":
        text = text.replace("![svg](data:image/svg;base64,", "![svg](data:image/svg+xml;base64,")
    return text.encode("utf-8", "replace")


def overwrite_lines(notebook):
    """Applies the carriage returns and backspaces of progress bars to the text of streams, as Jupyter does when it shows them."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            text = output.get("text")
            if isinstance(text, str) and ("\r" in text or "\b" in text):
                output["text"] = "\n".join(map(visible_line, text.split("\n")))


def visible_line(line):
    """Returns what a terminal shows of a line after all carriage returns and backspaces."""
    shown = ""
    for part in line.rstrip("\r").split("\r"):
        if "\b" in part:
            kept = []
            for character in part:
                if character != "\b":
                    kept.append(character)
                elif kept:
                    kept.pop()
            part = "".join(kept)
        shown = part + shown[len(part):]
    return shown


def svg_as_images(notebook):
    """Converts SVG outputs to images. nbconvert 6.5 would remove most of their content as a protection against scripts."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            svg = (output.get("data") or {}).get("image/svg+xml")
            if isinstance(svg, str):
                output["svg_filename"] = "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def inline_pictures(notebook):
    """Encodes pictures as one line of base64, the form that nbconvert's template requires."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            data = output.get("data") or {}
            for kind in ("image/png", "image/jpeg"):
                if isinstance(data.get(kind), str):
                    data[kind] = "".join(data[kind].split())
            if isinstance(data.get("image/svg+xml"), str):
                data["image/svg+xml"] = base64.b64encode(data["image/svg+xml"].encode()).decode()


def write(path, content):
    """Writes an ordinary file, but not through a link. Removes the file if writing fails."""
    created = False
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
        with os.fdopen(fd, "wb") as file:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise OSError(errno.EINVAL, "it is not an ordinary file")
            created = True
            file.write(content)
    except OSError as error:
        if created:
            os.unlink(path)
        raise NotebookError("write_failed", reason=error.strerror or str(error), errno=error.errno or 0) from None

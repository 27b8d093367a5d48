# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads notebooks: .ipynb files with nbformat, and scripts with nb_script."""
import json

import nbformat

from nb_errors import NotebookError
from nb_script import CellPosition, read_script

TEXT_SUFFIXES = (".md", ".markdown", ".rmd", ".qmd", ".myst")


def read(data, name, prog_lang):
    """Returns the notebook and the positions of its cells. The suffix of the name determines the format, or else the content."""
    text = data.removeprefix("\ufeff")
    if not text.strip():
        raise NotebookError("empty_file")
    lowered = name.lower()
    if lowered.endswith(".ipynb") or (not lowered.endswith(".py") and text.lstrip()[:1] == "{"):
        return read_ipynb(text)
    if lowered.endswith(TEXT_SUFFIXES):
        raise NotebookError("unsupported_format", format=lowered.rpartition(".")[2])
    return read_script(text, name, prog_lang)


def read_ipynb(text):
    try:
        raw = json.loads(text)
    except ValueError as error:
        position = {"line": error.lineno, "column": error.colno} if isinstance(error, json.JSONDecodeError) else {}
        raise NotebookError("invalid_json", reason=getattr(error, "msg", str(error)), **position) from None
    except RecursionError:
        raise NotebookError("invalid_json", reason="nested too deeply") from None
    version = raw.get("nbformat") if isinstance(raw, dict) else None
    if not isinstance(version, int) or not (isinstance(raw.get("cells"), list) or isinstance(raw.get("worksheets"), list)):
        raise NotebookError("not_a_notebook")
    if version > nbformat.current_nbformat:
        raise NotebookError("format_too_new", version=version, known=nbformat.current_nbformat)
    try:
        raw.setdefault("nbformat_minor", 0)
        raw.setdefault("metadata", {})
        if version < 4:
            notebook = nbformat.convert(nbformat.from_dict(raw), 4)
        else:
            notebook = nbformat.from_dict(raw)
        complete(notebook)
    except NotebookError:
        raise
    except Exception as error:
        raise NotebookError("invalid_notebook", reason="%s: %s" % (type(error).__name__, error)) from error
    return notebook, [CellPosition(number) for number in range(1, len(notebook.cells) + 1)]


def complete(notebook):
    """Adds data that many notebooks lack and nbconvert requires. Fails with the number of a cell that cannot be read."""
    metadata = notebook.get("metadata")
    notebook.metadata = metadata if isinstance(metadata, dict) else nbformat.from_dict({})
    for number, cell in enumerate(notebook.cells, 1):
        if not isinstance(cell, dict) or cell.get("cell_type") not in ("code", "markdown", "raw"):
            kind = cell.get("cell_type") if isinstance(cell, dict) else None
            raise NotebookError("invalid_notebook", cell=number, reason="cell_type %s" % json.dumps(kind, default=str))
        source = cell.get("source", "")
        cell.source = "".join(map(str, source)) if isinstance(source, list) else str(source)
        if not isinstance(cell.get("metadata"), dict):
            cell.metadata = nbformat.from_dict({})
        complete_metadata(cell.metadata, number)
        if cell.cell_type == "code":
            outputs = cell.get("outputs")
            cell.outputs = nbformat.from_dict([join_lines(output) for output in outputs if isinstance(output, dict)]
                                              if isinstance(outputs, list) else [])
            cell.setdefault("execution_count", None)
    # If a cell has an id, the notebook must have a format version with ids, and then all cells need one.
    if any("id" in cell for cell in notebook.cells):
        notebook.nbformat_minor = max(notebook.nbformat_minor, 5)
    if notebook.nbformat_minor >= 5:
        for number, cell in enumerate(notebook.cells, 1):
            cell.setdefault("id", "cell-%d" % number)
    for key, needed in (("kernelspec", "name"), ("language_info", "name")):
        value = notebook.metadata.get(key)
        if value is not None and not (isinstance(value, dict) and isinstance(value.get(needed), str)):
            del notebook.metadata[key]
    if "kernelspec" in notebook.metadata:
        notebook.metadata.kernelspec.setdefault("display_name", notebook.metadata.kernelspec.name)


def complete_metadata(metadata, number):
    """Corrects metadata of a cell whose type is not that of the format. Fails if its tags cannot be read: the cell may be private."""
    if metadata.get("tags") is not None:
        tags = metadata.tags.split() if isinstance(metadata.tags, str) else metadata.tags  # a string as in scripts
        if not isinstance(tags, list) or any(isinstance(tag, (dict, list)) for tag in tags):
            raise NotebookError("invalid_notebook", cell=number, reason="tags %s" % json.dumps(tags, default=str))
        metadata.tags = [str(tag) for tag in tags]
    elif "tags" in metadata:
        del metadata["tags"]
    if not isinstance(metadata.get("slideshow", {}), dict):
        del metadata["slideshow"]


def join_lines(output):
    """Joins lists of lines, which files contain, to strings, which nbformat uses in memory."""
    if not isinstance(output.get("data", {}), dict):
        output["data"] = {}
    for holder, keys in ((output, ["text"]), (output.get("data"), list(output.get("data") or ()))):
        for key in keys:
            value = holder.get(key) if isinstance(holder, dict) else None
            if isinstance(value, list) and not key.endswith("json"):
                holder[key] = "".join(map(str, value))
    return output

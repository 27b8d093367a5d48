# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads notebooks: .ipynb files with nbformat, and scripts in percent format ("# %%"), as jupytext and CLX write them."""
import ast
import json
import re

import nbformat

from nb_errors import NotebookError

MARKER = re.compile(r"^(#|//)\s?%%%*(?=\s|\[|$)\s*(.*)$")
KEY = re.compile(r"([A-Za-z_][\w.-]*)\s*=\s*")
CELL_TYPE = re.compile(r"\[(markdown|md|raw|code)\]", re.IGNORECASE)
QUOTED = re.compile(r'\A[rR]?("""|\'\'\')\n?(.*?)\n?\1\s*\Z', re.DOTALL)
KERNEL_IN_HEADER = re.compile(r"kernelspec:.*?\bname:\s*['\"]?([\w.-]+)", re.DOTALL)


class CellPosition:
    """The position of a cell in the input: its number, counted from 1, and in scripts the line at which its text begins."""

    def __init__(self, number, line=0):
        self.number = number
        self.line = line


def read(data, name, prog_lang):
    """Returns the notebook and the positions of its cells. The suffix of the name determines the format, or else the content."""
    text = data.removeprefix("\ufeff")
    if not text.strip():
        raise NotebookError("empty_file")
    lowered = name.lower()
    if lowered.endswith(".ipynb") or (not lowered.endswith(".py") and text.lstrip()[:1] == "{"):
        return read_ipynb(text)
    return read_percent(text, prog_lang)


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


def join_lines(output):
    """Joins lists of lines, which files contain, to strings, which nbformat uses in memory."""
    for holder, keys in ((output, ["text"]), (output.get("data"), list(output.get("data") or ()))):
        for key in keys:
            value = holder.get(key) if isinstance(holder, dict) else None
            if isinstance(value, list) and not key.endswith("json"):
                holder[key] = "".join(map(str, value))
    return output


def read_percent(text, prog_lang):
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = next((match for match in map(MARKER.match, lines) if match), None)
    if not first:
        raise NotebookError("no_cells_in_script")
    comment = first.group(1)
    notebook = nbformat.v4.new_notebook()
    start = read_header(lines, comment, notebook)
    if prog_lang and prog_lang.lower() != "python":
        notebook.metadata["language_info"] = {"name": prog_lang}
    positions = []
    header, begin = None, start
    for index in range(start, len(lines) + 1):
        match = MARKER.match(lines[index]) if index < len(lines) else None
        if match and match.group(1) != comment:
            match = None
        if index < len(lines) and not match:
            continue
        add_cell(notebook, positions, comment, header, begin, lines[begin:index])
        if match:
            header, begin = parse_header(match.group(2), index + 1), index + 1
    return notebook, positions


def read_header(lines, comment, notebook):
    """Reads the kernel from jupytext's header, "# ---" to "# ---". Returns the index of the first line after it."""
    rule = comment + " ---"
    if not lines or lines[0].rstrip() != rule:
        return 0
    end = next((index for index in range(1, len(lines)) if lines[index].rstrip() == rule), None)
    if end is None:
        return 0
    kernel = KERNEL_IN_HEADER.search("\n".join(lines[:end]))
    if kernel:
        notebook.metadata["kernelspec"] = {"name": kernel.group(1), "display_name": kernel.group(1)}
    return end + 1


def parse_header(text, line):
    """Returns the type and metadata of a cell from its header, such as '[markdown] lang="en" tags=["slide"]' or 'Title [md]'."""
    kind = "code"
    found = CELL_TYPE.search(text)
    if found:
        kind = {"md": "markdown"}.get(found.group(1).lower(), found.group(1).lower())
        rest = text[found.end():]
        title = text[:found.start()].strip()
    else:
        begin = min([match.start() for match in (KEY.search(text), re.search(r"\{", text)) if match], default=len(text))
        title, rest = text[:begin].strip(), text[begin:]
    metadata = {"title": title} if title else {}
    metadata.update(parse_metadata(rest.strip(), line, text))
    tags = metadata.get("tags")
    if tags is not None:
        # A string is a list of tags separated by spaces.
        metadata["tags"] = [str(tag) for tag in tags] if isinstance(tags, (list, tuple)) else str(tags).split()
    return kind, metadata


def parse_metadata(text, line, header):
    if text.startswith("{"):
        try:
            value = json.loads(text)
        except ValueError:
            raise NotebookError("invalid_cell_header", line=line, text=header) from None
        return value
    metadata = {}
    while text:
        match = KEY.match(text)
        if not match:
            text = text.partition(" ")[2].lstrip()  # ignore a word that is not a key
            continue
        text = text[match.end():]
        value, text = parse_value(text, line, header)
        metadata[match.group(1)] = value
        text = text.lstrip(" \t,")
    return metadata


def parse_value(text, line, header):
    try:
        value, end = json.JSONDecoder().raw_decode(text)
        return value, text[end:]
    except ValueError:
        pass
    if text[:1] in ("[", "{", "(", '"', "'"):
        closing = {"[": "]", "{": "}", "(": ")"}.get(text[0], text[0])
        at = text.find(closing, 1)
        while at > 0:
            try:
                return ast.literal_eval(text[:at + 1]), text[at + 1:]
            except (ValueError, SyntaxError):
                at = text.find(closing, at + 1)
        raise NotebookError("invalid_cell_header", line=line, text=header)
    word, _, rest = text.partition(" ")
    return {"True": True, "False": False, "None": None}.get(word, word), rest


def add_cell(notebook, positions, comment, header, begin, lines):
    """Adds a cell. Lines before the first marker (header is None) are a cell unless they are empty. begin counts from 0."""
    while lines and not lines[0].strip():
        lines, begin = lines[1:], begin + 1
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    if header is None and not lines:
        return
    kind, metadata = header or ("code", {})
    if kind == "code":
        cell = nbformat.v4.new_code_cell("\n".join(map(lambda line: uncomment_magic(line, comment), lines)))
    else:
        new = nbformat.v4.new_markdown_cell if kind == "markdown" else nbformat.v4.new_raw_cell
        cell = new(comment_text("\n".join(lines), comment))
    cell.metadata.update(metadata)
    cell["id"] = "cell-%d" % (len(notebook.cells) + 1)  # not random, so that the same input results in the same output
    notebook.cells.append(cell)
    positions.append(CellPosition(len(notebook.cells), begin + 1))


def uncomment_magic(line, comment):
    """Removes the comment sign from commands of IPython, such as "# %matplotlib inline" or "# !ls"."""
    match = re.match(r"^(\s*)%s ((?:%%{1,2}[A-Za-z]|![A-Za-z./~$]).*)$" % re.escape(comment), line) if comment == "#" else None
    return match.group(1) + match.group(2) if match else line


def comment_text(text, comment):
    """Returns the text of a text cell, which is written as comments or as one triple-quoted string."""
    quoted = QUOTED.match(text)
    if quoted:
        return quoted.group(2)
    prefix = re.compile("^%s ?" % re.escape(comment))
    return "\n".join(prefix.sub("", line) for line in text.split("\n"))

# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads notebooks that are written as scripts, as jupytext reads them: in the formats percent ("# %%"), hydrogen and light ("# +")."""
import re

import nbformat

from nb_cellheader import parse_header
from nb_errors import NotebookError
from nb_magics import is_magic, uncomment_magics
from nb_scriptheader import read_script_header

# For each suffix of scripts, the name of the language and the sign that begins a comment.
LANGUAGES = {
    ".py": ("python", "#"), ".r": ("r", "#"), ".jl": ("julia", "#"), ".sh": ("bash", "#"), ".ps1": ("powershell", "#"),
    ".sage": ("sage", "#"), ".tcl": ("tcl", "#"), ".cpp": ("cpp", "//"), ".js": ("javascript", "//"), ".ts": ("typescript", "//"),
    ".scala": ("scala", "//"), ".rs": ("rust", "//"), ".cs": ("csharp", "//"), ".fsx": ("fsharp", "//"), ".fs": ("fsharp", "//"),
    ".java": ("java", "//"), ".groovy": ("groovy", "//"), ".go": ("go", "//"), ".hs": ("haskell", "--"), ".lua": ("lua", "--"),
    ".sql": ("sql", "--"), ".clj": ("clojure", ";;"), ".scm": ("scheme", ";;"), ".m": ("matlab", "%"),
}
COMMENTS = ("#", "//", "--", ";;")  # for scripts whose language is not known
OTHER_FORMATS = ("bare", "marimo", "markdown", "myst", "nomarker", "pandoc", "quarto", "rmarkdown", "sphinx", "spin")
QUOTED = re.compile(r'\A[rR]?("""|\'\'\')\n?(.*?)\n?\1\Z', re.DOTALL)


class CellPosition:
    """The position of a cell in the input: its number, counted from 1, and in scripts the line at which its text begins."""

    def __init__(self, number, line=0):
        self.number = number
        self.line = line


class Script:
    """A script and the rules of its language."""

    def __init__(self, lines, name, prog_lang):
        self.lines = lines
        self.before_indented = None  # for each line, whether the next line that is not blank is indented
        self.language, self.comment = language_of(lines, name, prog_lang)
        comment = re.escape(self.comment)
        # "# %%bash" is a commented command, but Visual Studio Code also accepts "# %%[markdown]".
        self.marker = re.compile(r"^\s*%s\s*(?:%%%%(%%*)(?=\s|\[)(.*)|(?:%%%%|<codecell>|In\[[0-9 ]*\]:?)\s*)$" % comment)
        self.light_marker = re.compile(r"^%s\s*\+(.*)$" % comment)
        self.escaped_marker = re.compile(r"^(?:%s ?)+\+" % comment)
        self.commented = re.compile(r"^%s ?" % comment)

    def is_followed_by_indented_line(self, index):
        """Returns whether this line or, if it is blank, the next line that is not blank is indented."""
        if self.before_indented is None:
            self.before_indented, is_indented = [], False
            for line in reversed(self.lines):
                is_indented = line[:1].isspace() if line.strip() else is_indented
                self.before_indented.append(is_indented)
            self.before_indented.reverse()
        return self.before_indented[index]

    def unquoted(self, begin):
        """Yields the indexes of the lines that do not begin inside a string."""
        return self.unquoted_in(self.lines, begin)

    def unquoted_in(self, lines, begin=0):
        quote = None
        for index in range(begin, len(lines)):
            if quote is None:
                yield index
            quote = open_quote(lines[index], quote, self.comment, self.language)


def language_of(lines, name, prog_lang):
    """Returns the language of a script in lower case and its comment sign, by its suffix, by the job, or by its first marker."""
    suffix = "." + name.rpartition(".")[2].lower()
    if suffix in LANGUAGES:
        return LANGUAGES[suffix]
    language = {"c++": "cpp", "c#": "csharp"}.get(prog_lang.lower(), prog_lang.lower())
    for known, comment in LANGUAGES.values():
        if known == language:
            return known, comment
    for line in lines:
        for comment in COMMENTS:
            if re.match(r"^%s\s?%%%%(?:\s|\[|$)" % re.escape(comment), line):
                return language or ("python" if comment == "#" else ""), comment
    return language or "python", "#"


def open_quote(line, quote, comment, language):
    """Returns the quotes of the string in which the next line begins, or None. quote: the same for this line.

    In most languages only strings in triple quotes continue on the next line.
    """
    if quote is None and line.lstrip().startswith(comment):
        return None
    at = 0
    while at < len(line):
        if quote is not None:
            end = closing(line, at, quote)
            if end < 0:
                return quote if len(quote) == 3 or language == "r" else None
            at, quote = end + len(quote), None
        elif line.startswith(comment, at):
            return None
        elif line[at] in "\"'" and line[at - 1:at] != "\\":
            is_triple = line.startswith(line[at] * 3, at) and language != "r"
            quote = line[at] * (3 if is_triple else 1)
            at += len(quote)
        else:
            at += 1
    return quote if quote is not None and (len(quote) == 3 or language == "r") else None


def closing(line, begin, quote):
    """Returns the index of the closing quotes, or -1."""
    at = begin
    while at < len(line):
        if line[at] == "\\":
            at += 2
        elif line.startswith(quote, at):
            return at
        else:
            at += 1
    return -1


def read_script(text, name, prog_lang):
    """Returns the notebook and the positions of its cells."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines[-1] == "":
        lines.pop()
    script = Script(lines, name, prog_lang)
    header = read_script_header(lines, script.comment)
    notebook = nbformat.v4.new_notebook()
    for key, value in header.metadata.items():
        is_complete = key not in ("kernelspec", "language_info") or isinstance(value, dict) and isinstance(value.get("name"), str)
        if is_complete:
            notebook.metadata[key] = nbformat.from_dict(value)
    if "kernelspec" in notebook.metadata:
        notebook.metadata.kernelspec.setdefault("display_name", notebook.metadata.kernelspec.name)
    positions = []
    if prog_lang and prog_lang.lower() != "python":
        notebook.metadata["language_info"] = {"name": prog_lang}
    if header.text:
        add_cell(notebook, positions, nbformat.v4.new_raw_cell(header.text), {}, 1)
    read = reader_for(script, header)
    for cell, metadata, line in read(script, header.end):
        add_cell(notebook, positions, cell, metadata, line)
    return notebook, positions


def dictionary(value):
    return value if isinstance(value, dict) else {}


def reader_for(script, header):
    """Returns the function that reads the cells. Fails for formats that are not supported."""
    jupytext = dictionary(header.metadata.get("jupytext"))
    representation = dictionary(jupytext.get("text_representation"))
    format_name = str(representation.get("format_name") or "")
    if format_name in OTHER_FORMATS:
        raise NotebookError("unsupported_format", format=format_name)
    if format_name == "light":
        markers = str(jupytext.get("cell_markers") or "+,-")
        if markers not in ("+,-", '"""'):
            raise NotebookError("unsupported_format", format="light (%s)" % markers)
        return read_light
    unquoted = list(script.unquoted(header.end))
    if not any(script.marker.match(script.lines[index]) for index in unquoted):
        foreign = format_without_markers(script, unquoted)
        raise NotebookError("unsupported_format", format=foreign) if foreign else NotebookError("no_cells_in_script")
    # Where commands of IPython are not commented, "# %time" is a comment.
    is_hydrogen = format_name == "hydrogen" or not format_name and any(
        not script.lines[index].startswith(script.comment) and is_magic(script.lines[index], script.language, script.comment)
        for index in unquoted)
    return lambda script, begin: read_percent(script, begin, not is_hydrogen)


def format_without_markers(script, unquoted):
    """Returns the name of another format of jupytext that the script has, or None."""
    lines = [script.lines[index] for index in unquoted]
    if sum(1 for line in lines if line in ("import marimo", "app = marimo.App()") or line.startswith("@app.cell")) >= 2:
        return "marimo"
    if sum(1 for line in lines if re.match(r"^# ?#{19,}\s*$", line)) >= 2:
        return "sphinx"
    return None


def read_percent(script, begin, comments_magics):
    """Yields the cells of a script in percent format: a cell, its metadata, and the line at which its text begins."""
    lines = script.lines
    starts = [index for index in script.unquoted(begin) if script.marker.match(lines[index])]
    if begin < len(lines) and (not starts or starts[0] > begin):
        starts.insert(0, begin)
    for start, end in zip(starts, starts[1:] + [len(lines)]):
        match = script.marker.match(lines[start])
        kind, metadata = parse_header(match.group(2) or "", start + 1) if match else ("code", {})
        if match and match.group(1):
            metadata["cell_depth"] = len(match.group(1))
        first = start + 1 if match else start
        source = lines[first:without_blank_lines(lines, start, end)]
        if not match and not any(line.strip() for line in source):
            continue  # empty lines before the first cell
        yield make_cell(script, kind, metadata, source, comments_magics), metadata, first + 1


def without_blank_lines(lines, begin, end):
    """Returns the end of a cell without the blank line that separates it from the next one, or the two, as in PEP 8."""
    if end - begin >= 3 and lines[end - 3].strip() and not lines[end - 2].strip() and not lines[end - 1].strip():
        return end - 2
    return end - 1 if end > begin and not lines[end - 1].strip() else end


def make_cell(script, kind, metadata, lines, comments_magics, is_marked=True):
    """Returns a cell. Text is written as comments or as one string in triple quotes; commands of IPython as comments.

    is_marked: the cell begins with a marker.
    """
    suffix = "py" if script.language == "python" else script.language
    is_active_in_script = is_active(suffix, metadata, True)
    if kind == "code" and not is_active("ipynb", metadata, True):
        kind = "raw"
        if metadata.get("active") == "":
            del metadata["active"]
        if not is_active_in_script:
            lines = uncommented(script, lines)
        return new_cell(kind, without_comments(script, lines, comments_magics, is_marked))
    if script.language == "python" and not is_active(suffix, metadata, kind == "code"):
        quoted = QUOTED.match("\n".join(lines).strip())
        if quoted:
            return new_cell(kind, [quoted.group(2)])
    if not is_active_in_script:
        return new_cell(kind, uncommented(script, lines))
    lines = without_comments(script, lines, comments_magics, is_marked)
    return new_cell(kind, unescaped(script, lines) if kind == "code" else uncommented(script, lines))


def without_comments(script, lines, comments_magics, is_code):
    """Returns the lines without the comment signs of commands of IPython, if the script has such signs."""
    if not comments_magics:
        return lines
    return uncomment_magics(lines, script.unquoted_in(lines), script.language, script.comment, is_code)


def is_active(suffix, metadata, default):
    """Returns whether a cell is active in files with this suffix, according to "active" and "active-…" tags."""
    control = metadata.get("run_control")
    if isinstance(control, dict) and control.get("frozen") is True:
        return suffix == "ipynb"
    for tag in metadata.get("tags") or ():
        if tag.startswith("active-"):
            return suffix in tag.split("-")
    if "active" not in metadata:
        return default
    return suffix in re.split(r"[.,]", str(metadata["active"]))


def new_cell(kind, lines):
    new = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}.get(kind, nbformat.v4.new_raw_cell)
    return new("\n".join(lines))


def uncommented(script, lines):
    return [script.commented.sub("", line) for line in lines]


def unescaped(script, lines):
    """Removes the sign with which jupytext escapes a line of code that looks like the begin of a cell in light format."""
    lines = list(lines)
    for index in script.unquoted_in(lines):
        plain = script.commented.sub("", lines[index])
        if script.escaped_marker.match(lines[index]) and script.escaped_marker.match(plain):
            lines[index] = plain
    return lines


def read_light(script, begin):
    """Yields the cells of a script in light format: paragraphs, and what is between "# +" and "# -"."""
    lines = script.lines
    while begin < len(lines):
        if not lines[begin].strip():
            begin += 1
            continue
        match = script.light_marker.match(lines[begin])
        if match:
            kind, metadata = parse_header(match.group(1), begin + 1)
            first = begin + 1
            end, next_begin = end_of_marked_cell(script, first, str(metadata.pop("endofcell", "-")))
        elif is_text(script, begin):
            kind, metadata, first = "markdown", {}, begin
            end = next_begin = next((index for index in range(begin, len(lines)) if not lines[index].strip()), len(lines))
        else:
            kind, metadata, first = "code", {}, begin
            end = next_begin = end_of_paragraph(script, begin)
        yield make_cell(script, kind, metadata, lines[first:end], True, bool(match)), metadata, first + 1
        begin = next_begin


def end_of_marked_cell(script, begin, mark):
    """Returns the end of a cell that begins with "# +", and the begin of the next cell."""
    ends = re.compile(r"^%s %s\s*$" % (re.escape(script.comment), re.escape(mark)))
    for index in script.unquoted(begin):
        if script.light_marker.match(script.lines[index]):
            return without_blank_lines(script.lines, begin, index), index
        if ends.match(script.lines[index]):
            end = without_blank_lines(script.lines, begin, index)
            return end if index - end == 2 else index, index + 1
    return len(script.lines), len(script.lines)


def end_of_paragraph(script, begin):
    """Returns the end of a paragraph of code: a blank line before a line that is not indented, or a marker."""
    lines = script.lines
    for index in script.unquoted(begin):
        if script.light_marker.match(lines[index]):
            return without_blank_lines(lines, begin, index)
        if not lines[index].strip() and not script.is_followed_by_indented_line(index):
            return index
    return len(lines)


def is_text(script, begin):
    """Returns whether the paragraph that begins at this line consists of comments, and not of commands of IPython."""
    for index in range(begin, len(script.lines)):
        line = script.lines[index]
        if not line.startswith(script.comment):
            return index > begin and not line.strip()
        if not line[len(script.comment):].lstrip().startswith(script.comment) and is_magic(line, script.language, script.comment):
            return False
    return True


def add_cell(notebook, positions, cell, metadata, line):
    cell.metadata.update(metadata)
    cell["id"] = "cell-%d" % (len(notebook.cells) + 1)  # not random, so that the same input results in the same output
    notebook.cells.append(cell)
    positions.append(CellPosition(len(notebook.cells), line))

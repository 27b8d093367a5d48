# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes notebooks as scripts in percent format without metadata, as jupytext does."""
import re

MAGIC = re.compile(r"^\s*(?:%{1,2}[A-Za-z]|![^=\s]|\?|[A-Za-z_][\w.]*\?{1,2}\s*$|[A-Za-z_][\w, ]*=\s*(?:%[A-Za-z]|!\S))")
OTHER_LANGUAGE = re.compile(r"^%%(?:bash|sh|html|javascript|js|latex|markdown|perl|ruby|svg|script|writefile|cmd|powershell)\b")
LARGEST_GAP = 1000  # lines
TRIPLE_QUOTES = re.compile(r'"""|\'\'\'')


def write(notebook, prog_language):
    """Returns the script."""
    is_python = prog_language.jupytext_name == "python"
    blocks = [cell_lines(cell, prog_language.comment, is_python) for cell in notebook.cells]
    lines = []
    for index, block in enumerate(blocks):
        lines += block
        if index + 1 < len(blocks):
            usual = blank_lines(block, blocks[index + 1]) if is_python else 1
            gap = notebook.cells[index].metadata.get("lines_to_next_cell")
            lines += [""] * (gap if isinstance(gap, int) and 0 <= gap <= LARGEST_GAP else usual)
    return "\n".join(lines) + "\n"


def marker_pattern(prog_language):
    """Returns the pattern of the lines that begin cells."""
    return re.compile(r"^%s\s?%%%%+(?=\s|\[|$)" % re.escape(prog_language.comment), re.MULTILINE)


def has_marker(text, prog_language):
    return bool(marker_pattern(prog_language).search(text))


def note_unusual_gaps(notebook, text, prog_language):
    """Sets lines_to_next_cell where the script has another number of empty lines between two cells than jupytext would write.

    Does nothing if the markers in the text cannot be assigned to the cells.
    """
    is_python = prog_language.jupytext_name == "python"
    marker = marker_pattern(prog_language)
    lines = text.split("\n")
    markers = [index for index, line in enumerate(lines) if marker.match(line)]
    begins = markers if markers and not "".join(lines[:markers[0]]).strip() else [0] + markers
    if len(begins) != len(notebook.cells):
        return
    blocks = [cell_lines(cell, prog_language.comment, is_python) for cell in notebook.cells]
    for index, begin in enumerate(begins[1:]):
        gap = next(count for count in range(begin + 1) if count == begin or lines[begin - count - 1].strip())
        if gap != (blank_lines(blocks[index], blocks[index + 1]) if is_python else 1):
            notebook.cells[index].metadata["lines_to_next_cell"] = gap


def cell_lines(cell, comment, is_python):
    lines = cell.source.split("\n") if cell.source else []
    if cell.cell_type != "code":
        return ["%s %%%% [%s]" % (comment, cell.cell_type)] + [commented(line, comment) for line in lines]
    if is_python:
        lines = comment_magics(lines)
    return [comment + " %%"] + lines


def commented(line, comment):
    return comment + " " + line if line else comment


def comment_magics(lines):
    """Comments the commands of IPython, which are not Python. In a cell for another language, this is the whole cell."""
    if lines and OTHER_LANGUAGE.match(lines[0]):
        return [commented(line, "#") for line in lines]
    result, quote = [], ""
    for line in lines:
        result.append("# " + line if not quote and MAGIC.match(line) else line)
        quote = quote_after(line, quote)
    return result


def quote_after(line, quote):
    """Returns the triple quote of the string in which the line ends, or an empty string. quote: that in which it begins."""
    for match in TRIPLE_QUOTES.finditer(line):
        if not quote:
            quote = match[0]
        elif quote == match[0]:
            quote = ""
    return quote


def blank_lines(previous, following):
    """Returns the number of empty lines between two cells: two around functions and classes (PEP 8), otherwise one."""
    previous_code, following_code = outside_strings(previous), outside_strings(following)
    if ends_with_definition(previous_code):
        return 2 if any(is_code(line) for line in following) else 1
    ends_with_code = bool(previous[-1].strip()) and not previous[-1].startswith("#")
    return 2 if ends_with_code and begins_with_definition(following_code) else 1


def outside_strings(lines):
    """Returns the lines that do not begin within a string."""
    result, quote = [], ""
    for line in lines:
        if not quote:
            result.append(line)
        quote = quote_after(line, quote)
    return result


def is_code(line):
    return bool(line.strip()) and not line.strip().startswith("#")


def is_definition(line):
    return line.startswith(("def ", "async ", "class "))


def ends_with_definition(lines):
    """Returns whether the last line that is not indented begins a function or a class."""
    last = next((line for line in reversed(lines) if line.strip() and not line.startswith(("#", " ", ")"))), "")
    return is_definition(last)


def begins_with_definition(lines):
    """Returns whether the first line of code, apart from decorators, begins a function or a class."""
    first = next((line for line in lines if line.strip() and not line.startswith(("#", "@", " ", ")"))), "")
    return is_definition(first)

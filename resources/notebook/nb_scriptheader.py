# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the header of a script: "#!", the encoding, and YAML between two lines "# ---"."""
import ast
import json
import re

from nb_errors import NotebookError

RULE = re.compile(r"^---\s*$")
KNOWN_ENCODINGS = ("ascii", "us-ascii", "cp1252", "windows-1252", "iso-8859-1", "iso8859-1", "latin-1", "latin1", "l1", "utf-8", "utf8",
                   "utf-8-sig")


class ScriptHeader:
    """The metadata of the notebook, the text of a header that is not for Jupyter, and the index of the first line after the header."""

    def __init__(self, metadata, text, end):
        self.metadata = metadata
        self.text = text
        self.end = end


def read_script_header(lines, comment):
    begin = 0
    while begin < len(lines) and begin < 2 and is_preamble(lines[begin], begin, comment):
        begin += 1
    if begin >= len(lines) or not lines[begin].startswith(comment) or not RULE.match(content(lines[begin], comment)):
        return ScriptHeader({}, "", begin)
    end = begin + 1
    while end < len(lines) and lines[end].startswith(comment) and not RULE.match(content(lines[end], comment)):
        end += 1
    if end >= len(lines) or not lines[end].startswith(comment):
        return ScriptHeader({}, "", begin)
    jupyter, other, in_jupyter = [], [], False
    for line in (content(line, comment) for line in lines[begin + 1:end]):
        if re.match(r"^jupyter\s*:\s*$", line):
            in_jupyter = True
        elif line and not line[0].isspace():
            in_jupyter = False
        (jupyter if in_jupyter else other).append(line)
    metadata = read_yaml(jupyter).get("jupyter") if jupyter else {}
    after = end + 1
    if after < len(lines) and not lines[after].strip():
        after += 1
    text = "\n".join(["---", *other, "---"]) if any(line.strip() for line in other) else ""
    return ScriptHeader(metadata if isinstance(metadata, dict) else {}, text, after)


def is_preamble(line, index, comment):
    """Returns whether the line is "#!/usr/bin/python" or "# -*- coding: utf-8 -*-"."""
    if index == 0 and line.startswith("#!"):
        return True
    encoding = re.match(r"^[ \t\f]*%s.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)" % re.escape(comment), line)
    if not encoding:
        return False
    if encoding.group(1).lower().replace("_", "-") not in KNOWN_ENCODINGS:
        raise NotebookError("unsupported_encoding", encoding=encoding.group(1))
    return True


def content(line, comment):
    return re.sub(r"^%s ?" % re.escape(comment), "", line)


def read_yaml(lines):
    """Returns the value of a header in YAML. Only what jupytext writes is supported: nested keys, lists and simple values."""
    lines = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    value, end = read_block(lines, 0, 0)
    return value if isinstance(value, dict) else {}


def read_block(lines, at, indent):
    """Returns the value of the lines with this indent or a larger one, and the index after them."""
    if at < len(lines) and lines[at].lstrip().startswith("- "):
        return read_list(lines, at, indentation(lines[at]))
    values = {}
    while at < len(lines) and indentation(lines[at]) >= indent:
        key, separator, rest = lines[at].strip().partition(":")
        here = indentation(lines[at])
        at += 1
        if not separator:
            continue
        key, rest = str(scalar(key)), rest.strip()
        if rest:
            values[key] = scalar(rest)
        elif at < len(lines) and (indentation(lines[at]) > here or indentation(lines[at]) == here and lines[at].lstrip().startswith("- ")):
            values[key], at = read_block(lines, at, indentation(lines[at]))
        else:
            values[key] = None
    return values, at


def read_list(lines, at, indent):
    values = []
    while at < len(lines) and indentation(lines[at]) == indent and lines[at].lstrip().startswith("- "):
        values.append(scalar(lines[at].strip()[2:].strip()))
        at += 1
    return values, at


def indentation(line):
    return len(line) - len(line.lstrip())


def scalar(text):
    """Returns a simple value: a string, a number, true, false, null, or a list or mapping in the notation of JSON."""
    if text[:1] == "'" and text[-1:] == "'" and len(text) > 1:
        return text[1:-1].replace("''", "'")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    if text[:1] in "[{":
        try:
            return ast.literal_eval(text)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return [scalar(part.strip()) for part in text.strip("[]").split(",") if part.strip()] if text[0] == "[" else text
    return {"true": True, "yes": True, "false": False, "no": False, "null": None, "~": None}.get(text.lower(), text)

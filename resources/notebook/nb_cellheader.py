# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the header of a cell in a script, such as 'Title [markdown] lang="en" tags=["slide"]'."""
import ast
import json
import re

from nb_errors import NotebookError

CELL_TYPE = re.compile(r"\[(markdown|md|raw|code)\]", re.IGNORECASE)
KEY = re.compile(r"^[A-Za-z0-9_.@/-]+$")
IDENTIFIER = re.compile(r"^[a-zA-Z_.]+[a-zA-Z0-9_.]*$")


def parse_header(text, line):
    """Returns the type and the metadata of a cell. Fails if they cannot be read: the cell may be private."""
    title, metadata = parse_metadata(text.strip(), line)
    kind = "code"
    found = CELL_TYPE.search(title)
    if found:
        kind = {"md": "markdown"}.get(found.group(1).lower(), found.group(1).lower())
        title = " ".join((title[:found.start()] + title[found.end():]).split())
    if title:
        metadata["title"] = title
    kind = metadata.pop("cell_type", kind)
    tags = metadata.get("tags")
    if tags is not None:
        # A string is a list of tags separated by spaces.
        metadata["tags"] = [str(tag) for tag in tags] if isinstance(tags, (list, tuple)) else str(tags).split()
    return kind if kind in ("code", "markdown", "raw") else "code", metadata


def parse_metadata(text, line):
    """Returns the title, which comes first, and the metadata, which is JSON or pairs of keys and values."""
    brace, equals = text.find("{"), text.find("=")
    if brace >= 0 and not 0 <= equals < brace:
        metadata = value_of(text[brace:])
        if not isinstance(metadata, dict):
            raise NotebookError("invalid_cell_header", line=line, text=text)
        return text[:brace].strip(), metadata
    if equals < 0:
        words = text.split(" ")
    else:
        words = text[:equals].rstrip().split(" ")[:-1]  # the last word is a key
    while words and (not words[-1].strip() or words[-1].startswith(".")):
        words.pop()
    title = " ".join(words)
    return title, parse_pairs(text[len(title):].strip(), text, line)


def parse_pairs(text, header, line):
    """Returns the metadata in pairs such as 'lang="en" tags=["a", "b"]', beginning with the last one."""
    metadata = {}
    while text:
        last = text.rpartition(" ")[2]
        if IDENTIFIER.match(last):
            metadata = {last: None, **metadata}
            text = text[:len(text) - len(last)].rstrip()
            continue
        key, value, begin = last_pair(text, header, line)
        metadata = {key: value, **metadata}
        text = text[:begin].rstrip(" ,")
    return metadata


def last_pair(text, header, line):
    """Returns the key and the value of the last pair, and where it begins."""
    equals = text.rfind("=")
    while equals >= 0:
        before = text[:equals].rstrip()
        begin = max(before.rfind(" "), before.rfind(",")) + 1
        value = value_of(text[equals + 1:])
        if KEY.match(before[begin:]) and value is not INVALID:
            return before[begin:], value, begin
        equals = text.rfind("=", 0, equals)
    raise NotebookError("invalid_cell_header", line=line, text=header)


INVALID = object()


def value_of(text):
    """Returns a value in the notation of JSON or Python, a word as it is, or INVALID."""
    text = text.strip()
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(text)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return text if re.match(r"^[\w.-]+$", text) else INVALID

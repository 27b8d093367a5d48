# SPDX-License-Identifier: GPL-3.0-or-later
"""What a .drawio file holds, read without a browser, so that a broken one is refused in words a stranger understands."""

import base64
import binascii
import os
import urllib.parse
import xml.etree.ElementTree as ElementTree
import zlib


class DrawioError(Exception):
    """A failure in one line. exit_code: 1 the file, 2 the way it was called, 3 what is missing here."""

    def __init__(self, message, exit_code=1):
        super().__init__(message)
        self.exit_code = exit_code


def _parse(text):
    try:
        return ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        # ValueError and LookupError: an encoding in the declaration that nobody knows.
        raise DrawioError(f"This is no XML, so no draw.io file: {error}") from error


def _inflate(text, where):
    """The model of a compressed page: percent-encoded, deflated without a header, in base64."""
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
        model = zlib.decompressobj(-15).decompress(raw).decode("utf-8")
    except (binascii.Error, ValueError, zlib.error) as error:
        raise DrawioError(f"The compressed diagram of {where} cannot be read: {error}") from error
    if model.startswith("%3C"):
        model = urllib.parse.unquote(model)
    return model


def _model_of(diagram, where):
    """The <mxGraphModel> of a <diagram>, be it compressed, a child, or text."""
    model = diagram.find("mxGraphModel")
    if model is not None:
        return model
    text = (diagram.text or "").strip()
    if not text:
        raise DrawioError(f"There is no diagram in {where}.")
    if not text.startswith("<"):
        text = _inflate(text, where)
    try:
        model = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise DrawioError(f"The diagram of {where} cannot be read: {error}") from error
    if model.tag != "mxGraphModel":
        raise DrawioError(f"There is no diagram in {where}, but a <{model.tag}>.")
    return model


def page_of(data, page_index):
    """The XML to draw, as text, and the number of its pages. Raises DrawioError where that page cannot be drawn."""
    if not data.strip():
        raise DrawioError("The file is empty.")
    root = _parse(data)
    xml = data.decode("utf-8-sig", "replace") if isinstance(data, bytes) else data
    if root.tag.endswith("}svg") or root.tag == "svg":
        xml = root.get("content", "")
        if not xml:
            raise DrawioError("This SVG has no draw.io diagram in it: only one exported with a copy of the diagram has.")
        if not xml.lstrip().startswith("<"):
            xml = _inflate(xml, "this SVG")
        root = _parse(xml)
    elif isinstance(data, bytes):
        # Another encoding than UTF-8 was honoured by the parser; the browser is given text.
        xml = ElementTree.tostring(root, encoding="unicode")
    if root.tag == "mxGraphModel":
        pages = [root]
    elif root.tag == "mxfile":
        pages = root.findall("diagram")
        if not pages:
            raise DrawioError("There is no diagram in this file.")
    else:
        raise DrawioError(f"This is no draw.io file: it begins with <{root.tag}> instead of <mxfile>.")
    if not 0 <= page_index < len(pages):
        count = "1 page" if len(pages) == 1 else f"{len(pages)} pages"
        raise DrawioError(f"There is no page with the index {page_index}: the file has {count}, counted from 0.")
    page = pages[page_index]
    if page.tag == "diagram":
        name = page.get("name")
        where = f'page {page_index} ("{name}")' if name else f"page {page_index}"
        page = _model_of(page, where)
    else:
        where = "this file"
    # The root and a layer are cells too; something to see has a style, a value or a place.
    if not any(cell.find("mxGeometry") is not None for cell in page.iter("mxCell")) and not page.get("backgroundImage"):
        raise DrawioError(f"There is nothing to draw: {where} is empty.")
    return xml, len(pages)


def read(path):
    """The bytes of an input file."""
    if os.path.isdir(path):
        raise DrawioError(f"{path} is a folder; name one file.", 2)
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise DrawioError(f"{path} cannot be read: {error.strerror}", 2) from error

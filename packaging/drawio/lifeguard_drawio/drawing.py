# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads .drawio files without a browser, so that a damaged file is rejected with a clear error message."""

import base64
import binascii
import os
import urllib.parse
import xml.etree.ElementTree as ElementTree
import zlib


class DrawioError(Exception):
    """An error with a one-line message. exit_code: 1 for the file, 2 for the command line, 3 for a missing program."""

    def __init__(self, message, exit_code=1):
        super().__init__(message)
        self.exit_code = exit_code


def _parse(text):
    """Returns the root element of an XML document."""
    try:
        return ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        # ValueError and LookupError: the XML declaration names an unknown encoding.
        raise DrawioError(f"This is not a draw.io file, because it is not well-formed XML: {error}") from error


def _inflate(text, where):
    """Returns the XML of a compressed page: percent-encoded, then deflated without a header, then base64-encoded."""
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
        model = zlib.decompressobj(-15).decompress(raw).decode("utf-8")
    except (binascii.Error, ValueError, zlib.error) as error:
        raise DrawioError(f"The compressed diagram of {where} cannot be read: {error}") from error
    if model.startswith("%3C"):
        model = urllib.parse.unquote(model)
    return model


def _model_of(diagram, where):
    """Returns the <mxGraphModel> of a <diagram>, which holds it as a child element, as text or compressed."""
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
        raise DrawioError(f"There is no diagram in {where}: it contains <{model.tag}> instead of <mxGraphModel>.")
    return model


def check_page(data, page_index):
    """Returns the XML to draw as text. Raises DrawioError if the page cannot be drawn.

    data: the content of a .drawio or .svg file. page_index: counted from 0.
    """
    if not data.strip():
        raise DrawioError("The file is empty.")
    root = _parse(data)
    xml = data.decode("utf-8-sig", "replace") if isinstance(data, bytes) else data
    if root.tag.endswith("}svg") or root.tag == "svg":
        xml = root.get("content", "")
        if not xml:
            raise DrawioError("This SVG does not contain a draw.io diagram. Export it from draw.io with a copy of the diagram included.")
        if not xml.lstrip().startswith("<"):
            xml = _inflate(xml, "this SVG")
        root = _parse(xml)
    elif isinstance(data, bytes):
        # The parser has decoded encodings other than UTF-8; the browser needs text.
        xml = ElementTree.tostring(root, encoding="unicode")
    if root.tag == "mxGraphModel":
        pages = [root]
    elif root.tag == "mxfile":
        pages = root.findall("diagram")
        if not pages:
            raise DrawioError("There is no diagram in this file.")
    else:
        raise DrawioError(f"This is not a draw.io file: it begins with <{root.tag}> instead of <mxfile>.")
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
    # The root and the layers are cells without geometry; everything visible has a geometry.
    if not any(cell.find("mxGeometry") is not None for cell in page.iter("mxCell")) and not page.get("backgroundImage"):
        raise DrawioError(f"There is nothing to draw: {where} is empty.")
    return xml


def read(path):
    """Returns the content of an input file."""
    if os.path.isdir(path):
        raise DrawioError(f"{path} is a folder. Specify a single file.", 2)
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise DrawioError(f"{path} cannot be read: {error.strerror}", 2) from error

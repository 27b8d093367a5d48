# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads .drawio files without a browser, so that a damaged file is rejected with a clear error message."""

import base64
import binascii
import os
import re
import urllib.parse
import xml.etree.ElementTree as ElementTree
import zlib

from . import translation

_MAX_MODEL = 400_000_000  # bytes of an inflated page; a larger one would exhaust the memory


class DrawioError(Exception):
    """An error with a one-line message. exit_code: 1 for the file, 2 for the command line, 3 for a missing program."""

    def __init__(self, message, exit_code=1):
        super().__init__(message)
        self.exit_code = exit_code


class Drawing:
    """The XML to draw, and what must be said about it.

    xml: an <mxfile> or <mxGraphModel> as text. Its drawn pages are not compressed and contain nothing that the installed
    application does not know. unknown_keys: see translation.unknown_keys(). pages: the number of pages.
    """

    def __init__(self, xml, unknown_keys, pages):
        self.xml = xml
        self.unknown_keys = unknown_keys
        self.pages = pages


def _parse(text):
    """Returns the root element of an XML document."""
    # Entities can multiply a small file (a "billion laughs"); draw.io writes none.
    if isinstance(text, str) and "<!ENTITY" in text or isinstance(text, bytes) and re.search(rb"<\0?!\0?E\0?N\0?T\0?I\0?T\0?Y", text):
        raise DrawioError("This is not a draw.io file: it declares entities, which draw.io does not write.")
    try:
        return ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        # ValueError and LookupError: the XML declaration names an unknown encoding.
        raise DrawioError(f"This is not a draw.io file, because it is not well-formed XML: {error}") from error


def _inflate(text, where):
    """Returns the XML of a compressed page: percent-encoded, then deflated without a header, then base64-encoded."""
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
        inflater = zlib.decompressobj(-15)
        model = inflater.decompress(raw, _MAX_MODEL).decode("utf-8")
    except (binascii.Error, ValueError, zlib.error) as error:
        raise DrawioError(f"The compressed diagram of {where} cannot be read: {error}") from error
    if inflater.unconsumed_tail:
        raise DrawioError(f"The compressed diagram of {where} is larger than {_MAX_MODEL // 1_000_000} MB.")
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
        model = _parse(text)
    except DrawioError as error:
        raise DrawioError(f"The diagram of {where} cannot be read: {error}") from error
    if model.tag != "mxGraphModel":
        raise DrawioError(f"There is no diagram in {where}: it contains <{model.tag}> instead of <mxGraphModel>.")
    return model


def _is_empty(model):
    """Returns whether a page has nothing to draw."""
    # The root and the layers are cells without geometry; everything visible has a geometry.
    return not any(cell.find("mxGeometry") is not None for cell in model.iter("mxCell")) and not model.get("backgroundImage")


def _root_of(data):
    """Returns the <mxfile> or <mxGraphModel> of a .drawio or .svg file."""
    if not data.strip():
        raise DrawioError("The file is empty.")
    root = _parse(data)
    if root.tag.endswith("}svg") or root.tag == "svg":
        xml = root.get("content", "")
        if not xml:
            raise DrawioError("This SVG does not contain a draw.io diagram. Export it from draw.io with a copy of the diagram included.")
        if not xml.lstrip().startswith("<"):
            xml = _inflate(xml, "this SVG")
        root = _parse(xml)
    if root.tag not in ("mxGraphModel", "mxfile"):
        raise DrawioError(f"This is not a draw.io file: it begins with <{root.tag}> instead of <mxfile>.")
    return root


def check(data, page_index=None):
    """Returns the Drawing of a file. Raises DrawioError if it cannot be drawn.

    data: the content of a .drawio or .svg file. page_index: counted from 0; None for all pages.
    """
    root = _root_of(data)
    pages = [root] if root.tag == "mxGraphModel" else root.findall("diagram")
    if not pages:
        raise DrawioError("There is no diagram in this file.")
    if page_index is not None and not 0 <= page_index < len(pages):
        count = "1 page" if len(pages) == 1 else f"{len(pages)} pages"
        raise DrawioError(f"There is no page with the index {page_index}: the file has {count}, counted from 0.")
    unknown, empty = set(), 0
    wanted = range(len(pages)) if page_index is None else [page_index]
    for index in wanted:
        page, where = pages[index], "this file"
        model = page
        if page.tag == "diagram":
            where = f'page {index} ("{page.get("name")}")' if page.get("name") else f"page {index}"
            model = _model_of(page, where)
            page.text = None
            page[:] = [model]
        if _is_empty(model):
            if len(wanted) == 1:
                raise DrawioError(f"There is nothing to draw: {where} is empty.")
            empty += 1
        unknown.update(translation.model(model))
    if empty == len(wanted):
        raise DrawioError("There is nothing to draw: all pages are empty.")
    return Drawing(ElementTree.tostring(root, encoding="unicode"), sorted(unknown), len(pages))


def read(path):
    """Returns the content of an input file."""
    if os.path.isdir(path):
        raise DrawioError(f"{path} is a folder. Specify a single file.", 2)
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise DrawioError(f"{path} cannot be read: {error.strerror}", 2) from error

# SPDX-License-Identifier: GPL-3.0-or-later
"""Drawings become pictures: the diagrams.net application draws, Chromium takes the picture."""

import base64
import json
import os
import pathlib
import struct
import sys
import urllib.parse
import zlib

from . import drawing
from .browser import Browser
from .drawing import DrawioError

PAGE = "export3.html"
MAX_SIDE = 16384  # pixels that Chromium's pictures have at most
JOBS_PER_BROWSER = 200  # memory that pages leave behind is given back now and then


def application_folder(program):
    """Where the application is: named, beside a build's programs, or installed beside the wrapper. None if nowhere."""
    named = os.environ.get("LIFEGUARD_DRAWIO_APP")
    here = os.path.dirname(os.path.abspath(program))
    places = [named] if named else [os.path.join(here, "../../drawio"), os.path.join(here, "app"),
                                           os.path.join(os.path.dirname(os.path.realpath(program)), "app")]
    for place in places:
        if os.path.isfile(os.path.join(place, PAGE)):
            return os.path.realpath(place)
    return None


def _png_with_text(png, key, text):
    """The PNG with a tEXt chunk before its pixels, as draw.io finds its diagram there again."""
    content = key.encode() + b"\0" + urllib.parse.quote(text, safe="!~*'()").encode()
    chunk = struct.pack(">I", len(content)) + b"tEXt" + content + struct.pack(">I", zlib.crc32(b"tEXt" + content))
    end_of_header = 8 + 25
    return png[:end_of_header] + chunk + png[end_of_header:]


class Exporter:
    """Keeps a browser between drawings, with the application loaded for the next one."""

    def __init__(self, program):
        self._program = program
        self._browser = None
        self._is_loaded = False
        self._served = 0

    def _load(self):
        if self._browser and (self._served >= JOBS_PER_BROWSER or not self._browser.is_alive()):
            self.close()
        if not self._browser:
            folder = application_folder(self._program)
            if not folder:
                raise DrawioError("The diagrams.net application is not installed: run packaging/drawio/install.sh", 3)
            self._folder = folder
            self._browser = Browser()
            self._served = 0
        if not self._is_loaded:
            self._browser.open(pathlib.Path(self._folder), PAGE)
            self._is_loaded = True

    def prepare(self):
        """Loads the application afresh for the next drawing."""
        self._is_loaded = False
        self._load()

    def close(self):
        if self._browser:
            self._browser.close()
        self._browser = None
        self._is_loaded = False

    def export(self, wish, data):
        """The picture's bytes. wish: the options of the command line."""
        xml, _ = drawing.page_of(data, wish.page_index)
        self._load()
        self._is_loaded = False
        self._served += 1
        browser = self._browser
        self._wait_for_application()
        with open(os.path.join(os.path.dirname(__file__), "page.js"), encoding="utf-8") as file:
            script = file.read()
        arguments = {"xml": xml, "format": "svg" if wish.format == "svg" else "pdf" if wish.format == "pdf" else "png",
                     "pageIndex": wish.page_index, "border": wish.border, "scale": wish.scale or 1,
                     "transparent": wish.transparent, "embed": wish.embed_diagram}
        if wish.format in ("svg", "pdf") and (wish.width or wish.height):
            # Drawn once to learn its size, then at the scale that fits.
            size = browser.evaluate(f"{script}({json.dumps({**arguments, 'format': 'png'})})")
            if not size.get("empty"):
                arguments["scale"] = self._fit(wish, size)
                self.prepare()
                self._is_loaded = False
                browser = self._browser
                self._wait_for_application()
        drawn = browser.evaluate(f"{script}({json.dumps(arguments)})")
        for url in browser.blocked:
            print(f"Not loaded, as drawings are drawn without a network: {url[:200]}", file=sys.stderr)
        if drawn.get("empty"):
            raise DrawioError("There is nothing to draw: the page is empty.")
        if wish.format == "svg":
            return ('<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
                    '"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n' + drawn["svg"]).encode()
        if wish.format == "pdf":
            return self._pdf(drawn)
        return self._picture(wish, drawn, xml)

    def _wait_for_application(self):
        self._browser.evaluate("new Promise(done => document.readyState == 'complete' ? done() : addEventListener('load', () => done()))")

    @staticmethod
    def _fit(wish, size):
        scales = [wanted / actual for wanted, actual in ((wish.width, size["width"]), (wish.height, size["height"])) if wanted]
        return min(scales)

    def _pdf(self, drawn):
        answer = self._browser.call("Page.printToPDF", printBackground=True, marginTop=0, marginBottom=0, marginLeft=0, marginRight=0,
                                    paperWidth=drawn["width"] / 96, paperHeight=drawn["height"] / 96, pageRanges="1",
                                    preferCSSPageSize=False)
        return base64.b64decode(answer["data"])

    def _picture(self, wish, drawn, xml):
        scale = self._fit(wish, drawn) if wish.width or wish.height else wish.scale or 1
        largest = MAX_SIDE / max(drawn["width"], drawn["height"])
        if scale > largest:
            print(f"Drawn at the scale {largest:.2f} instead of {scale:g}: larger pictures than {MAX_SIDE} pixels cannot be made.", file=sys.stderr)
            scale = largest
        browser = self._browser
        browser.call("Emulation.setDeviceMetricsOverride", width=drawn["width"], height=drawn["height"], deviceScaleFactor=scale, mobile=False)
        if wish.transparent and wish.format == "png":
            browser.call("Emulation.setDefaultBackgroundColorOverride", color={"r": 0, "g": 0, "b": 0, "a": 0})
        options = {"format": "png"} if wish.format == "png" else {"format": "jpeg", "quality": wish.quality}
        answer = browser.call("Page.captureScreenshot", **options, captureBeyondViewport=False)
        browser.call("Emulation.clearDeviceMetricsOverride")
        browser.call("Emulation.setDefaultBackgroundColorOverride")
        picture = base64.b64decode(answer["data"])
        return _png_with_text(picture, "mxfile", xml) if wish.embed_diagram and wish.format == "png" else picture

# SPDX-License-Identifier: GPL-3.0-or-later
"""Exports drawings as images: the diagrams.net application renders the drawing and Chromium captures it."""

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
MAX_SIDE = 16384  # maximum width and height of a screenshot in Chromium, in pixels
JOBS_PER_BROWSER = 200  # then the browser is restarted, which frees the memory that pages have leaked


def application_folder(program):
    """Returns the folder of the diagrams.net application, or None if it is not installed.

    It is the folder named by LIFEGUARD_DRAWIO_APP, otherwise ../../drawio relative to the program (a build folder),
    otherwise the folder "app" next to the program (an installation).
    """
    configured = os.environ.get("LIFEGUARD_DRAWIO_APP")
    here = os.path.dirname(os.path.abspath(program))
    candidates = [configured] if configured else [
        os.path.join(here, "../../drawio"), os.path.join(here, "app"),
        os.path.join(os.path.dirname(os.path.realpath(program)), "app")]
    for folder in candidates:
        if os.path.isfile(os.path.join(folder, PAGE)):
            return os.path.realpath(folder)
    return None


def _png_with_text(png, key, text):
    """Returns the PNG with a tEXt chunk inserted after its header, where draw.io searches for the embedded diagram."""
    content = key.encode() + b"\0" + urllib.parse.quote(text, safe="!~*'()").encode()
    chunk = struct.pack(">I", len(content)) + b"tEXt" + content + struct.pack(">I", zlib.crc32(b"tEXt" + content))
    end_of_header = 8 + 25
    return png[:end_of_header] + chunk + png[end_of_header:]


class Exporter:
    """Exports drawings with a browser that stays open, with the application loaded in advance for the next drawing."""

    def __init__(self, program):
        self._program = program
        self._browser = None
        self._is_loaded = False
        self._exported = 0

    def _load(self):
        """Starts the browser and loads the application, unless both have been done."""
        if self._browser and (self._exported >= JOBS_PER_BROWSER or not self._browser.is_alive()):
            self.close()
        if not self._browser:
            folder = application_folder(self._program)
            if not folder:
                raise DrawioError("The diagrams.net application is not installed. Install it with packaging/drawio/install.sh.", 3)
            self._folder = folder
            self._browser = Browser()
            self._exported = 0
        if not self._is_loaded:
            self._browser.open(pathlib.Path(self._folder), PAGE)
            self._is_loaded = True

    def prepare(self):
        """Reloads the application for the next drawing."""
        self._is_loaded = False
        self._load()

    def close(self):
        """Ends the browser. The next export starts a new one."""
        if self._browser:
            self._browser.close()
        self._browser = None
        self._is_loaded = False

    def export(self, options, data):
        """Returns the content of the output file. options: the parsed command line."""
        xml = drawing.check_page(data, options.page_index)
        self._load()
        self._is_loaded = False
        self._exported += 1
        browser = self._browser
        self._wait_for_application()
        with open(os.path.join(os.path.dirname(__file__), "page.js"), encoding="utf-8") as file:
            script = file.read()
        arguments = {"xml": xml, "format": "svg" if options.format == "svg" else "pdf" if options.format == "pdf" else "png",
                     "pageIndex": options.page_index, "border": options.border, "scale": options.scale or 1,
                     "transparent": options.transparent, "embed": options.embed_diagram}
        if options.format in ("svg", "pdf") and (options.width or options.height):
            # Render once to measure the drawing, then again at the scale that fits.
            size = browser.evaluate(f"{script}({json.dumps({**arguments, 'format': 'png'})})")
            if not size.get("empty"):
                arguments["scale"] = self._fit(options, size)
                self.prepare()
                self._is_loaded = False
                browser = self._browser
                self._wait_for_application()
        rendered = browser.evaluate(f"{script}({json.dumps(arguments)})")
        for url in browser.blocked:
            print(f"Blocked, because drawings are exported without network access: {url[:200]}", file=sys.stderr)
        if rendered.get("empty"):
            raise DrawioError("There is nothing to draw: the page is empty.")
        if options.format == "svg":
            return ('<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
                    '"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n' + rendered["svg"]).encode()
        if options.format == "pdf":
            return self._pdf(rendered)
        return self._screenshot(options, rendered, xml)

    def _wait_for_application(self):
        """Waits until the application has been loaded."""
        self._browser.evaluate("new Promise(done => document.readyState == 'complete' ? done() : addEventListener('load', () => done()))")

    @staticmethod
    def _fit(options, size):
        """Returns the scale at which a drawing of this size fits into the requested width and height."""
        scales = [requested / actual for requested, actual in ((options.width, size["width"]), (options.height, size["height"])) if requested]
        return min(scales)

    def _pdf(self, rendered):
        """Returns the rendered page as PDF."""
        result = self._browser.call("Page.printToPDF", printBackground=True, marginTop=0, marginBottom=0, marginLeft=0, marginRight=0,
                                    paperWidth=rendered["width"] / 96, paperHeight=rendered["height"] / 96, pageRanges="1",
                                    preferCSSPageSize=False)
        return base64.b64decode(result["data"])

    def _screenshot(self, options, rendered, xml):
        """Returns the rendered page as PNG or JPEG."""
        scale = self._fit(options, rendered) if options.width or options.height else options.scale or 1
        largest = MAX_SIDE / max(rendered["width"], rendered["height"])
        if scale > largest:
            print(f"The scale was reduced from {scale:g} to {largest:.2f}: images cannot be larger than {MAX_SIDE} pixels.", file=sys.stderr)
            scale = largest
        browser = self._browser
        browser.call("Emulation.setDeviceMetricsOverride", width=rendered["width"], height=rendered["height"], deviceScaleFactor=scale, mobile=False)
        if options.transparent and options.format == "png":
            browser.call("Emulation.setDefaultBackgroundColorOverride", color={"r": 0, "g": 0, "b": 0, "a": 0})
        image_options = {"format": "png"} if options.format == "png" else {"format": "jpeg", "quality": options.quality}
        result = browser.call("Page.captureScreenshot", **image_options, captureBeyondViewport=False)
        browser.call("Emulation.clearDeviceMetricsOverride")
        browser.call("Emulation.setDefaultBackgroundColorOverride")
        image = base64.b64decode(result["data"])
        return _png_with_text(image, "mxfile", xml) if options.embed_diagram and options.format == "png" else image

# SPDX-License-Identifier: GPL-3.0-or-later
"""Exports drawings as images: the diagrams.net application renders the drawing and Chromium captures it."""

import base64
import json
import os
import re
import struct
import urllib.parse
import zlib
from xml.sax.saxutils import escape

from . import drawing, extent
from .browser import Access, Browser
from .drawing import DrawioError

PAGE = "export3.html"
NO_PICTURE = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="  # a transparent pixel
MAX_SIDE = 16384  # maximum width and height of a screenshot in Chromium, in pixels
SAFE_PAPER = 19200  # width and height of a sheet that Chromium can always print, in pixels: 200 inches
JOBS_PER_BROWSER = 200  # then the browser is restarted, which frees the memory that pages have leaked
SMALLEST_LETTERS = 5  # pixels; smaller letters cannot be read
PDF_TIME = re.compile(rb"(/(?:CreationDate|ModDate) \(D:)\d{14}([^)]*\))")


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


def _without_time(pdf):
    """Returns the PDF with a constant time of creation, so that the same drawing gives the same bytes. The length stays: a PDF contains
    the positions of its parts."""
    return PDF_TIME.sub(lambda time: time.group(1) + b"20000101000000" + time.group(2), pdf)


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
        self._folder = None
        self._loaded_for = None  # the Access for which the application has been loaded
        self._exported = 0

    def _load(self, access):
        """Starts the browser and loads the application, unless both have been done."""
        if self._browser and (self._exported >= JOBS_PER_BROWSER or not self._browser.is_alive() or self._browser.network != access.network):
            self.close()
        if not self._browser:
            self._folder = application_folder(self._program)
            if not self._folder:
                raise DrawioError("The diagrams.net application is not installed. Install it with packaging/drawio/install.sh.", 3)
            self._browser = Browser(access.network)
            self._exported = 0
        if self._loaded_for != access:
            self._browser.open(self._folder, PAGE, access)
            self._loaded_for = access

    @property
    def is_open(self):
        """Whether a browser is running, perhaps with a drawing."""
        return self._browser is not None

    def prepare(self, access=None):
        """Reloads the application for the next drawing."""
        access = access or self._loaded_for or Access()
        self._loaded_for = None
        self._load(access)

    def close(self):
        """Ends the browser. The next export starts a new one."""
        if self._browser:
            self._browser.close()
        self._browser = None
        self._loaded_for = None

    def export(self, options, data):
        """Returns (content of the output file, facts). options: the parsed command line.

        The facts are what users should know about the picture, as a dictionary. Entries without a meaning for a picture are missing:
          pages: number of pages of the drawing
          emptyPages: indexes of the requested pages that have nothing to draw
          shrunk: "from" a scale "to" another, because a side may have "limit" pixels; "width" and "height" before scaling
          farAway: for pages that are mostly empty: "page", number of "shapes" far away, "label" of one, "distance" in pixels
          blocked: URLs that were not loaded
          files: paths of files, besides the input, that are part of the picture
          unknownShapes, unknownKeys: what the application does not know and draws in another way
        """
        try:
            checked = drawing.check(data, None if options.all_pages else options.page_index)
        except RecursionError as error:
            raise DrawioError("The drawing is nested too deeply.") from error
        self._load(Access(options.allow_network, options.allow_folder))
        self._exported += 1
        arguments = {"xml": checked.xml, "format": options.format if options.format in ("svg", "pdf") else "png",
                     "pages": list(range(checked.pages)) if options.all_pages else [options.page_index],
                     "border": options.border, "scale": options.scale or 1,
                     "transparent": options.transparent, "embed": options.embed_diagram}
        if options.format in ("svg", "pdf") and (options.width or options.height):
            # Render once to measure the drawing, then again at the scale that fits.
            size = self._render({**arguments, "format": "png"})["pages"][0]
            arguments["scale"] = self._fit(options, size)
            self.prepare()
        rendered = self._render(arguments)
        facts = self._facts(checked, arguments["pages"], rendered)
        if options.format == "svg":
            image = self._svg(rendered)
        elif options.format == "pdf":
            image = self._pdf(rendered, facts)
        else:
            image = self._screenshot(options, rendered["pages"][0], checked.xml, facts)
        return image, facts

    def _render(self, arguments):
        """Renders pages in the browser and returns the result of page.js."""
        with open(os.path.join(os.path.dirname(__file__), "page.js"), encoding="utf-8") as file:
            script = file.read()
        rendered = self._browser.evaluate(f"{script}({json.dumps(arguments)})")
        if all(page["isEmpty"] for page in rendered["pages"]):
            raise DrawioError("There is nothing to draw: the page is empty.")
        return rendered

    def _facts(self, checked, indexes, rendered):
        """Returns what users should know about a picture, regardless of its format."""
        facts = {"pages": checked.pages}
        if self._browser.blocked:
            facts["blocked"] = [url[:200] for url in self._browser.blocked]
        if self._browser.files:
            facts["files"] = sorted(set(self._browser.files))
        if rendered["shapes"]:
            facts["unknownShapes"] = rendered["shapes"]
        if checked.unknown_keys:
            facts["unknownKeys"] = checked.unknown_keys
        empty = [index for index, page in zip(indexes, rendered["pages"]) if page["isEmpty"]]
        if empty:
            facts["emptyPages"] = empty
        for index, page in zip(indexes, rendered["pages"]):
            boxes, distance = extent.far_away(page["boxes"])
            if boxes:
                label = next((box[4] for box in boxes if box[4]), "")
                facts.setdefault("farAway", []).append({"page": index, "shapes": len(boxes), "label": label, "distance": round(distance)})
        return facts

    @staticmethod
    def _fit(options, size):
        """Returns the scale at which a drawing of this size fits into the requested width and height."""
        scales = [requested / actual for requested, actual in ((options.width, size["width"]), (options.height, size["height"])) if requested]
        return min(scales)

    @staticmethod
    def _too_large(page, problem, facts):
        """Returns the error for a page that is too large for its format. problem: a clause that follows the size."""
        reason = ""
        if facts.get("farAway"):
            far = facts["farAway"][0]
            name = f' ("{far["label"]}")' if far["label"] else ""
            count = "1 shape" if far["shapes"] == 1 else f'{far["shapes"]} shapes'
            reason = f' Most of it is empty: {count}{name} {"lies" if far["shapes"] == 1 else "lie"} {far["distance"]} pixels away from the others.'
        return DrawioError(f"The drawing is too large for this format: {page['width']} x {page['height']} pixels {problem}.{reason} "
                           "Divide the drawing into pages, or choose the format svg.")

    def _shrink(self, page, scale, smaller, facts):
        """Records that a page is shrunk. Raises DrawioError if nothing in it could be read any more."""
        facts["shrunk"] = {"from": scale, "to": round(smaller, 3), "limit": MAX_SIDE, "width": page["width"], "height": page["height"]}
        if 0 < page["letters"] * smaller < SMALLEST_LETTERS:
            raise self._too_large(page, f"would be shrunk to {smaller * 100:.0f} %, and nothing could be read", facts)

    def _svg(self, rendered):
        """Returns the rendered page as SVG, with all pictures that were loaded as parts of it."""
        svg = rendered["svg"]
        for url in rendered["links"]:
            # An SVG must not fetch what was not loaded.
            svg = svg.replace(f'"{escape(url)}"', f'"{self._browser.content_of(url) or NO_PICTURE}"')
        return ('<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
                '"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n' + svg).encode()

    def _pdf(self, rendered, facts):
        """Returns the rendered pages as PDF."""
        try:
            result = self._browser.call("Page.printToPDF", printBackground=True, marginTop=0, marginBottom=0, marginLeft=0, marginRight=0,
                                        preferCSSPageSize=True)
        except DrawioError as error:
            largest = max(rendered["pages"], key=lambda page: max(page["width"], page["height"]))
            if max(largest["width"], largest["height"]) < SAFE_PAPER:
                raise
            raise self._too_large(largest, "cannot be printed on one sheet", facts) from error
        return _without_time(base64.b64decode(result["data"]))

    def _screenshot(self, options, size, xml, facts):
        """Returns the rendered page as PNG or JPEG."""
        scale = self._fit(options, size) if options.width or options.height else options.scale or 1
        largest = MAX_SIDE / max(size["width"], size["height"])
        if scale > largest:
            self._shrink(size, scale, largest, facts)
            scale = largest
        browser = self._browser
        browser.call("Emulation.setDeviceMetricsOverride", width=size["width"], height=size["height"], deviceScaleFactor=scale, mobile=False)
        if options.transparent and options.format == "png":
            browser.call("Emulation.setDefaultBackgroundColorOverride", color={"r": 0, "g": 0, "b": 0, "a": 0})
        image_options = {"format": "png"} if options.format == "png" else {"format": "jpeg", "quality": options.quality}
        result = browser.call("Page.captureScreenshot", **image_options, captureBeyondViewport=False)
        browser.call("Emulation.clearDeviceMetricsOverride")
        browser.call("Emulation.setDefaultBackgroundColorOverride")
        image = base64.b64decode(result["data"])
        return _png_with_text(image, "mxfile", xml) if options.embed_diagram and options.format == "png" else image

# SPDX-License-Identifier: GPL-3.0-or-later
"""Translates drawings of newer versions of draw.io into drawings that the installed version draws in the same way.

The installed application does not know colours that depend on the theme: `default` and `light-dark(light, dark)`. A browser
ignores such a colour in a picture, or other viewers draw it black. All colours become those of the light theme, in which
draw.io exports pictures by default.
"""

import re

_FOREGROUND = ("#000000", "#ffffff")  # of the light theme and of the dark theme
_BACKGROUND = ("#ffffff", "#121212")

# The colours that `default` stands for, by the key of the style.
_DEFAULTS = {
    "fontColor": _FOREGROUND, "strokeColor": _FOREGROUND, "gradientColor": _FOREGROUND, "imageBorder": _FOREGROUND,
    "labelBorderColor": _FOREGROUND,
    "fillColor": _BACKGROUND, "swimlaneFillColor": _BACKGROUND, "labelBackgroundColor": _BACKGROUND, "imageBackground": _BACKGROUND,
}

# Shapes of newer versions, and the shapes that look the same in the installed one.
_SHAPES = {"tableRow": "partialRectangle"}

# Keys of newer versions that change the picture and that the installed version ignores, with the values that change nothing.
_UNKNOWN_KEYS = {
    "startFillColor": ("",), "endFillColor": ("",), "textShadow": ("", "0"), "shadowColor": ("", "default"),
    "shadowOpacity": ("",), "shadowBlur": ("",), "shadowOffsetX": ("",), "shadowOffsetY": ("",),
}

_MAX_LENGTH = 1000  # of the arguments of a colour function, in characters
_FUNCTION = re.compile(r"(?:light-dark|var)\(", re.IGNORECASE)
_COLOUR_KEY = re.compile(r"colou?r\d*$", re.IGNORECASE)
_TAG = re.compile(r"""<[A-Za-z](?:[^<>"']|"[^"]*"|'[^']*')*>""")
_STYLE_ELEMENT = re.compile(r"(<style\b[^>]*>)(.*?)(</style)", re.IGNORECASE | re.DOTALL)


def _arguments(text, start):
    """Returns (arguments, end) of the function whose first argument begins at start, or (None, start) if it is not closed."""
    arguments, depth, begin = [], 0, start
    for index in range(start, min(len(text), start + _MAX_LENGTH)):
        character = text[index]
        if character == "(":
            depth += 1
        elif character == ")" and depth:
            depth -= 1
        elif character == ")" or (character == "," and not depth):
            arguments.append(text[begin:index].strip())
            begin = index + 1
            if character == ")":
                return arguments, index + 1
    return None, start


def light_colours(text):
    """Returns the text with each light-dark() replaced by its light colour, and each var() by its fallback.

    A var() without a fallback becomes `unset`, because no variable has a value in an exported picture.
    """
    # The last function first, because it contains no other one.
    for found in reversed(list(_FUNCTION.finditer(text))):
        arguments, end = _arguments(text, found.end())
        if not arguments:
            continue
        is_variable = found.group().lower().startswith("var")
        colour = ", ".join(arguments[1:]) if is_variable else arguments[0]
        text = text[:found.start()] + (colour or "unset") + text[end:]
    return text


def html(text):
    """Returns an HTML label in which the colours of tags and style sheets are those of the light theme.

    Words that only look like such a colour remain.
    """
    if not _FUNCTION.search(text):
        return text
    text = _STYLE_ELEMENT.sub(lambda found: found[1] + light_colours(found[2]) + found[3], text)
    return _TAG.sub(lambda found: light_colours(found.group()), text)


def _entries(text):
    """Returns the entries of a style as a list of [key, value]; value is None for the name of a stylesheet entry."""
    return [[key, value if equals else None] for key, equals, value in
            (entry.partition("=") for entry in text.split(";") if entry)]


def _colour(key, value, entries):
    """Returns the colour of a style entry, or None to use the default of the application."""
    if value == "default":
        colours = _DEFAULTS.get(key)
        if not colours:
            return None if _COLOUR_KEY.search(key) else value
        inverted = entries.get("default" + key[0].upper() + key[1:]) == "invert"
        return colours[inverted]
    if key != "image" and _FUNCTION.search(value):
        value = light_colours(value)
        return None if value == "unset" else value
    return value


def style(text, inherited=None):
    """Returns the style of a cell, translated. inherited: a function that returns the value of a key in the parent's style."""
    entries = _entries(text)
    values = {key: value for key, value in entries if value is not None}
    result = []
    for key, value in entries:
        if value is not None:
            if key == "shape":
                value = _SHAPES.get(value, value)
            elif key in ("fontSize", "fontFamily") and value == "inherit":
                value = inherited(key) if inherited else None
            else:
                value = _colour(key, value, values)
            if value is None:
                continue
        result.append(key if value is None else f"{key}={value}")
    return ";".join(result) + (";" if result else "")


def unknown_keys(text):
    """Returns the keys of a style that change the picture in newer versions and that the installed version ignores."""
    return {key for key, value in _entries(text) if key in _UNKNOWN_KEYS and value is not None and value not in _UNKNOWN_KEYS[key]}


def _cells(model):
    """Yields (cell, label element) for all cells. Labels and placeholders of a cell may be attributes of an element around it."""
    wrapped = set()
    for element in model.iter():
        if element.tag in ("UserObject", "object"):
            for cell in element.findall("mxCell"):
                wrapped.add(cell)
                yield cell, element
        elif element.tag == "mxCell" and element not in wrapped:
            yield element, element


def _inheritance(cells):
    """Returns a function (cell) → function (key) → value of the key in the styles of the cell's parents, or None."""
    by_id = {holder.get("id"): cell for cell, holder in cells}

    def of(cell):
        def value(key):
            seen, parent = set(), cell.get("parent")
            while parent in by_id and parent not in seen:
                seen.add(parent)
                found = dict(_entries(by_id[parent].get("style", ""))).get(key)
                if found not in (None, "inherit"):
                    return found
                parent = by_id[parent].get("parent")
            return None
        return value
    return of


def model(element):
    """Translates an <mxGraphModel> element in place. Returns the sorted keys of styles that have no effect (unknown_keys())."""
    background = element.get("background")
    if background == "default":
        del element.attrib["background"]
    elif background:
        element.set("background", light_colours(background))
    cells = list(_cells(element))
    inherited = _inheritance(cells)
    unknown = set()
    for cell, holder in cells:
        text = cell.get("style", "")
        unknown |= unknown_keys(text)
        if "html=1" in text.split(";"):
            for name in ("value",) if holder is cell else tuple(holder.keys()):
                if name != "style" and holder.get(name):
                    holder.set(name, html(holder.get(name)))
        if text:
            cell.set("style", style(text, inherited(cell)))
    return sorted(unknown)

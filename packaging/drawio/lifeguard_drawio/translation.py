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

# Keys of newer versions that change the picture and that the installed version ignores, with the values that change nothing.
_UNKNOWN_KEYS = {
    "startFillColor": ("",), "endFillColor": ("",), "textShadow": ("", "0"), "shadowColor": ("", "default"),
    "shadowOpacity": ("",), "shadowBlur": ("",), "shadowOffsetX": ("",), "shadowOffsetY": ("",),
    "rowspan": ("", "1"), "colspan": ("", "1"), "swimlaneHead": ("", "1"), "swimlaneBody": ("", "1"),
}
_PLAIN_FILLS = ("", "auto", "solid")  # other values of fillStyle were limited to sketches
_TABLE_SHAPES = ("table", "tableRow")

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


def _shape(value, entries):
    """Returns the shape of the installed version that looks like a shape of a newer one."""
    if value != "tableRow":
        return value
    return "partialRectangle" if entries.get("startSize") == "0" else "swimlane"


def style(text, inherited=None):
    """Returns the style of a cell, translated. inherited: a function that returns the value of a key in the parent's style."""
    entries = _entries(text)
    values = {key: value for key, value in entries if value is not None}
    result = []
    for key, value in entries:
        if value is not None:
            if key == "shape":
                value = _shape(value, values)
            elif key in ("fontSize", "fontFamily") and value == "inherit":
                value = inherited(key) if inherited else None
            else:
                value = _colour(key, value, values)
            if value is None:
                continue
        result.append(key if value is None else f"{key}={value}")
    return ";".join(result) + (";" if result else "")


def unknown_keys(text, in_table=False):
    """Returns the keys of a style that change the picture in newer versions and that the installed version ignores.

    in_table: whether the cell belongs to a table, whose lines hide those of its rows and cells.
    """
    entries = {key: value for key, value in _entries(text) if value is not None}
    unknown = {key for key, values in _UNKNOWN_KEYS.items() if key in entries and entries[key] not in values}
    if in_table:
        unknown -= {"swimlaneHead", "swimlaneBody"}
    if entries.get("fillStyle", "") not in _PLAIN_FILLS and entries.get("sketch", "0") != "1":
        unknown.add("fillStyle")
    return unknown


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


def _parents_of(cell, styles):
    """Yields the styles of the parents of a cell as dictionaries, the nearest one first. styles: (parent id, style) by id."""
    seen, parent = set(), cell.get("parent")
    while parent in styles and parent not in seen:
        seen.add(parent)
        parent, found = styles[parent]
        yield found


def model(element):
    """Translates an <mxGraphModel> element in place. Returns the sorted keys of styles that have no effect (unknown_keys())."""
    background = element.get("background")
    if background == "default":
        del element.attrib["background"]
    elif background:
        element.set("background", light_colours(background))
    cells = list(_cells(element))
    styles = {holder.get("id"): (cell.get("parent"), dict(_entries(cell.get("style", "")))) for cell, holder in cells}
    unknown = set()
    for cell, holder in cells:
        text = cell.get("style", "")
        if "html=1" in text.split(";"):
            for name in ("value",) if holder is cell else tuple(holder.keys()):
                if name != "style" and holder.get(name):
                    holder.set(name, html(holder.get(name)))
        if not text:
            continue
        parents = list(_parents_of(cell, styles))
        unknown |= unknown_keys(text, any(parent.get("shape") in _TABLE_SHAPES for parent in parents))
        cell.set("style", style(text, lambda key, parents=parents: next(
            (parent[key] for parent in parents if parent.get(key) not in (None, "inherit")), None)))
    return sorted(unknown)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Decides which cells an output contains: the rules of CLX ("clx"), of CLM ("clm"), and our own ("lifeguard").

The tables are described in docs/architecture/clx-compatibility.md. The functions are pure.
"""
import difflib

from nb_errors import NotebookError

KEEP, DROP, EMPTY = "keep", "drop", "empty"
STUDENT_KINDS = {"completed", "code-along", "partial"}  # the outputs that participants of a course receive
KINDS = {
    "lifeguard": ("completed", "code-along", "trainer", "recording", "speaker", "partial"),
    "clm": ("completed", "code-along", "trainer", "recording", "speaker", "partial"),
    "clx": ("completed", "code-along", "speaker"),
}

# The tags of the cells that an output does not contain, by rules and kind. "partial" is like "code-along" in workshops, and like
# "completed" elsewhere. "private" has no effect in CLX and CLM; here, participants do not get these cells.
CLM_DROPPED = {
    "completed": {"del", "notes", "voiceover", "private", "start"},
    "code-along": {"del", "notes", "voiceover", "private", "alt", "completed"},
    "trainer": {"del", "voiceover", "start"},
    "recording": {"del", "start"},
    "speaker": {"del", "start"},
}
DROPPED = {
    "lifeguard": CLM_DROPPED,
    "clm": CLM_DROPPED,
    "clx": {
        "completed": {"del", "notes", "private", "start"},
        "code-along": {"del", "notes", "private", "alt"},
        "speaker": {"del", "start"},
    },
}
KEPT_CODE_TAGS = {"keep", "start"}  # code cells that are not emptied
PRIVATE_TAGS = {"private", "notes", "voiceover", "del", "alt", "completed"}  # tags that keep cells from participants

SLIDE_TAGS = {"lifeguard": ("slide", "subslide", "notes", "voiceover"), "clm": ("slide", "subslide", "notes", "voiceover"),
              "clx": ("slide", "subslide", "notes")}
BOX_STYLES = {
    "lifeguard": {},
    "clm": {"notes": "background: yellow; color: black;", "voiceover": "background: #FFEEBA; color: black;"},
    "clx": {"notes": "background:yellow"},
}

COMMON_TAGS = {"slide", "subslide", "notes", "voiceover", "private", "workshop", "end-workshop", "alt", "completed", "del"}
CODE_TAGS = COMMON_TAGS | {"keep", "start", "completed", "allow-untranslated"}
TEXT_TAGS = COMMON_TAGS | {"answer", "nodataurl"}
KNOWN_TAGS = CODE_TAGS | TEXT_TAGS
# Tags that Jupyter's own tools use, and those of our slides. They do not decide who may see a cell.
OTHER_KNOWN_TAGS = {"fragment", "skip", "parameters", "injected-parameters", "raises-exception", "hide-input", "hide-output",
                    "hide-cell", "remove-input", "remove-output", "remove-cell"}
SHOWN_TAGS = {"slide", "subslide", "keep", "start", "answer", "workshop"}  # tags of cells that are meant to be seen


def normalized_kind(kind):
    kind = kind.strip().lower()
    return "code-along" if kind in ("codealong", "code_along") else kind


def check_kind(rules, kind):
    """Fails for a kind that the rules do not have. Our own rules accept an empty kind, which selects all cells."""
    if kind not in KINDS[rules] and (kind or rules != "lifeguard"):
        raise NotebookError("unknown_kind", kind=kind, known=sorted(KINDS[rules]))


def is_completed_part(kind, in_workshop):
    """Returns whether a cell is treated as in "completed" (True) or as in "code-along" (False). For kinds of participants."""
    return kind == "completed" or (kind == "partial" and not in_workshop)


def decide(rules, kind, cell_type, tags, in_workshop=False):
    """Returns what happens to a cell: KEEP, DROP, or EMPTY (its contents are removed). Dropping takes precedence."""
    if kind == "partial":
        kind = "completed" if is_completed_part(kind, in_workshop) else "code-along"
    if DROPPED[rules][kind].intersection(tags):
        return DROP
    if kind == "code-along":
        if cell_type == "code" and not KEPT_CODE_TAGS.intersection(tags):
            return EMPTY
        if cell_type == "markdown" and "answer" in tags:
            return EMPTY
    return KEEP


def executes(kind):
    """Returns whether the code of an html page is run. In the other kinds, a part of the code is missing."""
    return kind not in ("code-along", "partial")


def unknown_tags(cell_type, tags):
    """Returns the tags that CLM does not know for this type of cell. It accepts all tags of raw cells."""
    known = {"code": CODE_TAGS, "markdown": TEXT_TAGS}.get(cell_type)
    return [] if known is None else [tag for tag in tags if tag not in known and not tag.startswith("_")]


def unsafe_tag(tags):
    """Returns a tag that may have been meant to hide this cell from participants, or an empty string.

    A tag that is not known is safe only on a cell with a tag that shows it, and only if it does not look like a misspelt private tag.
    """
    for tag in tags:
        if tag in KNOWN_TAGS or tag in OTHER_KNOWN_TAGS or tag.startswith("_"):
            continue
        if not SHOWN_TAGS.intersection(tags) or similar_private_tag(tag):
            return tag
    return ""


def similar_private_tag(tag):
    """Returns the private tag that this unknown tag resembles, such as "notes" for "Note", or an empty string."""
    return next(iter(difflib.get_close_matches(tag.strip().lower(), sorted(PRIVATE_TAGS), 1, 0.75)), "")


def workshop_cells(cells):
    """Returns for each cell, a pair of type and metadata, whether it belongs to a workshop.

    A workshop begins with a Markdown cell that is tagged "workshop", or with a slide whose slide_id begins with "workshop-". It ends
    before the next cell tagged "end-workshop", before the next workshop, or at the end.
    """
    inside, result = False, []
    for cell_type, metadata in cells:
        tags = tags_in(metadata)
        if "end-workshop" in tags:
            inside = False
        elif cell_type == "markdown" and opens_workshop(metadata, tags):
            inside = True
        result.append(inside)
    return result


def opens_workshop(metadata, tags):
    is_slide = "slide" in tags or "subslide" in tags
    return "workshop" in tags or (is_slide and str(metadata.get("slide_id") or "").startswith("workshop-"))


def tags_in(metadata):
    tags = metadata.get("tags")
    return [str(tag) for tag in tags] if isinstance(tags, (list, tuple)) else []

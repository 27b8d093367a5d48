# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cells an output holds, by their tags: CLX's kinds of output and its languages."""
from nb_trouble import Trouble

# As in CLX: cells with these tags are left out of an output of that kind.
LEFT_OUT = {
    "completed": {"del", "notes", "start"},
    "code-along": {"del", "notes", "alt"},
    "speaker": {"del", "start"},
}
KEPT_CODE = {"keep", "start"}  # what is typed during a course is empty in code-along, these are not
EMPTIED_TEXT = {"answer"}
SLIDE_TYPES = ("slide", "subslide", "fragment", "skip", "notes")


def tags_of(cell):
    tags = cell.metadata.get("tags")
    return [str(tag) for tag in tags] if isinstance(tags, (list, tuple)) else []


def choose(notebook, places, kind, language):
    """Leaves the cells of that kind and language in the notebook; answers their places. Empty: all kinds, all languages."""
    kind = kind.strip().lower()
    if kind in ("codealong", "code_along"):
        kind = "code-along"
    if kind and kind not in LEFT_OUT:
        raise Trouble("unknown_kind", kind=kind, known=sorted(LEFT_OUT))
    if not notebook.cells:
        raise Trouble("no_cells")
    cells, kept = [], []
    for cell, place in zip(notebook.cells, places):
        if LEFT_OUT.get(kind, set()).intersection(tags_of(cell)):
            continue
        own = cell.metadata.get("lang")
        if language and own and own != language:
            continue
        if kind == "code-along":
            empty(cell)
        cells.append(cell)
        kept.append(place)
    if not cells:
        raise Trouble("none_left", count=len(notebook.cells), kind=kind, language=language)
    notebook.cells = cells
    return kept


def empty(cell):
    if cell.cell_type == "code":
        cell.outputs = []
        cell.execution_count = None
        if not KEPT_CODE.intersection(tags_of(cell)):
            cell.source = ""
    elif EMPTIED_TEXT.intersection(tags_of(cell)):
        cell.source = ""


def mark_slides(notebook):
    """Tags make slides where a cell does not say itself what it is on them."""
    for cell in notebook.cells:
        slideshow = cell.metadata.get("slideshow")
        if isinstance(slideshow, dict) and slideshow.get("slide_type"):
            continue
        own = next((tag for tag in tags_of(cell) if tag in SLIDE_TYPES), None)
        if own:
            cell.metadata["slideshow"] = {"slide_type": own}

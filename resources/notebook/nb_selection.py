# SPDX-License-Identifier: GPL-3.0-or-later
"""Selects the cells of an output by their tags and languages, as CLX does for its kinds of output."""
from nb_errors import NotebookError

# For each kind of output, the tags of the cells that it does not contain. These are the same as in CLX.
EXCLUDED_TAGS = {
    "completed": {"del", "notes", "start"},
    "code-along": {"del", "notes", "alt"},
    "speaker": {"del", "start"},
}
# In a code-along, code cells are empty, because the code is typed during the course. Cells with these tags keep their code.
KEPT_CODE_TAGS = {"keep", "start"}
EMPTIED_TEXT_TAGS = {"answer"}
SLIDE_TYPES = ("slide", "subslide", "fragment", "skip", "notes")


def tags_of(cell):
    tags = cell.metadata.get("tags")
    return [str(tag) for tag in tags] if isinstance(tags, (list, tuple)) else []


def select_cells(notebook, positions, kind, language):
    """Removes the cells that do not belong to the kind and language, and returns the positions of the others.

    An empty kind or language selects all cells.
    """
    kind = kind.strip().lower()
    if kind in ("codealong", "code_along"):
        kind = "code-along"
    if kind and kind not in EXCLUDED_TAGS:
        raise NotebookError("unknown_kind", kind=kind, known=sorted(EXCLUDED_TAGS))
    if not notebook.cells:
        raise NotebookError("no_cells")
    cells, kept_positions = [], []
    for cell, position in zip(notebook.cells, positions):
        if EXCLUDED_TAGS.get(kind, set()).intersection(tags_of(cell)):
            continue
        cell_language = cell.metadata.get("lang")
        if language and cell_language and cell_language != language:
            continue
        if kind == "code-along":
            empty_cell(cell)
        cells.append(cell)
        kept_positions.append(position)
    if not cells:
        raise NotebookError("no_cells_left", count=len(notebook.cells), kind=kind, language=language)
    notebook.cells = cells
    return kept_positions


def empty_cell(cell):
    if cell.cell_type == "code":
        cell.outputs = []
        cell.execution_count = None
        if not KEPT_CODE_TAGS.intersection(tags_of(cell)):
            cell.source = ""
    elif EMPTIED_TEXT_TAGS.intersection(tags_of(cell)):
        cell.source = ""


def mark_slides(notebook):
    """Sets the slide types of cells from their tags, except where a cell has a slide type already."""
    for cell in notebook.cells:
        slideshow = cell.metadata.get("slideshow")
        if isinstance(slideshow, dict) and slideshow.get("slide_type"):
            continue
        slide_type = next((tag for tag in tags_of(cell) if tag in SLIDE_TYPES), None)
        if slide_type:
            cell.metadata["slideshow"] = {"slide_type": slide_type}

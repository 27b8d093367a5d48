# SPDX-License-Identifier: GPL-3.0-or-later
"""Selects the cells of an output by their tags and languages. nb_rules.py decides; this module applies the decisions."""
import nb_rules
from nb_errors import NotebookError

SLIDE_TYPES = ("slide", "subslide", "fragment", "skip", "notes")


def tags_of(cell):
    return nb_rules.tags_in(cell.metadata)


class Selection:
    """The cells of an output, and what is to be reported about them."""

    def __init__(self, rules, kind, language):
        self.rules = rules
        self.kind = nb_rules.normalized_kind(kind)
        self.language = language
        self.indices = []  # the positions of the selected cells in the notebook, counted from 0
        self.emptied = set()  # the cells whose contents are removed, as indices of the input
        self.in_workshop = []
        self.notes = []
        nb_rules.check_kind(rules, self.kind)

    def select(self, notebook, positions):
        """Removes the cells that do not belong to the output, and empties others. Returns the positions of the cells that are left."""
        if not notebook.cells:
            raise NotebookError("no_cells")
        self.in_workshop = nb_rules.workshop_cells([(cell.cell_type, cell.metadata) for cell in notebook.cells])
        cells = []
        for index, cell in enumerate(notebook.cells):
            if self.language and cell.metadata.get("lang") not in (None, "", self.language):
                continue
            if self.kind and not self.apply_kind(cell, index, positions[index].number):
                continue
            cells.append(cell)
            self.indices.append(index)
        if not cells:
            raise NotebookError("no_cells_left", count=len(notebook.cells), kind=self.kind, language=self.language)
        notebook.cells = cells
        return [positions[index] for index in self.indices]

    def apply_kind(self, cell, index, number):
        """Empties the cell if necessary. Returns whether the output contains it."""
        tags = tags_of(cell)
        in_workshop = self.in_workshop[index]
        decision = nb_rules.decide(self.rules, self.kind, cell.cell_type, tags, in_workshop)
        if decision == nb_rules.DROP:
            return False
        if decision == nb_rules.EMPTY:
            self.emptied.add(index)
        else:
            self.check_tags(tags, number)
        if cell.cell_type == "code" and not nb_rules.is_completed_part(self.kind, in_workshop) \
                and self.kind in nb_rules.STUDENT_KINDS:
            cell.outputs = []
            cell.execution_count = None
        if decision == nb_rules.EMPTY:
            cell.source = ""
            cell.pop("attachments", None)
        return True

    def check_tags(self, tags, number):
        """Fails if participants would see a cell because of a tag that is not known.

        Ordinary notebooks, which are "completed", may have any tags.
        """
        tag = nb_rules.unsafe_tag(tags) if self.kind in nb_rules.STUDENT_KINDS else ""
        if not tag:
            return
        facts = {"tag": tag, "kind": self.kind, "cell": number, "similar": nb_rules.similar_private_tag(tag)}
        if self.rules != "lifeguard" or self.kind != "completed":
            raise NotebookError("unknown_tag", **facts)
        if facts["similar"]:
            self.notes.append({"code": "similar_tag", **facts})


def mark_slides(notebook):
    """Sets the slide types of cells from their tags, except where a cell has a slide type already."""
    for cell in notebook.cells:
        slideshow = cell.metadata.get("slideshow")
        if isinstance(slideshow, dict) and slideshow.get("slide_type"):
            continue
        slide_type = next((tag for tag in tags_of(cell) if tag in SLIDE_TYPES), None)
        if slide_type:
            cell.metadata["slideshow"] = {"slide_type": slide_type}

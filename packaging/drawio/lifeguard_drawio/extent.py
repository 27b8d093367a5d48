# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds shapes that lie so far away from the others that most of the picture is empty."""

_MIN_GAP = 1500  # pixels; smaller gaps are usual between the parts of a drawing


def _gap(boxes, axis):
    """Returns (width, position) of the widest interval of the axis that no box covers, and that lies between boxes."""
    widest, position, reached = 0, None, None
    for begin, end in sorted((box[axis], box[axis] + box[axis + 2]) for box in boxes):
        if reached is not None and begin - reached > widest:
            widest, position = begin - reached, reached
        reached = end if reached is None else max(reached, end)
    return widest, position


def far_away(boxes):
    """Returns (boxes that lie far away from the others, distance in pixels), or ([], 0).

    boxes: lists that begin with x, y, width and height. A drawing is mostly empty if a gap between its shapes takes more than
    half of its width or height. The boxes on the side of the gap that has fewer of them are the ones far away.
    """
    if len(boxes) < 2:
        return [], 0
    best = ([], 0)
    for axis in (0, 1):
        extent = max(box[axis] + box[axis + 2] for box in boxes) - min(box[axis] for box in boxes)
        width, position = _gap(boxes, axis)
        if width < _MIN_GAP or width * 2 < extent or width <= best[1]:
            continue
        before = [box for box in boxes if box[axis] + box[axis + 2] <= position]
        after = [box for box in boxes if box[axis] >= position + width]
        best = (before if len(before) < len(after) else after, width)
    return best

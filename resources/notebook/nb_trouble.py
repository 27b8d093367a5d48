# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong with a notebook, as facts: the words are made where they can be translated."""


class Trouble(Exception):
    """what: a word the converter knows (notebookanswers.cpp); facts: what its sentence is made of, and a detail."""

    def __init__(self, what, **facts):
        super().__init__(what)
        self.what = what
        self.facts = facts

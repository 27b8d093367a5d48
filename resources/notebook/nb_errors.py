# SPDX-License-Identifier: GPL-3.0-or-later
"""The error that all modules of the notebook helper raise."""


class NotebookError(Exception):
    """A notebook could not be converted.

    code identifies the error; the worker converts it to a translated sentence (core/worker/notebookerrors.cpp). facts are
    the arguments of that sentence, and "detail", a text of several lines.
    """

    def __init__(self, code, **facts):
        super().__init__(code)
        self.code = code
        self.facts = facts

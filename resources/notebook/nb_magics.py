# SPDX-License-Identifier: GPL-3.0-or-later
"""Recognises the commands of IPython ("magics"), which jupytext writes as comments so that scripts remain valid."""
import functools
import re

SHELL_COMMANDS = ("cat", "cd", "cp", "mv", "rm", "rmdir", "mkdir", "copy", "ddir", "echo", "ls", "ldir", "ren")
PYTHON_MAGICS = (
    re.compile(r"^\s*(?:# ?)*\s*[?!]\s*[A-Za-z.~$\\/{}]"),  # !ls, ?print
    re.compile(r"^(?:# ?)*\s*[a-zA-Z_][a-zA-Z_$0-9]*\s*=\s*(?:%{1,3}|!)[a-zA-Z]"),  # x = %time f(), files = !ls
    re.compile(r"^(?:# ?)*(?:%s)(?:$|\s$|\s[^=,])" % "|".join(SHELL_COMMANDS)),  # ls -l
)
HELP = re.compile(r"^\s*(?:# )*\S*\?\s*$")  # print?
CONTINUED = re.compile(r"\\\s*$")
WITHOUT_MAGICS = ("octave", "matlab", "sql", "sas")


@functools.lru_cache
def patterns(language, comment):
    """Returns the patterns of magics, of magics that are marked as such, and of lines that are marked as none."""
    sign = re.escape(comment)
    begin = {"rust": r"^(?:%s ?)*:[a-zA-Z]" % sign, "csharp": r"^(?:%s ?)*#![a-zA-Z]" % sign,
             "go": r"^(?:%s ?)*(?:!\*?|%%{1,3})[a-zA-Z]" % sign}.get(language, r"^\s*(?:%s ?)*%%{1,3}[a-zA-Z]" % sign)
    return re.compile(begin), re.compile(begin + r".*%s\s*escape" % sign), re.compile(begin + r".*%s\s*noescape" % sign)


def is_magic(line, language, comment, is_code=False):
    """Returns whether a line is a command of IPython, commented or not. is_code: whether the line is certainly in a code cell."""
    if language in WITHOUT_MAGICS:
        return False
    magic, escaped, not_escaped = patterns(language, comment)
    if escaped.match(line):
        return True
    if not_escaped.match(line):
        return False
    if magic.match(line):
        return True
    return language == "python" and (any(pattern.match(line) for pattern in PYTHON_MAGICS) or is_code and bool(HELP.match(line)))


def uncomment_magics(lines, unquoted, language, comment, is_code):
    """Returns the lines, with one comment sign less before commands of IPython.

    unquoted: the indexes of lines outside of strings. is_code: as in is_magic().
    """
    lines = list(lines)
    commented = re.compile(r"^(\s*)%s ?" % re.escape(comment))
    is_continued = False
    for index in list(unquoted):
        line = lines[index]
        if is_continued or is_magic(line, language, comment, is_code):
            lines[index] = commented.sub(r"\1", line)
            is_continued = language == "python" and bool(CONTINUED.search(line))
    return lines

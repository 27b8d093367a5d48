# SPDX-License-Identifier: GPL-3.0-or-later
"""Expands the Jinja templates of CLX and CLM: the whole text of a deck, before it is split into cells.

Templates can use macros.j2 of this folder and the files that came with the job, and no other files. They run in Jinja's sandbox.
"""
import base64
import binascii
import os
import traceback

import jinja2
from jinja2.sandbox import SandboxedEnvironment

from nb_errors import NotebookError

FOLDER = os.path.dirname(os.path.abspath(__file__))
DEFAULT_AUTHOR = "Dr. Matthias Hölzl"  # the default in the payloads of CLM, and the only author in CLX


def expand(text, name, rules, prog_language, variables, other_files):
    """Returns the text with all templates expanded. name: of the deck, for error messages."""
    loaders = [jinja2.DictLoader(own_templates(prog_language.comment))]
    if rules == "clm":
        loaders.append(jinja2.DictLoader(sibling_templates(other_files)))
    environment = SandboxedEnvironment(
        loader=jinja2.ChoiceLoader(loaders), undefined=jinja2.StrictUndefined, keep_trailing_newline=True, autoescape=False,
        line_statement_prefix=prog_language.jinja_prefix)
    environment.globals.update(variables)
    try:
        template = environment.template_class.from_code(
            environment, environment.compile(text, name=name, filename=name), environment.make_globals(None))
        return template.render()
    except jinja2.TemplateSyntaxError as error:
        raise failure(error, error.message or "", error.name or name, error.lineno) from None
    except Exception as error:  # a template can fail like any program
        line, file = position(error, name)
        raise failure(error, str(error), file, line) from None


def failure(error, message, file, line):
    return NotebookError("jinja_failed", error=type(error).__name__, message=message.strip().split("\n")[0], file=file,
                         line=line or 0, detail=traceback.format_exc())


def position(error, name):
    """Returns the line at which a template failed, and the name of that template."""
    templates = [frame for frame in traceback.extract_tb(error.__traceback__) if not os.path.isabs(frame.filename)]
    frame = next((frame for frame in reversed(templates) if frame.filename == name), templates[-1] if templates else None)
    return (frame.lineno, frame.filename) if frame else (0, name)


def own_templates(comment):
    """Returns our templates by name. The macros are the same for all languages with the same comments."""
    return {"macros.j2": read("macros.python.j2" if comment == "#" else "macros.slashes.j2").decode(),
            "logo.svg.base64": base64.b64encode(read("logo.svg")).decode(),
            "logo.png.base64": base64.b64encode(read("logo.png")).decode()}


def read(name):
    with open(os.path.join(FOLDER, name), "rb") as file:
        return file.read()


def sibling_templates(other_files):
    """Returns the texts among the files that came with the job."""
    templates = {}
    for path, content in other_files.items():
        try:
            templates[path] = base64.b64decode(content, validate=True).decode("utf-8")
        except (binascii.Error, TypeError, ValueError):
            continue  # a picture or other data; prepare_folder() reports broken entries
    return templates

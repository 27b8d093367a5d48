# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the outputs of CLX and CLM: the steps from the text of a deck to the file, apart from reading and running cells."""
import copy
import hashlib
import re

import nbformat
from nbconvert import HTMLExporter

import nb_cache
import nb_cpp
import nb_export
import nb_jinja
import nb_languages
import nb_percent
import nb_rules
from nb_errors import NotebookError
from nb_media import Media
from nb_selection import Selection, tags_of

FORMATS = ("html", "notebook", "script")
REPLAY_MODES = ("replay", "once", "new-episodes", "refresh")
CACHING_KINDS = ("recording", "speaker")
CACHED_KINDS = ("trainer", "completed", "partial")
LINE_STATEMENT = re.compile(r"^[ \t]*(?:#|//) j2 (?:from|import|include|if|for|set|macro|extends|block)\b", re.MULTILINE)
NO_WARNING = {"is_warning": False}  # a note that is not a problem, or for which there is a warning of CLM
LOST_METADATA = ("lines_to_next_cell", "slide_id", "for_slide")  # in CLM
# The scripts that pages load when they are opened, as in CLM. Debian's defaults are files of this machine.
SCRIPTS = {
    "jquery_url": "https://cdnjs.cloudflare.com/ajax/libs/jquery/2.0.3/jquery.min.js",
    "require_js_url": "https://cdnjs.cloudflare.com/ajax/libs/require.js/2.1.10/require.min.js",
    "mathjax_url": "https://cdnjs.cloudflare.com/ajax/libs/mathjax/2.7.7/latest.js?config=TeX-AMS_CHTML-full,Safe",
}
html_exporter = []  # kept because compiling the templates takes a third of a second


class Deck:
    """One job of CLX or CLM. rules: "clx" or "clm"."""

    def __init__(self, job):
        self.job = job
        self.rules = job["rules"]
        self.kind = nb_rules.normalized_kind(str(job.get("kind") or ""))
        self.language = str(job.get("language") or "")
        self.format = job["format"]
        self.prog_language = nb_languages.language(self.rules, str(job.get("prog_lang") or ""))
        self.is_cpp_unit = self.rules == "clm" and self.format == "script" and self.prog_language.comment == "//" \
            and self.prog_language.jupytext_name == "c++"
        self.media = Media(job)
        self.text = ""
        self.retained = []  # the cells of the recording for the cache, as pairs of a cell and its lost metadata
        self.notes = [{"code": "rules_used", "rules": self.rules, **NO_WARNING}]
        self.warnings = []
        self.is_from_cache = False
        self.check()

    def check(self):
        nb_rules.check_kind(self.rules, self.kind)
        if not self.language:
            raise NotebookError("no_language")
        if self.format not in FORMATS:
            raise NotebookError("unknown_clm_format", format=self.format, rules=self.rules)
        if self.job["name"].lower().endswith(".md"):
            raise NotebookError("markdown_deck")
        if self.job.get("http_replay_mode") not in REPLAY_MODES:
            refuse_replay(self.job)

    def executes(self):
        """Returns whether the cells of this output are run."""
        return self.format == "html" and nb_rules.executes(self.kind) and not self.job.get("skip_evaluation")

    def expand(self, text):
        """Returns the text with its templates expanded. Fails if cells have to run that need recorded answers of web servers."""
        if self.executes():
            refuse_replay(self.job)
        if self.job["name"].lower().endswith(".ipynb"):
            return text  # the line statements of Jinja would break the JSON
        author = self.job.get("author")
        variables = {"is_notebook": self.format == "notebook", "is_html": self.format == "html", "lang": self.language,
                     "author": nb_jinja.DEFAULT_AUTHOR if author is None else author,
                     "organization": self.job.get("organization") or ""}
        text = text.removeprefix("\ufeff").replace("\r\n", "\n")
        self.text = nb_jinja.expand(text, self.job["name"] or "deck", self.rules, self.prog_language, variables,
                                    self.job.get("other_files") or {})
        if not nb_percent.has_marker(self.text, self.prog_language):
            self.text = "%s %%%%\n%s" % (self.prog_language.comment, self.text)  # a single cell
        return self.text

    def select(self, notebook, positions):
        """Selects and changes the cells. Returns their positions."""
        keys = {key for cell in notebook.cells for key in cell.metadata}
        if self.rules == "clx":
            nb_percent.note_unusual_gaps(notebook, self.text, self.prog_language)
        all_cells = [(cell, {key: cell.metadata[key] for key in LOST_METADATA[1:] if key in cell.metadata})
                     for cell in notebook.cells]
        sources = [cell.source for cell in notebook.cells]
        selection = Selection(self.rules, self.kind, self.language)
        kept_positions = selection.select(notebook, positions)
        ids = set()
        for cell, index in zip(notebook.cells, selection.indices):
            self.warn_about_tags(cell, index, positions[index].number)
            cell["id"] = cell_id(sources[index], index, ids)
            self.change(cell, index in selection.emptied, selection.in_workshop[index])
        self.retain(all_cells, selection.indices, ids)
        nb_languages.describe(notebook, self.prog_language, self.rules, keys)
        notebook.nbformat, notebook.nbformat_minor = 4, 5
        self.notes += selection.notes + [{"code": "picture_missing", "path": path} for path in self.media.missing]
        self.note_missing_results(notebook)
        return kept_positions

    def note_missing_results(self, notebook):
        if self.format == "html" and not self.executes() and any(cell.cell_type == "code" for cell in notebook.cells):
            skipped = bool(self.job.get("skip_evaluation"))
            note = {"code": "not_executed", "kind": self.kind, "skipped": skipped}
            # CLM does not warn about it. Pages of the kind partial have results if the recording was made before them.
            self.notes.append(note if self.kind == "partial" and not skipped else {**note, **NO_WARNING})

    def uses_cache(self):
        return self.rules == "clm" and self.format == "html" and not self.job.get("skip_evaluation")

    def cached(self):
        """Returns the executed recording of this deck from CLM's cache, or None."""
        may_reuse = self.uses_cache() and self.kind in CACHED_KINDS and not self.job.get("fallback_execute")
        return nb_cache.find(self.job) if may_reuse else None

    def select_cached(self, notebook, positions):
        """Selects the cells of a recording from the cache. They are already changed and executed."""
        selection = Selection(self.rules, self.kind, self.language)
        selection.select(notebook, positions)
        for cell, index in zip(notebook.cells, selection.indices):
            if cell.cell_type == "markdown" and index in selection.emptied:
                cell.source = self.prefix()
            for key in LOST_METADATA:
                cell.metadata.pop(key, None)
        self.is_from_cache = True
        self.notes.append({"code": "from_cache", **NO_WARNING})

    def sources(self):
        """Returns the files on which the output depends.

        The cache is one of them for pages that are made from it, and for pages of the kind partial that lack results. It changes whenever
        any deck is recorded, but making these pages again takes little time, because no cells are run. Other kinds that are not in the
        cache were executed, and are complete.
        """
        depends_on_cache = self.is_from_cache or self.uses_cache() and self.kind == "partial"
        return self.media.sources + (nb_cache.files() if depends_on_cache else [])

    def retain(self, all_cells, selected, ids):
        """Keeps the cells of a recording for the cache: those of the page, and the starting points, which are never executed."""
        if not self.uses_cache() or self.kind not in CACHING_KINDS:
            return
        for index, (cell, lost) in enumerate(all_cells):
            tags = tags_of(cell)
            is_start = "start" in tags and "del" not in tags and cell.metadata.get("lang") in (None, "", self.language)
            if index not in selected and is_start:
                cell["id"] = cell_id(cell.source, index, ids)
                self.change(cell, False, False)
            if index in selected or is_start:
                self.retained.append((cell, lost))

    def store_in_cache(self, notebook):
        if not self.retained:
            return
        stored = copy.copy(notebook)
        stored.cells = []
        for cell, lost in self.retained:
            stored.cells.append(copy.deepcopy(cell))
            stored.cells[-1].metadata.update(lost)
        reason = nb_cache.store(self.job, stored)
        if reason:
            self.notes.append({"code": "not_cached", "reason": reason, **NO_WARNING})

    def prefix(self):
        return "*Answer:* " if self.language == "en" else "*Antwort:* "

    def warn_about_tags(self, cell, index, number):
        """Reports tags as CLM does. index: counted from 0, as in the warnings of CLM."""
        tags = tags_of(cell)
        for tag in nb_rules.unknown_tags(cell.cell_type, tags):
            self.warn("invalid_tag", "low", "Unknown tag '%s' for %s cell #%d" % (tag, cell.cell_type, index))
            self.notes.append({"code": "invalid_tag", "tag": tag, "type": cell.cell_type, "cell": number, **NO_WARNING})
        slide_tags = [tag for tag in tags if tag in nb_rules.SLIDE_TAGS[self.rules]]
        if len(slide_tags) > 1:
            self.warn("multiple_slide_tags", "medium",
                      "Cell #%d has multiple slide tags: %s. One will be chosen arbitrarily." % (index, slide_tags))
            self.notes.append({"code": "multiple_slide_tags", "tags": slide_tags, "cell": number, **NO_WARNING})
        if self.rules == "clx" and self.kind in nb_rules.STUDENT_KINDS and "voiceover" in tags:
            self.notes.append({"code": "voiceover_kept", "cell": number})

    def warn(self, category, severity, message, **details):
        self.warnings.append({"category": category, "severity": severity, "message": message, "details": details})

    def change(self, cell, is_emptied, in_workshop):
        tags = tags_of(cell)
        slide_type = next((tag for tag in tags if tag in nb_rules.SLIDE_TAGS[self.rules]), None)
        if slide_type:
            cell.metadata["slideshow"] = {"slide_type": slide_type}
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
        elif cell.cell_type == "markdown":
            self.change_text(cell, tags, is_emptied)
        for key in LOST_METADATA if self.rules == "clm" else ():
            cell.metadata.pop(key, None)
        if self.kind == "partial" and in_workshop:
            cell.metadata.setdefault("tags", [])

    def change_text(self, cell, tags, is_emptied):
        for tag, style in nb_rules.BOX_STYLES[self.rules].items():
            if tag in tags and not is_emptied:
                cell.source = "<div style='%s'>\n%s\n</div>" % (style, cell.source)
        if "answer" in tags:
            cell.source = self.prefix() + cell.source
        cell.source = self.media.change(cell.source, "nodataurl" not in tags)

    def clear_failed_cells(self, notebook, positions):
        """Removes the results of cells that failed, after running a deck that skips errors."""
        failed = [index for index, cell in enumerate(notebook.cells)
                  if any(output.get("output_type") == "error" for output in cell.get("outputs", ()))]
        for index in failed:
            notebook.cells[index].outputs = []
            notebook.cells[index].execution_count = None
        if failed:
            self.warn("skip_errors_cell_failed", "low", "Cells that failed were skipped: %s" % failed, cell_indices=failed,
                      format=self.format, kind=self.kind, language=self.language)
            self.notes.append({"code": "errors_skipped", "cells": [positions[index].number for index in failed], **NO_WARNING})

    def export(self, notebook, title):
        """Returns the output as bytes."""
        if self.format == "html":
            return self.html(notebook, title).encode("utf-8", "replace")
        if self.format == "notebook":
            text = nbformat.writes(notebook, version=nbformat.NO_CONVERT)
            return (text.rstrip("\n") + "\n").encode()
        if self.is_cpp_unit:
            return nb_cpp.translation_unit(notebook, self.kind).encode()
        return nb_percent.write(notebook, self.prog_language).encode()

    def html(self, notebook, title):
        if not html_exporter:
            html_exporter.append(HTMLExporter(template_name="classic", **SCRIPTS))
        nb_export.overwrite_lines(notebook)
        nb_export.svg_as_images(notebook)
        text, _ = html_exporter[0].from_notebook_node(notebook, resources={"metadata": {"name": title}})
        style = "<style type=\"text/css\">\n%s</style>\n</head>" % nb_jinja.read("page.css").decode()
        return text.replace("</head>", style, 1)


def refuse_replay(job):
    """Fails if the job needs recorded answers of web servers."""
    mode = job.get("http_replay_mode") or "disabled"
    if mode != "disabled":
        raise NotebookError("http_replay", mode=mode)


def notes_for_own_rules(job):
    """Returns notes about what our own rules leave as it is in decks and jobs of CLM."""
    keys = [key for key in ("svg_available_stems", "inline_images", "cross_references") if job.get(key)]
    keys += ["img_path_prefix"] if job.get("img_path_prefix") not in (None, "", "img/") else []
    notes = [{"code": "keys_without_effect", "keys": keys}] if keys else []
    return notes + ([{"code": "templates_not_expanded"}] if LINE_STATEMENT.search(job["data"]) else [])


def cell_id(source, index, used):
    """Returns the id of a cell, which depends on its text only, and adds it to the ids that are used."""
    digest = hashlib.sha3_224(source.encode("utf-8", "surrogatepass"))
    while digest.hexdigest()[:16] in used:
        digest.update(("%d:%s" % (index, source)).encode("utf-8", "surrogatepass"))
    used.add(digest.hexdigest()[:16])
    return digest.hexdigest()[:16]

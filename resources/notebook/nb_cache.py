# SPDX-License-Identifier: GPL-3.0-or-later
"""CLM's cache of executed notebooks: the recording of a deck is stored, and the other pages are made from it.

CLM_CACHE_DB_PATH names the file. Without it, there is no cache. A cache that cannot be used never fails a job.
"""
import hashlib
import os
import sqlite3

import nbformat

FORMAT = "nbformat-json"  # older versions of CLM stored pickles, which are never read
TIMEOUT = 5  # seconds that a locked file is waited for
KEY = "input_file = ? AND content_hash = ? AND language = ? AND prog_lang = ?"
FIND = "SELECT executed_notebook FROM executed_notebooks WHERE payload_format = ? AND " + KEY
CREATE = """CREATE TABLE IF NOT EXISTS executed_notebooks (
    id INTEGER PRIMARY KEY AUTOINCREMENT, input_file TEXT, content_hash TEXT, language TEXT, prog_lang TEXT,
    executed_notebook TEXT, payload_format TEXT, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (input_file, content_hash, language, prog_lang))"""
STORE = """INSERT OR REPLACE INTO executed_notebooks
    (input_file, content_hash, language, prog_lang, executed_notebook, payload_format) VALUES (?, ?, ?, ?, ?, ?)"""


def path():
    return os.environ.get("CLM_CACHE_DB_PATH") or ""


def files():
    """Returns the files of the cache, on which everything depends that was read from it or was not found in it.

    The second one contains what has been written but not yet moved to the first one.
    """
    return [path(), path() + "-wal"] if path() else []


def execution_hash(job):
    """Returns CLM's hash of everything on which the results of the cells depend. job: with the keys of its payload."""
    dependencies = "%s:%s:%s:%s" % (job.get("template_fingerprint") or "", job.get("worker_image_identity") or "",
                                    bool(job.get("skip_evaluation")), bool(job.get("skip_errors")))
    others = job.get("other_files") or {}
    for name in sorted(others):
        if name != job.get("http_replay_cassette_name"):
            dependencies += "\n%d:%s:%d:%s" % (len(name), name, len(others[name]), others[name])
    text = "4:%s:%s:%s:%s" % (job["prog_lang"], job["language"], sha256(dependencies), job["data"])
    return sha256(text)


def sha256(text):
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def key(job):
    return job.get("payload_input_file") or "", execution_hash(job), job["language"], job["prog_lang"]


def find(job):
    """Returns the executed notebook of the recording, or None if there is none."""
    if not path() or not os.path.isfile(path()):
        return None
    try:
        connection = sqlite3.connect("file:%s?mode=ro" % path().replace("%", "%25").replace("?", "%3f").replace("#", "%23"),
                                     uri=True, timeout=TIMEOUT)
        try:
            row = connection.execute(FIND, (FORMAT, *key(job))).fetchone()
        finally:
            connection.close()
        return nbformat.reads(row[0], as_version=4) if row else None
    except Exception:  # another version of CLM may store something else
        return None


def store(job, notebook):
    """Stores the executed notebook of a recording. Returns why it could not be stored; empty if it was, or if there is no cache."""
    if not path():
        return ""
    try:
        connection = sqlite3.connect(path(), timeout=TIMEOUT)
        try:
            with connection:
                connection.execute(CREATE)
                text = nbformat.writes(notebook, version=nbformat.NO_CONVERT)
                connection.execute(STORE, (*key(job), text, FORMAT))
        finally:
            connection.close()
        return ""
    except Exception as error:  # of SQLite, or a text that it cannot store
        return str(error) or type(error).__name__

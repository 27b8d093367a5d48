# SPDX-License-Identifier: GPL-3.0-or-later
"""Converts notebooks for lifeguard-worker, one after another. It stays open between jobs, so that nbconvert is imported once.

Each line on stdin is a job, a JSON object with the keys id, data, name, folder, workspace, allow_files,
source_patterns, private, kind, language, prog_lang, format, other_files and output. Each line on stdout is a JSON object with
the key event: "ready" or "import_failed" once after the start; then for each job "started", "cell" before each cell that is
run, and finally "completed" (with notes and sources) or "failed". The program ends when its stdin is closed.
"""
import base64
import binascii
import ctypes
import json
import os
import shutil
import signal
import sys
import traceback

PR_SET_CHILD_SUBREAPER = 36


def detach_standard_streams():
    """Returns the pipes to the worker as files that kernels do not inherit.

    Afterwards stdin is empty, and output to stdout is written to stderr.
    """
    requests = os.fdopen(os.dup(0), "r", encoding="utf-8", newline="\n")
    messages = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    return requests, messages


requests, messages = detach_standard_streams()


def send(message):
    messages.write(json.dumps(message) + "\n")
    messages.flush()


try:
    import nb_export
    import nb_reader
    import nb_runner
    import nb_selection
    import nb_sources
    from nb_errors import NotebookError
    from nbformat import ValidationError
except Exception as error:  # ImportError, and any other exception of a broken installation
    send({"event": "import_failed", "module": getattr(error, "name", None) or "", "reason": str(error),
          "detail": traceback.format_exc()})
    sys.exit(3)


def convert(job):
    """Writes the output of a job. Returns the facts of its "completed" message."""
    kind, language, prog_lang = (str(job.get(key) or "") for key in ("kind", "language", "prog_lang"))
    format_name = job["format"]
    notebook, positions = nb_reader.read(job["data"], job["name"], prog_lang)
    declared = nb_sources.declared_names(notebook) + list(job.get("source_patterns") or ())
    positions = nb_selection.select_cells(notebook, positions, kind, language)
    run_folder = os.path.join(job["private"], "r")
    folder = prepare_folder(job)
    sources, missing = nb_sources.find_files(declared, folder, job["name"])
    notes = [{"code": "sources_missing", "names": missing}] if missing else []
    # Half of the code is missing in a code-along, so the rest cannot be run.
    if format_name in nb_export.EXECUTED_FORMATS and not kind.lower().startswith("code") and has_code(notebook):
        kernel = nb_runner.find_kernel(notebook, prog_lang)
        os.makedirs(run_folder, 0o700, exist_ok=True)
        try:
            runner = nb_runner.Runner(notebook, positions, kernel, folder, run_folder,
                                      lambda message: send({"id": job["id"], **message}), watched=watched_folders(job, folder))
            runner.run()
            notes += runner.notes + undeclared_note(job, run_folder, sources, folder)
        finally:
            kill_children()
            shutil.rmtree(run_folder, ignore_errors=True)
    title = os.path.splitext(job["name"])[0] or "notebook"
    roots = [folder, job.get("workspace"), *(job.get("allow_files") or ())]
    output, further_notes = nb_export.export(notebook, format_name, title, folder, prog_lang, roots, os.path.dirname(job["output"]))
    nb_export.write(job["output"], output)
    is_private = folder == private_folder(job)  # the files in it are part of the job
    return {"notes": notes + further_notes, "sources": [] if is_private else sources}


def watched_folders(job, folder):
    """Returns the folders in which files that cells read are noticed."""
    return [] if folder == private_folder(job) else [path for path in (folder, job.get("workspace")) if path]


def undeclared_note(job, run_folder, sources, folder):
    """Returns a note about the files that cells have read although the notebook does not declare them."""
    names, more = nb_sources.shortened(nb_sources.undeclared_files(os.path.join(run_folder, "opened"), sources, folder, job["name"]))
    return [{"code": "undeclared_files", "names": names, "more": more}] if names else []


def has_code(notebook):
    return any(cell.cell_type == "code" and cell.source.strip() for cell in notebook.cells)


def private_folder(job):
    return os.path.join(job["private"], "job")


def prepare_folder(job):
    """Returns the folder in which the cells run.

    It is the folder of the input. If the job contains other files, it is a private folder to which these files are written.
    """
    others = job.get("other_files") or {}
    if not others and os.path.isdir(job["folder"]):
        return job["folder"]
    private = private_folder(job)
    os.makedirs(private, 0o700, exist_ok=True)
    for path, content in {**others, os.path.basename(job["name"]) or "notebook": None}.items():
        clean = os.path.normpath(path)
        if os.path.isabs(clean) or clean.split(os.sep)[0] == ".." or clean == ".":
            raise NotebookError("invalid_other_file", path=path, reason="")
        target = os.path.join(private, clean)
        try:
            raw = job["data"].encode() if content is None else base64.b64decode(content, validate=True)
            os.makedirs(os.path.dirname(target), 0o700, exist_ok=True)
            with open(target, "wb") as file:
                file.write(raw)
        except (OSError, binascii.Error, TypeError, ValueError) as error:
            raise NotebookError("invalid_other_file", path=path, reason=str(error), errno=getattr(error, "errno", None) or 0) from None
    return private


def kill_children():
    """Kills the kernel and all processes that cells have started.

    Orphans are children of this process as well, because it is a subreaper.
    """
    for _ in range(100):
        pids = descendants(os.getpid(), set())
        if not pids:
            return
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
        try:
            os.waitpid(-1, 0)
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass


def descendants(pid, found):
    """Adds the pids of all descendants of a process to the set, and returns the set."""
    try:
        for thread in os.listdir("/proc/%d/task" % pid):
            with open("/proc/%d/task/%s/children" % (pid, thread), encoding="ascii") as file:
                for child in map(int, file.read().split()):
                    if child not in found:
                        found.add(child)
                        descendants(child, found)
    except OSError:
        pass
    return found


def main():
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    send({"event": "ready"})
    for line in requests:
        job = json.loads(line)
        send({"id": job["id"], "event": "started"})
        try:
            result = {"event": "completed", **convert(job)}
        except NotebookError as error:
            result = {"event": "failed", "code": error.code, **error.facts}
        except ValidationError as error:
            result = {"event": "failed", "code": "invalid_notebook", "reason": str(error.message).split("\n")[0],
                      "detail": str(error)}
        except BaseException as error:
            message = str(error).strip().split("\n")[0]
            result = {"event": "failed", "code": "internal_error", "error": type(error).__name__, "message": message,
                      "detail": traceback.format_exc()}
        finally:
            shutil.rmtree(private_folder(job), ignore_errors=True)
        send({"id": job["id"], **result})


main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Converts notebooks for lifeguard-worker, one after the other, kept warm between them: nbconvert is imported once.

One JSON object a line on stdin is a job: id, data, name, folder, private, kind, language, prog_lang, format, other_files,
output. On stdout, a JSON object a line: "ready" or "unusable" once; for each job "begun", "cell" before each cell that runs,
and at its end "done" or "failed". Ends with its stdin.
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


def take_over_pipes():
    """The pipes to the worker are ours alone: what a kernel reads is nothing, what it prints goes to stderr."""
    requests = os.fdopen(os.dup(0), "r", encoding="utf-8", newline="\n")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, answers


requests, answers = take_over_pipes()


def tell(facts):
    answers.write(json.dumps(facts) + "\n")
    answers.flush()


try:
    import nb_choosing
    import nb_exporting
    import nb_reading
    import nb_running
    from nb_trouble import Trouble
    from nbformat import ValidationError
except Exception as problem:  # ImportError, and what a broken installation throws
    tell({"event": "unusable", "module": getattr(problem, "name", None) or "", "reason": str(problem), "detail": traceback.format_exc()})
    sys.exit(3)


def convert(job):
    kind, language, prog_lang = (str(job.get(key) or "") for key in ("kind", "language", "prog_lang"))
    format_name = job["format"]
    notebook, places = nb_reading.read(job["data"], job["name"], prog_lang)
    places = nb_choosing.choose(notebook, places, kind, language)
    run_folder = os.path.join(job["private"], "r")
    folder = folder_of(job)
    # Half of the code is left out in a code-along: the rest of it cannot run.
    if format_name in nb_exporting.RUN and not kind.lower().startswith("code") and has_code(notebook):
        kernel = nb_running.kernel_for(notebook, prog_lang)
        os.makedirs(run_folder, 0o700, exist_ok=True)
        try:
            nb_running.Runner(notebook, places, kernel, folder, run_folder,
                              lambda facts: tell({"id": job["id"], **facts})).run()
        finally:
            end_children()
            shutil.rmtree(run_folder, ignore_errors=True)
    title = os.path.splitext(job["name"])[0] or "notebook"
    nb_exporting.write(job["output"], nb_exporting.export(notebook, format_name, title, folder, prog_lang))


def has_code(notebook):
    return any(cell.cell_type == "code" and cell.source.strip() for cell in notebook.cells)


def job_folder(job):
    return os.path.join(job["private"], "job")


def folder_of(job):
    """Where the cells run: beside the input, or in a folder of its own with the files that came with the job."""
    others = job.get("other_files") or {}
    if not others and os.path.isdir(job["folder"]):
        return job["folder"]
    private = job_folder(job)
    os.makedirs(private, 0o700, exist_ok=True)
    for path, content in {**others, os.path.basename(job["name"]) or "notebook": None}.items():
        clean = os.path.normpath(path)
        if os.path.isabs(clean) or clean.split(os.sep)[0] == ".." or clean == ".":
            raise Trouble("bad_other_file", path=path, reason="")
        target = os.path.join(private, clean)
        try:
            raw = job["data"].encode() if content is None else base64.b64decode(content, validate=True)
            os.makedirs(os.path.dirname(target), 0o700, exist_ok=True)
            with open(target, "wb") as file:
                file.write(raw)
        except (OSError, binascii.Error, TypeError, ValueError) as error:
            raise Trouble("bad_other_file", path=path, reason=str(error)) from None
    return private


def end_children():
    """The kernel, and all that its cells started and left behind: we are their reaper, so they are our children."""
    for _ in range(100):
        pids = children(os.getpid(), set())
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


def children(pid, seen):
    """All descendants."""
    try:
        for thread in os.listdir("/proc/%d/task" % pid):
            with open("/proc/%d/task/%s/children" % (pid, thread), encoding="ascii") as file:
                for child in map(int, file.read().split()):
                    if child not in seen:
                        seen.add(child)
                        children(child, seen)
    except OSError:
        pass
    return seen


def main():
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    tell({"event": "ready"})
    for line in requests:
        job = json.loads(line)
        tell({"id": job["id"], "event": "begun"})
        try:
            convert(job)
            answer = {"event": "done"}
        except Trouble as trouble:
            answer = {"event": "failed", "what": trouble.what, **trouble.facts}
        except ValidationError as problem:
            answer = {"event": "failed", "what": "damaged", "reason": str(problem.message).split("\n")[0], "detail": str(problem)}
        except BaseException as problem:
            words = str(problem).strip().split("\n")[0]
            answer = {"event": "failed", "what": "inside", "error": type(problem).__name__, "words": words, "detail": traceback.format_exc()}
        finally:
            shutil.rmtree(job_folder(job), ignore_errors=True)
        tell({"id": job["id"], **answer})


main()

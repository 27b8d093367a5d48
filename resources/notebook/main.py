# SPDX-License-Identifier: GPL-3.0-or-later
"""Converts notebooks for lifeguard-worker, one after another. It stays open between jobs, so that nbconvert is imported once.

A line {"ahead": KERNEL, "private": FOLDER} on stdin starts a kernel for the first job. Each other line is a job, a JSON object
with the keys id, data, name, folder, workspace, allow_files, source_patterns, private, rules, format, output, and those keys of
the payload that NotebookConverter::makeRequest() passes on. Each line on stdout is a JSON object with the key event: "ready" or
"import_failed" once after the start; then for each job "started", "cell" before each cell that is run, and finally "completed"
(with notes, warnings and sources) or "failed". The program ends when its stdin is closed.
"""
import base64
import binascii
import ctypes
import json
import os
import select
import shutil
import signal
import sys
import traceback

PR_SET_CHILD_SUBREAPER = 36
SPARE_LIMIT = 600  # seconds without a job, after which the kernel that was started ahead is ended


def detach_standard_streams():
    """Returns the pipes to the worker, a file descriptor and a file, which kernels do not inherit.

    Afterwards stdin is empty, and output to stdout is written to stderr.
    """
    requests = os.dup(0)
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
    import nb_clm
    import nb_export
    import nb_reader
    import nb_rules
    import nb_runner
    import nb_sources
    import nb_spare
    from nb_errors import NotebookError
    from nb_selection import Selection
    from jupyter_client.utils import run_sync
    from nbformat import ValidationError
except Exception as error:  # ImportError, and any other exception of a broken installation
    send({"event": "import_failed", "module": getattr(error, "name", None) or "", "reason": str(error),
          "detail": traceback.format_exc()})
    sys.exit(3)


def convert(job):
    """Writes the output of a job. Returns the facts of its "completed" message."""
    prog_lang = str(job.get("prog_lang") or "")
    deck = nb_clm.Deck(job) if job.get("rules") in ("clx", "clm") else None
    cached = deck.cached() if deck else None
    if cached:
        return write_cached(job, deck, cached)
    text = deck.expand(job["data"]) if deck else job["data"]
    notebook, positions = nb_reader.read(text, job["name"], prog_lang)
    if text != job["data"]:
        for position in positions:
            position.line = 0  # lines of the expanded text would mislead
    declared = nb_sources.declared_names(notebook)
    selection = deck or Selection("lifeguard", str(job.get("kind") or ""), str(job.get("language") or ""))
    positions = selection.select(notebook, positions)
    folder = prepare_folder(job)
    sources, missing, outside = nb_sources.find_files(declared, job.get("source_patterns") or (), folder, job["name"], roots_of(job, folder))
    notes = [{"code": "sources_missing", "names": missing}] if missing else []
    notes += [{"code": "sources_outside", "names": outside}] if outside else []
    if (deck.executes() if deck else executes_own(job)) and has_code(notebook):
        notes += run(job, notebook, positions, folder, sources, is_exact=bool(deck))
    is_private = folder == private_folder(job)  # the files in it are part of the job
    facts = {"notes": notes, "sources": [] if is_private else sources}
    if deck:
        write_deck(job, deck, notebook, positions, facts)
    else:
        write_own(job, selection, notebook, folder, facts)
    facts["sources"] = list(dict.fromkeys(facts["sources"]))
    return facts


def write_cached(job, deck, notebook):
    deck.select_cached(notebook, [nb_reader.CellPosition(number) for number in range(1, len(notebook.cells) + 1)])
    nb_export.write(job["output"], deck.export(notebook, title_of(job)))
    return {"notes": deck.notes, "warnings": deck.warnings, "sources": deck.sources()}


def write_deck(job, deck, notebook, positions, facts):
    deck.clear_failed_cells(notebook, positions)
    deck.store_in_cache(notebook)
    nb_export.write(job["output"], deck.export(notebook, title_of(job)))
    facts["notes"] = deck.notes + facts["notes"]
    facts["sources"] = facts["sources"] + deck.sources()
    facts["warnings"] = deck.warnings


def roots_of(job, folder):
    """Returns the folders whose files text cells and declarations can name. folder: that in which the cells run."""
    return [folder, job.get("workspace"), *(job.get("allow_files") or ())]


def write_own(job, selection, notebook, folder, facts):
    output, notes, pictures = nb_export.export(notebook, job["format"], title_of(job), folder, str(job.get("prog_lang") or ""),
                                               roots_of(job, folder), os.path.dirname(job["output"]))
    nb_export.write(job["output"], output)
    facts["notes"] += notes + selection.notes + nb_clm.notes_for_own_rules(job)
    if folder != private_folder(job):
        facts["sources"] += pictures


def run(job, notebook, positions, folder, sources, is_exact):
    """Runs the cells of a notebook. Returns notes. is_exact: no other kernel than the one that the notebook names."""
    nb_clm.refuse_replay(job)
    kernel, notes = nb_runner.find_kernel(notebook, str(job.get("prog_lang") or ""), is_exact)
    settings = (job, notebook, positions, folder, sources, kernel)
    spare = spares.take(kernel, folder)
    if spare:
        try:
            return notes + run_in_kernel(*settings, spare.folder, spare.manager)
        except nb_runner.KernelLost:
            pass  # it ended while it waited; no cell has run
    return notes + run_in_kernel(*settings, nb_spare.new_folder(job["private"]))


def run_in_kernel(job, notebook, positions, folder, sources, kernel, run_folder, manager=None):
    """Runs the cells in a kernel, and ends it. Returns notes. manager: that of a kernel that has been started ahead."""
    try:
        runner = nb_runner.Runner(notebook, positions, kernel, folder, run_folder,
                                  lambda message: send({"id": job["id"], **message}),
                                  skips_errors=bool(job.get("skip_errors")), watched=watched_folders(job, folder),
                                  manager=manager, started=lambda: spares.start(kernel, job["private"]))
        runner.run()
        return runner.notes + undeclared_note(job, run_folder, sources, folder)
    finally:
        kill_children(spares.pid())
        shutil.rmtree(run_folder, ignore_errors=True)


def title_of(job):
    return os.path.splitext(job["name"])[0] or "notebook"


def executes_own(job):
    """Returns whether the cells of an output by our own rules are run: if the format shows results, and no code is missing."""
    kind = nb_rules.normalized_kind(str(job.get("kind") or ""))
    return job["format"] in nb_export.EXECUTED_FORMATS and nb_rules.executes(kind) and not job.get("skip_evaluation")


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
    is_own = job.get("rules") in (None, "lifeguard")  # CLX and CLM never run cells in the folder of the input
    if is_own and not others and os.path.isdir(job["folder"]):
        return job["folder"]
    private = private_folder(job)
    os.makedirs(private, 0o700, exist_ok=True)
    own_name = os.path.basename(job["name"]) or "notebook"
    for path, content in others.items():
        if path != own_name:
            write_other_file(private, path, lambda: base64.b64decode(content, validate=True))
    write_other_file(private, own_name, lambda: job["data"].encode())
    return private


def write_other_file(folder, path, content):
    """Writes a file that comes with a job. content: a function that returns the bytes."""
    clean = os.path.normpath(path)
    if os.path.isabs(clean) or clean.split(os.sep)[0] == ".." or clean == ".":
        raise NotebookError("invalid_other_file", path=path, reason="")
    target = os.path.join(folder, clean)
    try:
        raw = content()
        os.makedirs(os.path.dirname(target), 0o700, exist_ok=True)
        with open(target, "wb") as file:
            file.write(raw)
    except (OSError, binascii.Error, TypeError, ValueError) as error:
        raise NotebookError("invalid_other_file", path=path, reason=str(error), errno=getattr(error, "errno", None) or 0) from None


def kill_children(spared=0):
    """Kills the kernel and all processes that cells have started. spared: the pid of the kernel that was started ahead, or 0.

    Orphans are children of this process as well, because it is a subreaper.
    """
    kill_all(lambda: descendants(os.getpid(), set()) - (tree(spared) if spared else set()))


def kill_tree(pid):
    """Kills a child process and all processes that it has started."""
    kill_all(lambda: tree(pid) if pid in descendants(os.getpid(), set()) else set())


def kill_all(find):
    """Kills the processes that find() returns, until it returns none. Some of them must be children of this process."""
    for _ in range(100):
        pids = find()
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


def tree(pid):
    return descendants(pid, {pid})


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


def lines():
    """Returns the lines of the worker as they arrive. Ends the kernel that was started ahead if none arrives for a long time."""
    data = b""
    while True:
        ready, _, _ = select.select([requests], [], [], SPARE_LIMIT if spares.pid() else None)
        if not ready:
            spares.discard()
            continue
        received = os.read(requests, 1_000_000)
        if not received:
            return
        *complete, data = (data + received).split(b"\n")
        yield from complete


def main():
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    send({"event": "ready"})
    for line in lines():
        job = json.loads(line)
        if "ahead" in job:
            run_sync(spares.start)(job["ahead"], job["private"])
            continue
        send({"id": job["id"], "event": "started"})
        try:
            result = {"event": "completed", **convert(job)}
        except NotebookError as error:
            result = {"event": "failed", "code": error.code, "rules": job.get("rules"), **error.facts}
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


spares = nb_spare.Spares(kill_tree)
main()

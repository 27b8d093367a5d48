# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the cells of a notebook in a new kernel, and finds the line at which a cell failed."""
import json
import os
import re
import signal

from jupyter_client.kernelspec import KernelSpecManager
from nbclient.exceptions import CellExecutionError, DeadKernelError
from traitlets.config import Config

from nb_client import CellClient, InputRequested, OutputIncomplete, megabytes
from nb_errors import NotebookError
from nb_kernels import config_for, die_with_parent

ANSI = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
FRAME = re.compile(r"^\s*(?:Cell |Input )?In ?\[(\d+)\](?:, line (\d+))?")
ARROW = re.compile(r"^-+> ?(\d+)(?: (.*))?$")
EXIT_CALL = re.compile(r"\b(?:exit|quit|_exit)\b")
EXIT_WARNING = re.compile(r"^.*UserWarning: To exit: use .*\n(?:  warn\(.*\n)?", re.MULTILINE)
INPUT_CALL = re.compile(r"\b(?:input|getpass|read|cat|breakpoint|set_trace)\b")
DEFAULT_KERNELS = {"python": "python3", "cpp": "xcpp17", "csharp": ".net-csharp", "java": "java",
             "typescript": "deno", "javascript": "deno", "r": "ir", "rust": "rust", "julia": "julia", "bash": "bash"}
LANGUAGE_ALIASES = {"c#": "csharp", "ipython": "python"}


class KernelLost(Exception):
    """The kernel that was started ahead has ended before the first cell."""


class NotebookEnded(Exception):
    """The last cell has ended the kernel, which is no error."""


def notebook_language(notebook, prog_lang):
    """Returns the language in lower case: of the notebook, otherwise of the job, otherwise Python."""
    metadata = notebook.metadata
    for holder, key in (("kernelspec", "language"), ("language_info", "name")):
        value = metadata.get(holder)
        if isinstance(value, dict) and value.get(key):
            return normalized_language(value[key])
    return normalized_language(prog_lang or "python")


def normalized_language(name):
    lowered = str(name).lower()
    if lowered.startswith("c++"):
        return "cpp"  # "C++17"
    return LANGUAGE_ALIASES.get(lowered, lowered)


def find_kernel(notebook, prog_lang, is_exact):
    """Returns the kernel that the notebook names or, if it is not installed, an installed kernel for the same language, and notes.

    Kernels are often named after environments ("conda-env-course-py") that do not exist on other machines. A notebook for Python 2
    is not run by a kernel for Python 3. is_exact: no other kernel is accepted.
    """
    specs = KernelSpecManager().get_all_specs()
    languages = {name: normalized_language(spec["spec"].get("language", "")) for name, spec in specs.items()}
    spec = notebook.metadata.get("kernelspec")
    named = str(spec.get("name") or "") if isinstance(spec, dict) else ""
    language = notebook_language(notebook, prog_lang)
    wanted = named or DEFAULT_KERNELS.get(language, language)
    if wanted in languages:
        return wanted, []
    info = notebook.metadata.get("language_info")
    version = str(info.get("version") or "") if isinstance(info, dict) else ""
    known_language = language if named == "" or isinstance(info, dict) or (isinstance(spec, dict) and spec.get("language")) else ""
    if not is_exact and known_language and not (known_language == "python" and (version.startswith("2") or wanted == "python2")):
        same = sorted(name for name, value in languages.items() if value == known_language)
        if same:
            used = "python3" if "python3" in same else same[0]
            return used, [{"code": "kernel_replaced", "kernel": named, "used": used}] if named else []
    raise NotebookError("kernel_missing", kernel=wanted, language=known_language, installed=sorted(languages))


class Runner:
    """Runs one notebook, and calls send(message) before each cell. notes are messages about cells whose output is not complete.

    skips_errors: go on after an exception in a cell. watched: the folders whose files nb_kernel.py records when cells read them.
    manager: that of a kernel that has been started ahead; by default a new kernel is started. started() is awaited when the kernel is
    ready.
    """

    def __init__(self, notebook, positions, kernel, folder, run_folder, send, skips_errors=False, watched=(), manager=None,
                 started=None):
        self.notebook = notebook
        self.positions = positions
        self.kernel = kernel
        self.run_folder = run_folder
        self.send = send
        self.notes = []
        self.index = None
        self.reply = None
        self.process = None
        with open(os.path.join(run_folder, "options.json"), "w", encoding="utf-8") as file:
            json.dump({"watched": list(watched), "folder": folder}, file)
        self.started = started
        config = config_for(run_folder) or Config()
        self.client = CellClient(
            notebook, run_folder, self.on_ended, config=config, kernel_name=kernel, timeout=None, allow_errors=skips_errors,
            startup_timeout=180, shutdown_kernel="immediate", record_timing=False, resources={"metadata": {"path": folder}},
            on_notebook_start=self.on_start, on_cell_execute=self.on_cell, on_cell_error=self.on_error)
        self.is_ahead = manager is not None
        if self.is_ahead:
            self.client.km = manager

    async def on_start(self, **_):
        self.process = getattr(self.client.km.provisioner, "process", None)
        if self.started:
            await self.started()

    def on_cell(self, cell, cell_index, **_):
        self.index = cell_index
        source = next((line for line in cell.source.split("\n") if line.strip()), "")
        self.send({"event": "cell", "cell": self.positions[cell_index].number, "source": shorten(source.strip(), 80)})

    def on_error(self, cell_index, execute_reply, **_):
        self.reply = execute_reply["content"]

    def on_ended(self, reply):
        """Ends the notebook if its kernel ends with the cell that has just been executed."""
        cell = self.notebook.cells[self.index]
        may_fail = self.client.allow_errors or "raises-exception" in (cell.metadata.get("tags") or ())
        mark = os.path.join(self.run_folder, "asked")
        if os.path.exists(mark):
            if not may_fail:
                raise self.input_error(reply)
            os.unlink(mark)
        if any(item.get("source") == "ask_exit" and not item.get("keepkernel") for item in reply.get("payload") or ()):
            if self.remaining():
                raise NotebookError("cell_exited", **self.place(*exit_line(cell.source)), remaining=self.remaining())
            raise NotebookEnded()
        if reply.get("status") == "error" and reply.get("ename") == "SystemExit" and not may_fail:
            self.end_by_exception(cell, reply)

    def end_by_exception(self, cell, reply):
        """Ends the notebook after sys.exit(). With an exit code other than 0 the cell has failed, as a program would have."""
        if str(reply.get("evalue") or "") not in ("", "0", "None", "False"):
            return
        if self.remaining():
            raise NotebookError("cell_exited", **self.failed_place(reply), remaining=self.remaining())
        remove_exit_messages(cell)
        raise NotebookEnded()

    def remaining(self):
        """Returns the number of cells after the current one that contain code."""
        return sum(1 for cell in self.notebook.cells[self.index + 1:] if cell.cell_type == "code" and cell.source.strip())

    def run(self):
        for cell in self.notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = []
                cell.execution_count = None
        try:
            self.client.execute(preexec_fn=die_with_parent)
        except NotebookEnded:
            pass
        except CellExecutionError as error:
            raise self.cell_error(error) from None
        except DeadKernelError:
            self.end_with_kernel()
        except InputRequested:
            raise self.input_error({}) from None
        except OutputIncomplete:
            raise NotebookError("output_incomplete", **self.position()) from None
        except (RuntimeError, OSError) as error:
            if self.process is not None:
                raise
            if self.is_ahead:
                raise KernelLost() from None
            raise NotebookError("kernel_start_failed", kernel=self.kernel, reason=str(error)) from None
        for index, missing in sorted(self.client.cuts.items()):
            self.notes.append({"code": "output_cut", "cell": self.positions[index].number, "missing": megabytes(missing)})

    def end_with_kernel(self):
        """Accepts a kernel that the last cell has ended without an error. Raises an error for any other kernel that has ended."""
        if self.index is None:
            raise NotebookError("kernel_died", how=self.kernel_exit())
        remaining = self.remaining()
        if self.process is None or self.process.poll() != 0:
            raise NotebookError("kernel_died", how=self.kernel_exit(), remaining=remaining, **self.position())
        cell = self.notebook.cells[self.index]
        if remaining:
            raise NotebookError("cell_exited", **self.place(*exit_line(cell.source)), remaining=remaining)
        self.notes.append({"code": "kernel_ended", **self.position()})

    def position(self):
        return {} if self.index is None else {"cell": self.positions[self.index].number}

    def kernel_exit(self):
        code = self.process.poll() if self.process is not None else None
        if code is None:
            return ""
        if code >= 0:
            return "exit code %d" % code
        try:
            return signal.Signals(-code).name
        except ValueError:
            return "signal %d" % -code

    def cell_error(self, error):
        reply = self.reply or {"ename": error.ename, "evalue": error.evalue, "traceback": []}
        if reply.get("ename") == "StdinNotImplementedError":
            return self.input_error(reply)
        evalue = ANSI.sub("", str(reply.get("evalue") or "")).strip()
        # IPython appends the name of an internal file to syntax errors.
        evalue = re.sub(r" \((?:<[^>]*>|\d+\.py), line \d+\)$", "", evalue)
        message = evalue.split("\n")[0] if evalue else ""
        return NotebookError("cell_failed", error=str(reply.get("ename") or ""), message=shorten(message, 300),
                             detail=traceback_text(reply) or ANSI.sub("", str(error)), **self.failed_place(reply))

    def input_error(self, reply):
        place = self.failed_place(reply)
        if not INPUT_CALL.search(place["source"]):  # a debugger stops at the next line, and a script is one line
            number, text = found_line(self.notebook.cells[self.index].source, INPUT_CALL)
            place = self.place(number, text) if number else place
        return NotebookError("cell_asks", detail=traceback_text(reply), **place)

    def failed_place(self, reply):
        """Returns the position of the line that has failed, according to the traceback."""
        source = self.notebook.cells[self.index].source
        lines = source.split("\n")
        number = failed_line(traceback_text(reply), self.notebook.cells[self.index].get("execution_count") or reply.get("execution_count"))
        if number:  # IPython counts from the first non-empty line
            number += next((at for at, line in enumerate(lines) if line.strip()), 0)
        if not number or number > len(lines):
            return self.place(*(exit_line(source) if reply.get("ename") == "SystemExit" else only_line(source)))
        return self.place(number, lines[number - 1])

    def place(self, number, text):
        """Returns the facts about a line of the current cell, which counts from 1, or 0 if it is not known."""
        place = {"line": number, "source": shorten(text.strip(), 120), **self.position()}
        if number and self.positions[self.index].line:
            place["file_line"] = self.positions[self.index].line + number - 1
        return place


def traceback_text(reply):
    return ANSI.sub("", "\n".join(reply.get("traceback") or []))


def remove_exit_messages(cell):
    """Removes what IPython reports about a SystemExit."""
    cell.outputs = [output for output in cell.outputs if not (output.output_type == "error" and output.ename == "SystemExit")]
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stderr":
            output.text = EXIT_WARNING.sub("", output.text)
    cell.outputs = [output for output in cell.outputs if output.output_type != "stream" or output.text]


def only_line(source):
    """Returns the number and text of the line of code if there is only one; otherwise 0 and the first one."""
    lines = [(number, line) for number, line in enumerate(source.split("\n"), 1) if line.strip()]
    return lines[0] if len(lines) == 1 else (0, lines[0][1] if lines else "")


def found_line(source, pattern):
    """Returns the number and text of the only line that matches, or else those of only_line()."""
    found = [(number, line) for number, line in enumerate(source.split("\n"), 1) if pattern.search(line)]
    return found[0] if len(found) == 1 else only_line(source)


def exit_line(source):
    return found_line(source, EXIT_CALL)


def failed_line(text, execution_count):
    """Returns the innermost line of the failed cell in IPython's traceback, or 0 if it is not known."""
    number, in_cell = 0, False
    for line in text.split("\n"):
        frame = FRAME.match(line)
        if frame:
            in_cell = execution_count is None or int(frame.group(1)) == execution_count
            if in_cell and frame.group(2):
                number = int(frame.group(2))
            continue
        if re.match(r"^File |^\S.*\bin \S+\(", line):
            in_cell = False
        arrow = ARROW.match(line)
        if in_cell and arrow:
            number = int(arrow.group(1))
    return number


def shorten(text, limit):
    return text if len(text) <= limit else text[:limit - 1] + "\u2026"

# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the cells of a notebook in a new kernel, and finds the line at which a cell failed."""
import ctypes
import os
import re
import signal

import nbclient
from jupyter_client.kernelspec import KernelSpecManager
from nbclient.exceptions import CellExecutionError, DeadKernelError
from traitlets.config import Config

from nb_errors import NotebookError

ANSI = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
FRAME = re.compile(r"^\s*(?:Cell |Input )?In ?\[(\d+)\](?:, line (\d+))?")
ARROW = re.compile(r"^-+> ?(\d+)(?: (.*))?$")
MAX_SOCKET_PATH = 90  # a socket's path may have 107 bytes; jupyter_client appends a suffix
PR_SET_PDEATHSIG = 1
DEFAULT_KERNELS = {"python": "python3", "cpp": "xcpp17", "csharp": ".net-csharp", "java": "java",
             "typescript": "deno", "javascript": "deno", "r": "ir", "rust": "rust", "julia": "julia", "bash": "bash"}
LANGUAGE_ALIASES = {"c#": "csharp", "ipython": "python"}

libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent():
    """Makes a kernel end together with this process. Called between fork and exec."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


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


def find_kernel(notebook, prog_lang):
    """Returns the kernel that the notebook names or, if it is not installed, an installed kernel for the same language.

    Kernels are often named after environments ("conda-env-course-py") that do not exist on other machines. A notebook for Python 2
    is not run by a kernel for Python 3.
    """
    specs = KernelSpecManager().get_all_specs()
    languages = {name: normalized_language(spec["spec"].get("language", "")) for name, spec in specs.items()}
    spec = notebook.metadata.get("kernelspec")
    named = str(spec.get("name") or "") if isinstance(spec, dict) else ""
    language = notebook_language(notebook, prog_lang)
    wanted = named or DEFAULT_KERNELS.get(language, language)
    if wanted in languages:
        return wanted
    info = notebook.metadata.get("language_info")
    version = str(info.get("version") or "") if isinstance(info, dict) else ""
    known_language = language if named == "" or isinstance(info, dict) or (isinstance(spec, dict) and spec.get("language")) else ""
    if known_language and not (known_language == "python" and (version.startswith("2") or wanted == "python2")):
        same = sorted(name for name, value in languages.items() if value == known_language)
        if same:
            return "python3" if "python3" in same else same[0]
    raise NotebookError("kernel_missing", kernel=wanted, language=known_language, installed=sorted(languages))


class Runner:
    """Runs one notebook, and calls send(message) before each cell."""

    def __init__(self, notebook, positions, kernel, folder, run_folder, send):
        self.notebook = notebook
        self.positions = positions
        self.kernel = kernel
        self.folder = folder
        self.send = send
        self.index = None
        self.reply = None
        self.process = None
        config = Config()
        connection = os.path.join(run_folder, "kernel.json")
        # Use sockets in the private folder instead of ports: two kernels cannot use the same one, and other users have
        # no access.
        if len(os.fsencode(connection)) <= MAX_SOCKET_PATH:
            config.KernelManager.transport = "ipc"
            config.KernelManager.connection_file = connection
        self.client = nbclient.NotebookClient(
            notebook, config=config, kernel_name=kernel, timeout=None, startup_timeout=180, shutdown_kernel="immediate",
            record_timing=False, resources={"metadata": {"path": folder}}, on_notebook_start=self.on_start,
            on_cell_execute=self.on_cell, on_cell_error=self.on_error)

    def on_start(self, **_):
        self.process = getattr(self.client.km.provisioner, "process", None)

    def on_cell(self, cell, cell_index, **_):
        self.index = cell_index
        source = next((line for line in cell.source.split("\n") if line.strip()), "")
        self.send({"event": "cell", "cell": self.positions[cell_index].number, "source": shorten(source.strip(), 80)})

    def on_error(self, cell_index, execute_reply, **_):
        self.index = cell_index
        self.reply = execute_reply["content"]

    def run(self):
        for cell in self.notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = []
                cell.execution_count = None
        try:
            self.client.execute(preexec_fn=die_with_parent)
        except CellExecutionError as error:
            raise self.cell_error(error) from None
        except DeadKernelError:
            raise NotebookError("kernel_died", how=self.kernel_exit(), **self.position()) from None
        except RuntimeError as error:
            if self.process is not None:
                raise
            raise NotebookError("kernel_start_failed", kernel=self.kernel, reason=str(error)) from None
        except OSError as error:
            if self.process is not None:
                raise
            raise NotebookError("kernel_start_failed", kernel=self.kernel, reason=str(error)) from None

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
        cell = self.notebook.cells[self.index]
        text = ANSI.sub("", "\n".join(reply.get("traceback") or [])) or ANSI.sub("", str(error))
        lines = cell.source.split("\n")
        number = failed_line(text, cell.get("execution_count") or reply.get("execution_count"))
        if number:  # IPython counts from the first non-empty line
            number += next((at for at, line in enumerate(lines) if line.strip()), 0)
        if not number or number > len(lines):
            nonempty = [at for at, line in enumerate(lines, 1) if line.strip()]
            number = nonempty[0] if len(nonempty) == 1 else 0
        source = lines[number - 1].strip() if number else next((line.strip() for line in lines if line.strip()), "")
        facts = {"line": number, "source": shorten(source, 120)}
        if number and self.positions[self.index].line:
            facts["file_line"] = self.positions[self.index].line + number - 1
        evalue = ANSI.sub("", str(reply.get("evalue") or "")).strip()
        # IPython appends the name of an internal file to syntax errors.
        evalue = re.sub(r" \((?:<[^>]*>|\d+\.py), line \d+\)$", "", evalue)
        message = evalue.split("\n")[0] if evalue else ""
        return NotebookError("cell_failed", error=str(reply.get("ename") or ""), message=shorten(message, 300), detail=text,
                             **facts, **self.position())


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

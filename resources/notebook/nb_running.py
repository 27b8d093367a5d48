# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a notebook's cells in a kernel of its own, and says of a cell that failed which line it was."""
import ctypes
import os
import re
import signal

import nbclient
from jupyter_client.kernelspec import KernelSpecManager
from nbclient.exceptions import CellExecutionError, DeadKernelError
from traitlets.config import Config

from nb_trouble import Trouble

ANSI = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
FRAME = re.compile(r"^\s*(?:Cell |Input )?In ?\[(\d+)\](?:, line (\d+))?")
ARROW = re.compile(r"^-+> ?(\d+)(?: (.*))?$")
MAX_SOCKET_PATH = 90  # of 107, with room for jupyter_client's own endings
PR_SET_PDEATHSIG = 1
KERNEL_OF = {"python": "python3", "cpp": "xcpp17", "csharp": ".net-csharp", "java": "java",
             "typescript": "deno", "javascript": "deno", "r": "ir", "rust": "rust", "julia": "julia", "bash": "bash"}
SAME_LANGUAGE = {"c#": "csharp", "ipython": "python"}

libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent():
    """Between fork and exec: the kernel ends with us, whatever ends us."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def language_of(notebook, prog_lang):
    """The language's name, lower case: what the notebook says, else the job, else Python."""
    metadata = notebook.metadata
    for holder, key in (("kernelspec", "language"), ("language_info", "name")):
        value = metadata.get(holder)
        if isinstance(value, dict) and value.get(key):
            return plain_language(value[key])
    return plain_language(prog_lang or "python")


def plain_language(name):
    lowered = str(name).lower()
    if lowered.startswith("c++"):
        return "cpp"  # "C++17"
    return SAME_LANGUAGE.get(lowered, lowered)


def kernel_for(notebook, prog_lang):
    """The kernel that the notebook names. Names of environments ("conda-env-course-py") mean nothing on another machine:
    then the kernel of the same language, unless the notebook is of Python 2."""
    specs = KernelSpecManager().get_all_specs()
    languages = {name: plain_language(spec["spec"].get("language", "")) for name, spec in specs.items()}
    spec = notebook.metadata.get("kernelspec")
    named = str(spec.get("name") or "") if isinstance(spec, dict) else ""
    language = language_of(notebook, prog_lang)
    wanted = named or KERNEL_OF.get(language, language)
    if wanted in languages:
        return wanted
    info = notebook.metadata.get("language_info")
    version = str(info.get("version") or "") if isinstance(info, dict) else ""
    says = language if named == "" or isinstance(info, dict) or (isinstance(spec, dict) and spec.get("language")) else ""
    if says and not (says == "python" and (version.startswith("2") or wanted == "python2")):
        same = sorted(name for name, its in languages.items() if its == says)
        if same:
            return "python3" if "python3" in same else same[0]
    raise Trouble("no_kernel", kernel=wanted, language=says, installed=sorted(languages))


class Runner:
    """Runs one notebook. tell(facts) is called before each cell."""

    def __init__(self, notebook, places, kernel, folder, run_folder, tell):
        self.notebook = notebook
        self.places = places
        self.kernel = kernel
        self.folder = folder
        self.tell = tell
        self.index = None
        self.reply = None
        self.process = None
        config = Config()
        connection = os.path.join(run_folder, "kernel.json")
        # Sockets in our own folder: no ports that two kernels could both take for free, and nobody else can reach them.
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
        self.tell({"event": "cell", "cell": self.places[cell_index].number, "source": shorten(source.strip(), 80)})

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
            raise self.failed_cell(error) from None
        except DeadKernelError:
            raise Trouble("kernel_died", how=self.how_it_ended(), **self.where()) from None
        except RuntimeError as error:
            if self.process is not None:
                raise
            raise Trouble("kernel_start", kernel=self.kernel, reason=str(error)) from None
        except OSError as error:
            if self.process is not None:
                raise
            raise Trouble("kernel_start", kernel=self.kernel, reason=str(error)) from None

    def where(self):
        return {} if self.index is None else {"cell": self.places[self.index].number}

    def how_it_ended(self):
        code = self.process.poll() if self.process is not None else None
        if code is None:
            return ""
        if code >= 0:
            return "exit code %d" % code
        try:
            return signal.Signals(-code).name
        except ValueError:
            return "signal %d" % -code

    def failed_cell(self, error):
        reply = self.reply or {"ename": error.ename, "evalue": error.evalue, "traceback": []}
        cell = self.notebook.cells[self.index]
        text = ANSI.sub("", "\n".join(reply.get("traceback") or [])) or ANSI.sub("", str(error))
        lines = cell.source.split("\n")
        number = failed_line(text, cell.get("execution_count") or reply.get("execution_count"))
        if number:  # IPython counts from the first line that is not empty
            number += next((at for at, line in enumerate(lines) if line.strip()), 0)
        if not number or number > len(lines):
            full = [at for at, line in enumerate(lines, 1) if line.strip()]
            number = full[0] if len(full) == 1 else 0
        source = lines[number - 1].strip() if number else next((line.strip() for line in lines if line.strip()), "")
        facts = {"line": number, "source": shorten(source, 120)}
        if number and self.places[self.index].line:
            facts["file_line"] = self.places[self.index].line + number - 1
        evalue = ANSI.sub("", str(reply.get("evalue") or "")).strip()
        # IPython says where a syntax error is by a name of a file that is none.
        evalue = re.sub(r" \((?:<[^>]*>|\d+\.py), line \d+\)$", "", evalue)
        words = evalue.split("\n")[0] if evalue else ""
        return Trouble("cell_failed", error=str(reply.get("ename") or ""), words=shorten(words, 300), detail=text, **facts, **self.where())


def failed_line(text, execution_count):
    """The innermost line of the failed cell in IPython's traceback; 0 where it cannot be told."""
    number, here = 0, False
    for line in text.split("\n"):
        frame = FRAME.match(line)
        if frame:
            here = execution_count is None or int(frame.group(1)) == execution_count
            if here and frame.group(2):
                number = int(frame.group(2))
            continue
        if re.match(r"^File |^\S.*\bin \S+\(", line):
            here = False
        arrow = ARROW.match(line)
        if here and arrow:
            number = int(arrow.group(1))
    return number


def shorten(text, limit):
    return text if len(text) <= limit else text[:limit - 1] + "\u2026"

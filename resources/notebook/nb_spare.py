# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts the kernel of the next notebook ahead. It waits without having executed anything, for one notebook only."""
import os
import shutil
import site
import sys
import tempfile

import nbformat
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

from nb_client import CellClient, is_started_by_us
from nb_kernels import config_for, die_with_parent


def new_folder(private):
    """Creates and returns a folder for the files of a kernel."""
    return tempfile.mkdtemp(prefix="r", dir=private)


def installation():
    """Returns what changes when modules are installed for this Python: a kernel may not notice it after its start."""
    times = {}
    for path in {*sys.path, *site.getsitepackages(), site.getusersitepackages()}:
        try:
            times[path] = os.stat(path).st_mtime_ns
        except OSError:
            pass
    return times


async def started_manager(kernel, folder, config):
    """Starts a kernel that waits for its notebook. Returns its manager."""
    with open(os.path.join(folder, "ahead"), "w", encoding="utf-8"):
        pass  # nb_kernel.py looks for it
    client = CellClient(nbformat.v4.new_notebook(), folder, lambda reply: None, config=config, kernel_name=kernel)
    client.create_kernel_manager()
    await client.async_start_new_kernel(cwd=folder, preexec_fn=die_with_parent)
    return client.km


class Spare:
    """A kernel that has been started ahead. folder: the folder for its files; manager: its manager."""

    def __init__(self, kernel, spec, folder, installed, manager):
        self.kernel = kernel
        self.spec = spec
        self.folder = folder
        self.manager = manager
        self.process = manager.provisioner.process
        self.installation = installed

    def fits(self, kernel, folder):
        """Returns whether it can run a notebook in this folder, as a kernel that is started now would."""
        return (self.kernel == kernel and self.process.poll() is None and spec_of(kernel) == self.spec
                and installation() == self.installation and os.path.isdir(folder) and os.access(folder, os.X_OK))


class Spares:
    """Holds at most one kernel that has been started ahead. end(pid) kills a process and its descendants."""

    def __init__(self, end):
        self.end = end
        self.spare = None

    async def start(self, kernel, private):
        """Starts a kernel, unless there is one. Does nothing for kernels of other languages or of another Python."""
        spec = spec_of(kernel)
        if self.spare or not spec or not is_started_by_us(spec["argv"]) or not is_this_python(spec["argv"][0]):
            return
        folder = new_folder(private)
        config = config_for(folder)
        if not config:
            shutil.rmtree(folder, ignore_errors=True)
            return
        try:
            installed = installation()
            self.spare = Spare(kernel, spec, folder, installed, await started_manager(kernel, folder, config))
        except Exception as error:  # the notebook starts its own kernel, and reports why that fails
            print("lifeguard: no kernel was started ahead: %s" % error, file=sys.stderr)
            shutil.rmtree(folder, ignore_errors=True)

    def take(self, kernel, folder):
        """Returns the kernel if it fits, or None. Ends it if it does not."""
        if self.spare and not self.spare.fits(kernel, folder):
            self.discard()
        spare, self.spare = self.spare, None
        return spare

    def discard(self):
        if self.spare:
            self.end(self.spare.process.pid)
            shutil.rmtree(self.spare.folder, ignore_errors=True)
            self.spare = None

    def pid(self):
        return self.spare.process.pid if self.spare else 0


def spec_of(kernel):
    """Returns the specification of a kernel, or None if it is not installed."""
    try:
        return KernelSpecManager().get_kernel_spec(kernel).to_dict()
    except (NoSuchKernel, OSError, ValueError):
        return None


def is_this_python(program):
    """Returns whether a program of a kernel is the Python of this process, as jupyter_client starts it."""
    if program in ("python", "python%d" % sys.version_info[0], "python%d.%d" % sys.version_info[:2]):
        return True
    return os.path.isabs(program) and os.path.normpath(program) == os.path.normpath(sys.executable)

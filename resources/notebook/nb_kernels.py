# SPDX-License-Identifier: GPL-3.0-or-later
"""How kernels are started."""
import ctypes
import os
import signal

from traitlets.config import Config

MAX_SOCKET_PATH = 90  # a socket's path may have 107 bytes; jupyter_client appends a suffix
PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent():
    """Makes a kernel end together with this process. Called between fork and exec."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def config_for(run_folder):
    """Returns the configuration for a kernel whose sockets are in this folder, or None if the path is too long.

    With sockets in a private folder instead of ports, two kernels cannot use the same one, and other users have no access.
    """
    connection = os.path.join(run_folder, "kernel.json")
    if len(os.fsencode(connection)) > MAX_SOCKET_PATH:
        return None
    config = Config()
    config.KernelManager.transport = "ipc"
    config.KernelManager.connection_file = connection
    return config

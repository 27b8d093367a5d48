# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a command on a terminal from which it cannot read: as soon as it or a program that it starts reads, all of them are killed.

Usage: nb_shell.py MARK PROGRAM [ARGUMENT…]    runs the program on the terminal that is stdin
       nb_shell.py MARK --script SHELL [ARGUMENT…]    runs the script on stdin, SHELL ARGUMENT… -c SCRIPT, on a terminal of its own

Exits like the program. If it was killed because it read, the file MARK is created. The program runs in a background process group of the
terminal: the system stops the processes of such a group with SIGTTIN when they read. Programs that only check whether there is input are
not affected.
"""
import fcntl
import os
import signal
import sys
import termios

LONGEST_ARGUMENT = 100_000  # bytes; Linux allows 131,071


def main():
    mark, *command = sys.argv[1:]
    terminal = 0
    if command[0] == "--script":
        command = [*command[1:], "-c", script_argument(sys.stdin.buffer.read())]
    if not os.isatty(0):
        keep_open, terminal = os.openpty()  # the terminal exists as long as keep_open
    if os.getsid(0) != os.getpid():
        os.setsid()
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
    for ignored in (signal.SIGTTOU, signal.SIGHUP):  # output and settings of the terminal are allowed
        signal.signal(ignored, signal.SIG_IGN)
    pid = os.fork()
    if pid == 0:
        run(command, terminal)
    # Both processes do this, because either of them may be the first.
    set_group(pid)
    sys.exit(watch(pid, mark))


def script_argument(script):
    """Returns the script, or a command that runs it if it is too long for an argument."""
    if len(script) < LONGEST_ARGUMENT:
        return script
    file = os.memfd_create("script", 0)  # inherited by the shell
    written = 0
    while written < len(script):
        written += os.write(file, script[written:written + 1_000_000])
    return ". /dev/fd/%d" % file


def run(command, terminal):
    set_group(0)
    os.dup2(terminal, 0)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        sys.stderr.write("%s: %s\n" % (command[0], error.strerror))
        sys.stderr.flush()
        os._exit(127)


def set_group(pid):
    try:
        os.setpgid(pid, 0)
    except OSError:
        pass  # it has done so itself, or has ended


def watch(pid, mark):
    """Returns the exit code of the process."""
    while True:
        _, status = os.waitpid(pid, os.WUNTRACED)
        if os.WIFSTOPPED(status):
            if os.WSTOPSIG(status) == signal.SIGTTIN:
                os.close(os.open(mark, os.O_WRONLY | os.O_CREAT, 0o600))
                os.killpg(pid, signal.SIGKILL)
            else:
                os.killpg(pid, signal.SIGCONT)
        elif os.WIFSIGNALED(status):
            return 128 + os.WTERMSIG(status)
        else:
            return os.WEXITSTATUS(status)


main()

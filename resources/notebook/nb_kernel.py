# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts an IPython kernel as ipykernel_launcher does, and makes its output complete.

Usage: nb_kernel.py FOLDER [ARGUMENT…], with the arguments of ipykernel_launcher. FOLDER is private; it contains options.json, with the key
"watched": folders.
If FOLDER contains the file "ahead", the notebook is not known yet: options.json is read before the first cell, which runs in the folder
with the key "folder".
Paths of files in these folders that are read are written to FOLDER/opened, each followed by a NUL character. FOLDER/asked is created when
a shell command reads from the terminal.

This file is run by the Python of the kernel, which may be another one than that of the other modules: it does not import them.
"""
import codecs
import importlib.util
import json
import os
import signal
import subprocess
import sys
import threading

PROGRAM = os.path.dirname(os.path.abspath(__file__))
CHUNK = 1_000_000  # characters of output in one message
DRAIN_LIMIT = 10  # seconds
EXIT_LIMIT = 10  # seconds for sending output before a kernel ends
SHELLS = ("sh", "bash", "dash", "ksh", "zsh")  # interpreters that read their script line by line from stdin
UNLIMITED = 0  # for the queue of a socket


def watch_files(folder):
    """Records the files in the watched folders that are opened for reading."""
    with open(os.path.join(folder, "options.json"), encoding="utf-8") as file:
        watched = tuple(path.rstrip("/") + "/" for path in json.load(file)["watched"])
    log = os.open(os.path.join(folder, "opened"), os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    known, opened = set(), set()  # files that were recorded or written; absolute paths that were opened

    def hook(event, arguments):
        if event != "open":
            return
        path, _, flags = arguments
        if type(path) is not str or path in opened:
            return
        try:
            full = os.path.normpath(os.path.join(os.getcwd(), path))
            if full.startswith(watched) and full not in known:
                known.add(full)
                if not is_written(flags):
                    os.write(log, os.fsencode(full) + b"\0")
            elif path == full:
                opened.add(path)  # saves time; a relative path may become another file
        except (OSError, ValueError):
            pass  # the notebook has closed the log, or the path is invalid

    sys.addaudithook(hook)


def enter_later(shell, folder):
    """Enters the folder of the notebook before the first cell is executed."""

    def enter():
        shell.events.unregister("pre_execute", enter)
        try:
            with open(os.path.join(folder, "options.json"), encoding="utf-8") as file:
                os.chdir(json.load(file)["folder"])
            shell.starting_dir = os.getcwd()
            visited = shell.history_manager.dir_hist
            visited[:] = [type(path)(os.getcwd()) for path in visited]
            if hasattr(sys, "addaudithook"):
                watch_files(folder)
        except BaseException as error:
            print("lifeguard: the kernel that was started ahead cannot be used: %s" % error, file=sys.__stderr__, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)  # it must not run cells in another folder

    shell.events.register("pre_execute", enter)


def is_written(flags):
    """Returns whether a file that is opened with these flags is written without depending on its content."""
    return type(flags) is int and bool(flags & os.O_ACCMODE == os.O_WRONLY or flags & os.O_TRUNC)


class Streams:
    """Makes the text that cells print complete and keeps its order. kind: the class of the streams of ipykernel."""

    def __init__(self, kind):
        self.mark = b"\0lifeguard-" + os.urandom(16).hex().encode() + b"\0"
        self.original_write = kind.write
        self.watched = []
        self.last = None  # the stream to which text was written last
        self.unsent = 0  # the number of characters that have been written to it since it was sent
        if hasattr(kind, "_setup_stream_redirects") and hasattr(kind, "_watch_pipe_fd"):
            kind._setup_stream_redirects = lambda stream, name: self.redirect(stream, name)
            kind._watch_pipe_fd = lambda stream: self.watch(stream)
        kind.write = lambda stream, string: self.write(stream, string)

    def redirect(self, stream, name):
        """Passes everything that processes write to stdout or stderr through a pipe."""
        reader, stream._writer = os.pipe()
        number = getattr(sys, name).fileno()
        stream._original_stdstream_copy = os.dup(number)
        os.dup2(stream._writer, number)
        stream._fid = reader
        stream._drained = threading.Event()
        self.watched.append(stream)
        stream.watch_fd_thread = threading.Thread(target=stream._watch_pipe_fd, daemon=True)
        stream.watch_fd_thread.start()

    def watch(self, stream):
        """Passes on what processes write to the stream. ipykernel's own function ends at a character that is cut in two."""
        try:
            self.pass_on(stream)
        except Exception:
            stream._exc = sys.exc_info()
            stream._drained.set()

    def pass_on(self, stream):
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        pending = b""
        while stream._should_watch:
            data = os.read(stream._fid, 65536)
            if not data:
                return
            pending += data
            found = self.mark in pending
            text, pending = split_at_mark(pending, self.mark)
            os.write(stream._original_stdstream_copy, text)
            stream.write(decoder.decode(text))
            if found:
                stream._drained.set()

    def write(self, stream, string):
        """Writes text, in messages that are not too large. Returns its length."""
        if self.last is not stream:
            previous, self.last, self.unsent = self.last, stream, 0
            if previous is not None and stream._is_master_process():
                previous.flush()  # keeps the order of stdout and stderr
        if type(string) is not str or len(string) < CHUNK:
            length = self.original_write(stream, string)
            self.unsent += length or 0
        else:
            length = len(string)
            for begin in range(0, length, CHUNK):
                self.original_write(stream, string[begin:begin + CHUNK])
                stream.flush()
        if self.unsent >= CHUNK:
            self.unsent = 0
            stream.flush()
        return length

    def drain(self):
        """Waits until everything has been read that processes have written to the standard streams."""
        for stream in self.watched:
            if stream.watch_fd_thread.is_alive():
                stream._drained.clear()
                os.write(stream._writer, self.mark)
                stream._drained.wait(DRAIN_LIMIT)


def complete_streams(iostream):
    """Makes the output of cells complete. Returns a function that waits for the output of processes."""
    return Streams(iostream.OutStream).drain


def split_at_mark(data, mark):
    """Returns the data before and after marks, without them, and a possible beginning of a mark at the end."""
    data = data.replace(mark, b"")
    at = data.rfind(b"\0", max(0, len(data) - len(mark) + 1))
    if at >= 0 and mark.startswith(data[at:]):
        return data[:at], data[at:]
    return data, b""


def refuse_input(folder):
    """Makes shell commands that read from the terminal fail, instead of waiting for ever."""
    from IPython.core import interactiveshell
    from IPython.core.error import StdinNotImplementedError
    from IPython.core.magics.script import ScriptMagics
    from ipykernel import zmqshell
    mark = os.path.join(folder, "asked")
    wrapper = [sys.executable, "-I", "-S", os.path.join(PROGRAM, "nb_shell.py"), mark]
    original_shebang = ScriptMagics.shebang

    def check():
        if os.path.exists(mark):
            raise StdinNotImplementedError("a shell command read from the terminal")

    def shell_command(command):
        return [*wrapper, os.environ.get("SHELL") or "sh", "-c", command]

    def system(command):
        """Runs a command on a terminal, prints its output, and returns its exit code."""
        controller, terminal = os.openpty()
        keep_line_ends(terminal)
        process = subprocess.Popen(shell_command(command), stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True)
        os.close(terminal)
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        while True:
            try:
                data = os.read(controller, 65536)
            except OSError:  # all processes have closed the terminal
                break
            if not data:
                break
            sys.stdout.write(decoder.decode(data))
        os.close(controller)
        code = process.wait()
        check()
        return 128 - code if code > 128 else code

    def getoutput(command):
        result = subprocess.run(shell_command(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        check()
        return result.stdout.decode("utf-8", "replace")

    def shebang(self, line, cell):
        words = line.split()
        if words and os.path.basename(words[0]) in SHELLS and "-c" not in words and "-s" not in words:
            line = " ".join([*map(quoted, wrapper), "--script", line])
        try:
            return original_shebang(self, line, cell)
        finally:
            check()

    def refuse_breakpoint(*_, **__):
        raise StdinNotImplementedError("breakpoint() was called, but nobody can use the debugger")

    if "PYTHONBREAKPOINT" not in os.environ:
        sys.breakpointhook = refuse_breakpoint
    zmqshell.system = system
    interactiveshell.getoutput = getoutput
    shebang.parser = original_shebang.parser
    ScriptMagics.shebang = shebang


def attempt(change, *arguments):
    """Makes a change, or reports that another version of IPython does not allow it: the notebook can be run without it."""
    try:
        return change(*arguments)
    except (ImportError, AttributeError) as error:
        print("lifeguard: %s: %s" % (change.__name__, error), file=sys.__stderr__)
        return lambda: None


def keep_line_ends(terminal):
    import termios
    attributes = termios.tcgetattr(terminal)
    attributes[1] &= ~termios.ONLCR
    termios.tcsetattr(terminal, termios.TCSANOW, attributes)


def quoted(text):
    return "'%s'" % text.replace("'", "'\"'\"'")


def name_files_alike():
    """Leaves the pid out of the names of the files in warnings, so that the same notebook has the same output."""
    from ipykernel import compiler
    import tempfile
    compiler.get_tmp_directory = lambda: os.path.join(tempfile.gettempdir(), "ipykernel")


def flush_before_exit(app, drain):
    """Sends the output of a kernel that ends through os._exit()."""
    exit_now, kernel = os._exit, os.getpid()

    def leave(status):
        if os.getpid() == kernel:
            drain()
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
            closing = threading.Thread(target=app.close, daemon=True)  # waits until everything has been sent
            closing.start()
            closing.join(EXIT_LIMIT)
        exit_now(status)

    os._exit = leave


def main():
    folder = sys.argv.pop(1)
    del sys.path[0]  # the folder of this file
    launcher = importlib.util.find_spec("ipykernel_launcher")
    sys.argv[0] = launcher.origin if launcher else sys.argv[0]
    from ipykernel import iostream, kernelapp
    import zmq
    drain = attempt(complete_streams, iostream)
    attempt(refuse_input, folder)
    attempt(name_files_alike)

    class KernelApp(kernelapp.IPKernelApp):
        def init_iopub(self, context):
            context.setsockopt(zmq.SNDHWM, UNLIMITED)  # or else messages are dropped when they are not read fast enough
            super().init_iopub(context)
            self.iopub_thread.socket.linger = EXIT_LIMIT * 1000

        def init_code(self):
            super().init_code()
            self.shell.events.register("post_execute", drain)
            flush_before_exit(self, drain)
            if os.path.exists(os.path.join(folder, "ahead")):
                enter_later(self.shell, folder)
            elif hasattr(sys, "addaudithook"):
                watch_files(folder)

    KernelApp.launch_instance()


if __name__ == "__main__":
    main()

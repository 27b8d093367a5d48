# SPDX-License-Identifier: GPL-3.0-or-later
"""Executes cells in a kernel, and collects their complete output.

nbclient loses messages that arrive more than 4 s after a cell has ended, and collects them so slowly that they do. This client reads the
sockets of the kernel itself, as fast as they deliver, until the kernel reports that the cell has ended.
"""
import hmac
import json
import os
import time

import nbclient
import nbformat
import zmq
from nbclient.exceptions import DeadKernelError
from nbclient.util import run_hook

CELL_LIMIT = 32_000_000  # bytes of output of one cell; browsers cannot show more
NOTEBOOK_LIMIT = 128_000_000  # bytes of output of all cells, to limit the memory of this process
ALIVE_INTERVAL = 0.5  # seconds between two checks whether the kernel is alive
READY_INTERVAL = 1  # seconds between two questions whether a kernel has started
OUTPUT_INTERVAL = 0.1  # seconds after the answer within which its output must arrive, or else it is not connected yet
IDLE_LIMIT = 60  # seconds without output after a cell has ended, until the message that it has ended counts as lost
DRAIN_TIME = 0.5  # seconds without output after a kernel has ended, until its output is complete
UNLIMITED = 0  # for the queues of sockets
OUTPUT_TYPES = (b"stream", b"display_data", b"execute_result", b"update_display_data")


class InputRequested(Exception):
    """The kernel waits for input from the user."""


class OutputIncomplete(Exception):
    """The kernel has ended a cell, but its output did not end."""


class CellClient(nbclient.NotebookClient):
    """Executes the cells of a notebook.

    run_folder is that of nb_kernel.py. ended(reply) is called after each cell, with the content of the reply. cuts has an entry for each
    cell whose output is larger than a limit: its index, and the number of bytes that were left out.
    """

    def __init__(self, notebook, run_folder, ended, **options):
        super().__init__(notebook, **options)
        self.run_folder = run_folder
        self.ended = ended
        self.cuts = {}
        self.sockets = None
        self.used_by_cell = 0  # bytes
        self.used_before = 0  # bytes, of the cells before
        self.parts = None  # of the text of the last output, if it is a stream

    def create_kernel_manager(self):
        manager = super().create_kernel_manager()
        manager.kernel_spec.argv = kernel_command(manager.kernel_spec.argv, self.run_folder)
        # Output that arrives faster than it is processed waits in the socket instead of being dropped by the kernel.
        manager.context.setsockopt(zmq.RCVHWM, UNLIMITED)
        return manager

    async def async_start_new_kernel_client(self):
        """Connects to the kernel. Unlike nbclient's function, it does not wait for the time in which no more messages arrive."""
        self.kc = self.km.client()
        try:
            self.kc.start_channels()
            self.wait_until_ready()
        except Exception:
            await self._async_cleanup_kernel()
            raise
        self.kc.allow_stdin = False
        await run_hook(self.on_notebook_start, notebook=self.nb)
        return self.kc

    def wait_until_ready(self):
        """Waits until the kernel answers and its output arrives."""
        shell, iopub, _ = self.connect()
        limit = time.monotonic() + self.startup_timeout
        while time.monotonic() < limit:
            request = self.kc.kernel_info()
            if self.arrives(shell, request, READY_INTERVAL) and self.arrives(iopub, request, OUTPUT_INTERVAL):
                return
            if not self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
        raise RuntimeError("Kernel didn't respond in %d seconds" % self.startup_timeout)

    def arrives(self, socket, request, limit):
        """Returns whether a message about the request arrives within a time in seconds."""
        end = time.monotonic() + limit
        while socket.poll(max(0, end - time.monotonic()) * 1000):
            if self.read(socket, request):
                return True
        return False

    def connect(self):
        """Opens the channels for reading without asyncio, which takes most of the time per message."""
        if self.sockets is None:
            channels = (self.kc.shell_channel, self.kc.iopub_channel, self.kc.stdin_channel)
            self.sockets = [zmq.Socket.shadow(channel.socket.underlying) for channel in channels]
        return self.sockets

    async def async_execute_cell(self, cell, cell_index, execution_count=None, store_history=True):
        if cell.cell_type != "code" or not cell.source.strip() or self.skip_cells_with_tag in (cell.metadata.get("tags") or ()):
            return cell
        allows_errors = not self.force_raise_errors and (
            self.allow_errors or "raises-exception" in (cell.metadata.get("tags") or ()))
        self.on_cell_execute(cell=cell, cell_index=cell_index)
        cell.outputs = []
        self.clear_before_next_output = False
        self.used_by_cell = 0
        self.connect()
        request = self.kc.execute(cell.source, store_history=store_history, stop_on_error=not allows_errors)
        self.code_cells_executed += 1
        try:
            reply = self.wait(request, cell, cell_index)
        finally:
            self.close_stream(cell.outputs)
            self.used_before += self.used_by_cell
            if cell_index in self.cuts:
                cell.outputs.append(nbformat.v4.new_output("stream", name="stderr", text=cut_text(self.cuts[cell_index])))
        if execution_count:
            cell["execution_count"] = execution_count
        self.ended(reply["content"])
        await self._check_raise_for_error(cell, cell_index, reply)
        return cell

    def wait(self, request, cell, cell_index):
        """Collects the output of a cell, and returns the reply of the kernel when both are complete."""
        shell, iopub, stdin = self.sockets
        poller = zmq.Poller()
        for socket in self.sockets:
            poller.register(socket, zmq.POLLIN)
        reply, is_idle, last = None, False, time.monotonic()
        while reply is None or not is_idle:
            ready = dict(poller.poll(ALIVE_INTERVAL * 1000))
            if iopub in ready:
                is_idle = self.read_output(request, cell, cell_index) or is_idle
                last = time.monotonic()
            if shell in ready:
                reply = self.read(shell, request) or reply
                last = time.monotonic()
            if stdin in ready and self.read(stdin, request):
                raise InputRequested()
            if not ready and not self.is_alive():
                self.read_rest(request, cell, cell_index)
                raise DeadKernelError("Kernel died")
            if reply is not None and time.monotonic() - last > IDLE_LIMIT:
                raise OutputIncomplete()
        return reply

    def read_rest(self, request, cell, cell_index):
        """Collects what a kernel has sent before it ended."""
        iopub = self.sockets[1]
        while iopub.poll(DRAIN_TIME * 1000):
            self.read_output(request, cell, cell_index)

    def is_alive(self):
        process = getattr(self.km.provisioner, "process", None)
        return process.poll() is None if process is not None else self.kc.is_alive()

    def read(self, socket, request):
        """Returns a message of a socket if it belongs to the request, or else None."""
        message = self.parse(socket.recv_multipart(zmq.NOBLOCK))
        return message if message and message["parent_header"].get("msg_id") == request else None

    def read_output(self, request, cell, cell_index):
        """Processes all messages that have arrived. Returns whether the cell has ended."""
        iopub = self.sockets[1]
        for _ in range(1000):  # then look at the other sockets
            try:
                frames = iopub.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return False
            message = self.parse(frames, self.room())
            if not message or message["parent_header"].get("msg_id") != request:
                continue
            if message["content"] is None:
                if message["msg_type"] != "update_display_data":  # which changes an output, and is none itself
                    self.replace_output(cell.outputs, cell_index)
                self.cuts[cell_index] = self.cuts.get(cell_index, 0) + message["size"]
                continue
            try:
                self.process_message(message, cell, cell_index)
            except nbclient.client.CellExecutionComplete:
                return True
        return False

    def room(self):
        """Returns how many bytes of output the current cell may still have. Output that the next one replaces does not count."""
        used = 0 if self.clear_before_next_output else self.used_by_cell
        return min(CELL_LIMIT, NOTEBOOK_LIMIT - self.used_before) - used

    def parse(self, frames, room=None):
        """Returns a message, or None if it is not signed with the key of the kernel.

        The content of an output that is larger than room is not read; it is None.
        """
        session = self.kc.session
        _, (signature, *parts) = session.feed_identities(frames)
        if session.auth is not None and not hmac.compare_digest(signature, session.sign(parts[:4])):
            return None
        header = json.loads(parts[0])
        size = len(parts[3])
        is_cut = room is not None and size > room and header["msg_type"].encode() in OUTPUT_TYPES
        if is_cut and header["msg_type"] == "stream" and room > 0:
            is_cut = False  # its beginning is kept
        return {"header": header, "msg_id": header["msg_id"], "msg_type": header["msg_type"],
                "parent_header": json.loads(parts[1]), "metadata": json.loads(parts[2]),
                "content": None if is_cut else json.loads(parts[3]), "buffers": list(map(memoryview, parts[4:])), "size": size}

    def output(self, outs, msg, display_id, cell_index):
        if self.output_hook_stack[msg["parent_header"].get("msg_id")]:
            return super().output(outs, msg, display_id, cell_index)
        self.replace_output(outs, cell_index)
        if msg["msg_type"] == "stream":
            return self.stream(outs, msg, cell_index)
        self.close_stream(outs)
        self.used_by_cell += msg["size"]
        return super().output(outs, msg, display_id, cell_index)

    def stream(self, outs, msg, cell_index):
        """Appends text to the last output if it belongs to the same stream, as Jupyter does."""
        content = msg["content"]
        text = content["text"]
        room = self.room()
        if len(text) > room:
            self.cuts[cell_index] = self.cuts.get(cell_index, 0) + len(text) - room
            content["text"] = text = text[:max(0, room)]
        self.used_by_cell += len(text)
        if self.parts is not None and outs and outs[-1].get("name") == content["name"]:
            self.parts.append(text)
            return outs[-1]
        self.close_stream(outs)
        out = super().output(outs, msg, None, cell_index)
        self.parts = [text]
        return out

    def close_stream(self, outs):
        """Joins the text of the last output."""
        if self.parts is not None and outs:
            outs[-1]["text"] = "".join(self.parts)
        self.parts = None

    def replace_output(self, outs, cell_index):
        """Removes the output if clear_output(wait=True) was called: the next output replaces it."""
        if self.clear_before_next_output:
            self.clear_before_next_output = False
            outs[:] = []
            self.clear_display_id_mapping(cell_index)
            self.forget_output(cell_index)

    def forget_output(self, cell_index):
        self.parts = None
        self.used_by_cell = 0
        self.cuts.pop(cell_index, None)

    def clear_output(self, outs, msg, cell_index):
        if not self.output_hook_stack[msg["parent_header"].get("msg_id")] and not msg["content"].get("wait"):
            self.forget_output(cell_index)
        super().clear_output(outs, msg, cell_index)


def is_started_by_us(argv):
    """Returns whether nb_kernel.py starts this kernel."""
    return kernel_command(argv, "") is not argv


def kernel_command(argv, run_folder):
    """Returns the command that starts a kernel. IPython kernels are started by nb_kernel.py, which makes their output complete."""
    for module in ("ipykernel_launcher", "ipykernel"):
        for at in range(1, len(argv) - 1):
            if argv[at:at + 2] == ["-m", module]:
                return [*argv[:at], os.path.join(os.path.dirname(os.path.abspath(__file__)), "nb_kernel.py"), run_folder, *argv[at + 2:]]
    return argv


def cut_text(missing):
    return "\n[The output was cut off here: %s MB are missing.]\n" % megabytes(missing)


def megabytes(size):
    """Returns a size in megabytes, rounded up to a tenth."""
    return "%.1f" % max(0.1, size / 1_000_000)

# SPDX-License-Identifier: GPL-3.0-or-later
"""A headless Chromium that is spoken to through two pipes: no port is opened, and it ends when we do."""

import ctypes
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time

from .drawing import DrawioError

PROFILE_PREFIX = "lifeguard-drawio-"
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--no-default-browser-check",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
    "--disable-extensions", "--disable-breakpad", "--disable-crash-reporter", "--disable-dev-shm-usage",
    "--disable-features=Translate,MediaRouter,OptimizationHints", "--metrics-recording-only", "--mute-audio",
    "--allow-file-access-from-files", "--force-color-profile=srgb", "--font-render-hinting=none", "--hide-scrollbars",
    "--password-store=basic", "--use-mock-keychain",
    # Nothing is fetched from anywhere: every name and address leads to a proxy that is not there.
    "--proxy-server=127.0.0.1:9", "--proxy-bypass-list=<-loopback>",
    "--remote-debugging-pipe",
)


def find():
    """The browser's path, or None."""
    named = os.environ.get("LIFEGUARD_CHROMIUM")
    if named:
        return shutil.which(named)
    return next(filter(None, map(shutil.which, _NAMES)), None)


def _prctl(option, value):
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _parents():
    """pid: parent, of all processes but zombies."""
    table = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                state, parent = file.read().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state not in "ZX":
            table[int(entry)] = int(parent)
    return table


def _descendants():
    """Everything below this process: we are a subreaper, so what a helper lets go of comes to us."""
    table = _parents()
    found, level = set(), {os.getpid()}
    while level:
        level = {pid for pid, parent in table.items() if parent in level and pid not in found}
        found |= level
    return found


def _remove_stale_profiles():
    """Profiles of wrappers that were killed: nobody holds their lock any more."""
    folder = os.environ.get("TMPDIR") or "/tmp"
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if not name.startswith(PROFILE_PREFIX) or os.path.islink(path):
            continue
        try:
            info = os.stat(path)
            # One that has just been made may not be locked yet.
            if info.st_uid != os.getuid() or time.time() - info.st_mtime < 60:
                continue
            with open(os.path.join(path, "lock"), "rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path, ignore_errors=True)
        except OSError:
            continue


class Browser:
    """One browser with one page. Not for several threads."""

    def __init__(self):
        program = find()
        if not program:
            raise DrawioError("Chromium, in which drawings are drawn, is not installed: apt install chromium", 3)
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)
        _remove_stale_profiles()
        self._profile = tempfile.mkdtemp(prefix=PROFILE_PREFIX)
        self._lock = open(os.path.join(self._profile, "lock"), "wb")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._log = open(os.path.join(self._profile, "stderr"), "w+b")
        self._buffer = b""
        self._last_id = 0
        self._session = None
        self._app = None
        self.blocked = []  # what a drawing wanted to load and was not given
        self._start(program)
        target = self.call("Target.createTarget", url="about:blank", browser=True)["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True, browser=True)["sessionId"]
        self.call("Page.enable")
        self.call("Runtime.enable")

    def _start(self, program):
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        # Chromium reads from descriptor 3 and writes to 4: moved away first, so that neither is overwritten.
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 20) for fd in (to_browser, self._write, self._read, from_browser)]
        for fd in (to_browser, self._write, self._read, from_browser):
            os.close(fd)
        to_browser, self._write, self._read, from_browser = high
        for fd in (3, 4):  # both in use, so that Python's own pipe to the child is neither
            try:
                os.fstat(fd)
            except OSError:
                os.dup2(self._log.fileno(), fd, inheritable=False)

        def prepare():
            os.dup2(to_browser, 3)
            os.dup2(from_browser, 4)
            _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

        self._process = subprocess.Popen(
            [program, *_FLAGS, f"--user-data-dir={self._profile}", "about:blank"], stdin=subprocess.DEVNULL,
            stdout=self._log, stderr=self._log, pass_fds=(3, 4), preexec_fn=prepare, cwd=self._profile, start_new_session=True,
            # "." is the profile: its whole path may be longer than that of a socket, which Chromium makes there, can be.
            env={**os.environ, "TMPDIR": ".", "XDG_CONFIG_HOME": self._profile, "XDG_CACHE_HOME": self._profile,
                 "DBUS_SESSION_BUS_ADDRESS": "disabled:"})
        os.close(to_browser)
        os.close(from_browser)

    def _died(self):
        self._process.poll()
        self._log.seek(0)
        lines = [line for line in self._log.read().decode("utf-8", "replace").splitlines() if "crashpad" not in line]
        words = [line for line in lines if "FATAL" in line] or [line for line in lines if "ERROR:" in line]
        return DrawioError("Chromium ended unexpectedly" + (f": {words[-1].strip()}" if words else "."))

    def _message(self):
        """The next message, whole."""
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], 600)
            if not ready:
                raise DrawioError("Chromium does not answer any more.")
            chunk = os.read(self._read, 1 << 20)
            if not chunk:
                raise self._died()
            self._buffer += chunk
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)

    def _post(self, method, parameters, browser=False):
        self._last_id += 1
        message = {"id": self._last_id, "method": method, "params": parameters}
        if self._session and not browser:
            message["sessionId"] = self._session
        data = json.dumps(message).encode() + b"\0"
        try:
            while data:
                data = data[os.write(self._write, data):]
        except BrokenPipeError as error:
            raise self._died() from error
        return self._last_id

    def call(self, method, browser=False, **parameters):
        """One command of the DevTools protocol and its answer."""
        wanted = self._post(method, parameters, browser)
        while True:
            message = self._message()
            if message.get("id") == wanted:
                if "error" in message:
                    raise DrawioError(f"Chromium refused {method}: {message['error'].get('message')}")
                return message.get("result", {})
            self._on_event(message)

    def _on_event(self, message):
        method = message.get("method")
        if method == "Fetch.requestPaused":
            self._on_request(message["params"])
        elif method in ("Inspector.targetCrashed", "Target.targetCrashed"):
            raise DrawioError("The drawing made Chromium's page crash; it may need more memory than there is.")

    def _on_request(self, request):
        """A drawing may load what belongs to the application, and nothing else of this machine or of others."""
        url = request["request"]["url"]
        if url.startswith(self._app) and "/.." not in url:
            self._post("Fetch.continueRequest", {"requestId": request["requestId"]})
        else:
            self.blocked.append(url)
            self._post("Fetch.failRequest", {"requestId": request["requestId"], "errorReason": "AccessDenied"})

    def open(self, folder, page):
        """folder: a pathlib.Path. Loads a page of the application anew: nothing of the drawing before is left."""
        self._app = folder.as_uri() + "/"
        self.blocked = []
        self.call("Fetch.enable", patterns=[{"urlPattern": "*"}])
        self.call("Page.navigate", url=self._app + page)

    def evaluate(self, expression):
        """The value of a JavaScript expression, awaited."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            words = details.get("exception", {}).get("description") or details.get("text", "")
            raise DrawioError("draw.io failed: " + words.splitlines()[0].removeprefix("Error: "))
        return answer["result"].get("value")

    def is_alive(self):
        return self._process.poll() is None

    def close(self):
        """Ends the browser with all its helpers and removes its profile."""
        deadline = time.monotonic() + 10
        while True:
            left = _descendants()
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            try:
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            except ChildProcessError:
                pass
            if not left or time.monotonic() > deadline:
                break
            time.sleep(0.005)
        os.close(self._write)
        os.close(self._read)
        self._log.close()
        shutil.rmtree(self._profile, ignore_errors=True)
        self._lock.close()

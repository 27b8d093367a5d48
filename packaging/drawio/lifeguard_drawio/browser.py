# SPDX-License-Identifier: GPL-3.0-or-later
"""Controls a headless Chromium through two pipes. No port is opened, and Chromium ends with this process."""

import base64
import ctypes
import fcntl
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.parse

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
    # The browser's own services, which it would otherwise call when drawings may use the network.
    "--host-resolver-rules=" + ",".join(f"MAP {host} ~NOTFOUND" for host in (
        "accounts.google.com", "clients2.google.com", "clients4.google.com", "content-autofill.googleapis.com",
        "optimizationguide-pa.googleapis.com", "safebrowsing.googleapis.com", "update.googleapis.com")),
    # Not even the addresses of this machine are sent to anyone.
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--remote-debugging-pipe",
)
# No network access: all requests go to a proxy that does not exist.
_OFFLINE_FLAGS = ("--proxy-server=127.0.0.1:9", "--proxy-bypass-list=<-loopback>")
# What drawings may load in addition to the files of the application. They can never load scripts or other documents.
_PASSIVE_TYPES = ("Image", "Font", "Stylesheet")


class Access:
    """What a drawing may load besides the files of the application: pictures in folders, and the network."""

    def __init__(self, network=False, folders=()):
        self.network = network
        self._folders = [os.path.realpath(folder) for folder in folders]

    def __eq__(self, other):
        return isinstance(other, Access) and (self.network, self._folders) == (other.network, other._folders)

    def allowed_file(self, url):
        """Returns the path of the file that a URL names if it lies in an allowed folder, otherwise None."""
        parts = urllib.parse.urlsplit(url)
        if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
            return None
        path = os.path.realpath(urllib.parse.unquote(parts.path))
        inside = any(os.path.commonpath([path, folder]) == folder for folder in self._folders)
        return path if inside and os.path.isfile(path) else None


def find_browser():
    """Returns the path of the browser, or None if it is not installed."""
    configured = os.environ.get("LIFEGUARD_CHROMIUM")
    if configured:
        return shutil.which(configured)
    return next(filter(None, map(shutil.which, _NAMES)), None)


def _prctl(option, value):
    """Calls prctl(2)."""
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _parents():
    """Returns a dictionary of pid to parent pid of all processes except zombies."""
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
    """Returns the pids of all descendants. This process is a subreaper, so it becomes the parent of orphaned ones."""
    table = _parents()
    found, level = set(), {os.getpid()}
    while level:
        level = {pid for pid, parent in table.items() if parent in level and pid not in found}
        found |= level
    return found


def _remove_stale_profiles():
    """Removes the profiles of earlier processes that were killed. Their locks are no longer held."""
    folder = os.environ.get("TMPDIR") or "/tmp"
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if not name.startswith(PROFILE_PREFIX) or os.path.islink(path):
            continue
        try:
            info = os.stat(path)
            # A new profile may not be locked yet.
            if info.st_uid != os.getuid() or time.time() - info.st_mtime < 60:
                continue
            with open(os.path.join(path, "lock"), "rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path, ignore_errors=True)
        except OSError:
            continue


class Browser:
    """A browser with one page. Not thread-safe."""

    def __init__(self, network=False):
        """network: whether the browser can reach the network at all; each drawing is restricted further by its Access."""
        program = find_browser()
        if not program:
            raise DrawioError("Chromium, which renders drawings, is not installed. Install it with: apt install chromium", 3)
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
        self._page = None
        self.network = network
        self.access = Access()
        self.blocked = []  # URLs that the drawing requested and that were not loaded, as in the drawing
        self.files = []  # paths of files outside the application that the drawing requested
        self._start(program)
        target = self.call("Target.createTarget", url="about:blank", browser=True)["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True, browser=True)["sessionId"]
        self.call("Page.enable")
        self.call("Runtime.enable")

    def _start(self, program):
        """Starts the browser with its DevTools pipes at descriptors 3 and 4."""
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        # Chromium reads from descriptor 3 and writes to 4. Move the pipes to high descriptors first, so that dup2()
        # overwrites none of them.
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 20) for fd in (to_browser, self._write, self._read, from_browser)]
        for fd in (to_browser, self._write, self._read, from_browser):
            os.close(fd)
        to_browser, self._write, self._read, from_browser = high
        for fd in (3, 4):  # occupy both, so that Python's internal pipe to the child gets neither
            try:
                os.fstat(fd)
            except OSError:
                os.dup2(self._log.fileno(), fd, inheritable=False)

        def prepare():
            """Runs in the child before exec."""
            os.dup2(to_browser, 3)
            os.dup2(from_browser, 4)
            _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

        self._process = subprocess.Popen(
            [program, *_FLAGS, *(() if self.network else _OFFLINE_FLAGS), f"--user-data-dir={self._profile}", "about:blank"], stdin=subprocess.DEVNULL,
            stdout=self._log, stderr=self._log, pass_fds=(3, 4), preexec_fn=prepare, cwd=self._profile, start_new_session=True,
            # "." is the profile folder: Chromium creates a socket in TMPDIR, and an absolute path may exceed the
            # maximum length of a socket path.
            env={**os.environ, "TMPDIR": ".", "XDG_CONFIG_HOME": self._profile, "XDG_CACHE_HOME": self._profile,
                 "DBUS_SESSION_BUS_ADDRESS": "disabled:"})
        os.close(to_browser)
        os.close(from_browser)

    def _exit_error(self):
        """Returns the error for a browser that has ended, with the last relevant line of its output."""
        self._process.poll()
        self._log.seek(0)
        lines = [line for line in self._log.read().decode("utf-8", "replace").splitlines() if "crashpad" not in line]
        relevant = [line for line in lines if "FATAL" in line] or [line for line in lines if "ERROR:" in line]
        return DrawioError("Chromium ended unexpectedly" + (f": {relevant[-1].strip()}" if relevant else "."))

    def _next_message(self):
        """Waits for the next message and returns it."""
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], 600)
            if not ready:
                raise DrawioError("Chromium has stopped responding.")
            chunk = os.read(self._read, 1 << 20)
            if not chunk:
                raise self._exit_error()
            self._buffer += chunk
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)

    def _send(self, method, parameters, browser=False):
        """Sends a command and returns its id. browser: to the browser instead of the page."""
        self._last_id += 1
        message = {"id": self._last_id, "method": method, "params": parameters}
        if self._session and not browser:
            message["sessionId"] = self._session
        data = json.dumps(message).encode() + b"\0"
        try:
            while data:
                data = data[os.write(self._write, data):]
        except BrokenPipeError as error:
            raise self._exit_error() from error
        return self._last_id

    def call(self, method, browser=False, **parameters):
        """Sends a command of the DevTools protocol and returns its result. browser: to the browser, not the page."""
        command_id = self._send(method, parameters, browser)
        while True:
            message = self._next_message()
            if message.get("id") == command_id:
                if "error" in message:
                    raise DrawioError(f"Chromium refused {method}: {message['error'].get('message')}")
                return message.get("result", {})
            self._on_event(message)

    def _on_event(self, message):
        method = message.get("method")
        if method == "Fetch.requestPaused":
            self._on_request(message["params"])
        elif method in ("Inspector.targetCrashed", "Target.targetCrashed"):
            raise DrawioError("The page crashed while rendering the drawing. The drawing may need more memory than is available.")

    def _on_request(self, request):
        """Allows requests for files of the application and those that the Access allows. Blocks everything else."""
        url, kind = request["request"]["url"], request.get("resourceType")
        identity = {"requestId": request["requestId"]}
        if url == self._page:
            self._send("Fetch.fulfillRequest", {**identity, "responseCode": 200, "body": self._page_content(),
                                                "responseHeaders": [{"name": "Content-Type", "value": "text/html; charset=utf-8"}]})
        elif self._is_allowed(url, kind):
            self._send("Fetch.continueRequest", identity)
        else:
            self._send("Fetch.failRequest", {**identity, "errorReason": "AccessDenied"})

    def _is_allowed(self, url, kind):
        """Returns whether a request is allowed, and records which files were used and which were missing or blocked."""
        parts = urllib.parse.urlsplit(url)
        if url.startswith(self._app) and "/.." not in url:
            # The application searches for shapes in files that need not exist.
            if kind in _PASSIVE_TYPES and not os.path.isfile(urllib.parse.unquote(parts.path)):
                self._block(url)
            return True
        if kind in _PASSIVE_TYPES:
            path = self.access.allowed_file(url)
            if path:
                self.files.append(path)
            if path or (self.access.network and parts.scheme in ("http", "https")):
                return True
        self._block(url)
        return False

    def _block(self, url):
        """Records a request that was not allowed, under the name that it has in the drawing."""
        name = url
        if url.startswith(self._app):
            name = urllib.parse.unquote(url[len(self._app):]).removeprefix("proxy?url=")
        if name and name not in self.blocked:
            self.blocked.append(name)

    def _page_content(self):
        """Returns the page of the application, with a policy that no drawing can run a script or load a document, in base64."""
        # Pictures of other places are blocked by _on_request(), which records them.
        passive = "file: data: blob: http: https: ftp:"
        policy = (f"default-src 'none'; script-src file: 'unsafe-eval'; connect-src file: data: blob:; img-src {passive}; "
                  f"font-src {passive}; style-src 'unsafe-inline' {passive}; base-uri 'none'; form-action 'none'")
        with open(urllib.parse.unquote(urllib.parse.urlsplit(self._page).path), encoding="utf-8") as file:
            html = file.read()
        doctype, separator, rest = html.partition("<head>") if "<head>" in html else ("", "", html)
        html = f'{doctype}{separator}<meta http-equiv="Content-Security-Policy" content="{policy}">{rest}'
        return base64.b64encode(html.encode()).decode()

    def open(self, folder, page, access):
        """Reloads a page of the application in folder, which discards the previous drawing, and waits until it is complete."""
        self._app = pathlib.Path(folder).as_uri() + "/"
        self._page = self._app + page
        self.access = access
        self.blocked = []
        self.files = []
        self.call("Fetch.enable", patterns=[{"urlPattern": "*"}])
        self.call("Page.navigate", url=self._page)
        # Not later: requests wait for an answer, and a page that waits keeps a processor busy.
        self.evaluate("new Promise(done => document.readyState == 'complete' ? done() : addEventListener('load', () => done()))")
        # The previous drawing may have requested something until its page was left.
        self.blocked = []
        self.files = []

    def content_of(self, url):
        """Returns the content of a picture that the page has loaded, as a data: URL, or None if it was not loaded."""
        frame = self.call("Page.getResourceTree")["frameTree"]
        kinds = {resource["url"]: resource["mimeType"] for resource in frame["resources"] if not resource.get("failed")}
        if url not in kinds:
            return None
        try:
            result = self.call("Page.getResourceContent", frameId=frame["frame"]["id"], url=url)
        except DrawioError:
            self._block(url)  # the picture was larger than the browser's cache, or its server forbids keeping it
            return None
        content = result["content"] if result["base64Encoded"] else base64.b64encode(result["content"].encode()).decode()
        return f"data:{kinds[url]};base64,{content}"

    def evaluate(self, expression):
        """Evaluates a JavaScript expression, awaits it and returns its value."""
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            description = details.get("exception", {}).get("description") or details.get("text", "")
            raise DrawioError("draw.io failed: " + description.splitlines()[0].removeprefix("Error: "))
        return result["result"].get("value")

    def is_alive(self):
        """Returns whether the browser is running."""
        return self._process.poll() is None

    def close(self):
        """Kills the browser and all its child processes, and removes its profile."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            for pid in _descendants():
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            try:
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            except ChildProcessError:
                break  # orphans become children of this process, so there are no descendants either
            time.sleep(0.005)
        os.close(self._write)
        os.close(self._read)
        self._log.close()
        shutil.rmtree(self._profile, ignore_errors=True)
        self._lock.close()

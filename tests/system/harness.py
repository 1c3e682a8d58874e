# SPDX-License-Identifier: Apache-2.0
"""Starts the real hub on temporary folders and free ports, and talks to it as feeds, staff and
peers do. Waits on events (readiness datagrams, the control socket's watch), never on sleeps."""

import contextlib
import datetime
import http.server
import json
import os
import pathlib
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

import yaml

TOP = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("HANSHO_BIN", TOP / "build" / "asan" / "bin"))
SHARED = TOP.parent / "shared"
SAMPLES = TOP / "schemas" / "samples" / "jmx"
PATIENCE = float(os.environ.get("HANSHO_TEST_PATIENCE", "60"))
JST = datetime.timezone(datetime.timedelta(hours=9))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def now():
    return datetime.datetime.now(JST).replace(microsecond=0)


# ---- telegrams -------------------------------------------------------------------------------

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")


def telegram(name, at=None, **values):
    """A sample telegram moved to `at` (now): every time in it moves by the same amount. values
    replace the text of the named elements (first occurrence): Status="訓練", EventID="…"."""
    text = (SAMPLES / name).read_text()
    at = at or now()
    issued = re.search(r"<ReportDateTime>([^<]+)</ReportDateTime>", text).group(1)
    delta = at - datetime.datetime.fromisoformat(issued.strip())

    def move(match):
        stamp = match.group(0)
        moved = datetime.datetime.fromisoformat(stamp.replace("Z", "+00:00")) + delta
        if stamp.endswith("Z"):
            return moved.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        return moved.astimezone(JST).isoformat()

    text = STAMP.sub(move, text)
    for element, value in values.items():
        text, count = re.subn(rf"<{element}\b[^>]*?(/>|>[^<]*</{element}>)", f"<{element}>{value}</{element}>", text, count=1)
        assert count == 1, f"{name} has no {element}"
    return text.encode()


# ---- the hub ---------------------------------------------------------------------------------


class Refused(Exception):
    def __init__(self, answer):
        super().__init__(f"{answer.get('code')}: {answer.get('text')}")
        self.code = answer.get("code")


class Control:
    """One connection to the control socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(str(path))
        self.reader = self.socket.makefile("rb")

    def close(self):
        self.reader.close()
        self.socket.close()

    def line(self):
        data = self.reader.readline()
        if not data:
            raise EOFError("the hub closed the control socket")
        return json.loads(data)

    def ask(self, op, **members):
        self.socket.sendall(json.dumps({"op": op, **members}).encode() + b"\n")
        answer = self.line()
        if not answer["ok"]:
            raise Refused(answer)
        return answer["result"]


class Watch(Control):
    """Events as they come."""

    def __init__(self, path):
        super().__init__(path)
        self.ask("watch")
        self.seen = []

    def until(self, match, timeout=PATIENCE):
        """The next event for which match(event) is true."""
        deadline = time.monotonic() + timeout
        while True:
            self.socket.settimeout(max(0.001, deadline - time.monotonic()))
            event = self.line()
            self.seen.append(event)
            if match(event):
                return event


class Hub:
    def __init__(self, config, folder=None, env=None, check_clean=True):
        self.own_folder = folder is None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="hansho-"))
        self.env = env or {}
        self.process = None
        self.check_clean = check_clean
        self.config = {
            "site": "test",
            "state_dir": str(self.folder / "state"),
            "run_dir": str(self.folder / "run"),
            "http": {"listen": "off"},
            **config,
        }
        self.control_path = self.folder / "run" / "control.sock"
        self.config.setdefault("control_socket", str(self.control_path))
        self.config_path = self.folder / "hansho.yaml"
        self.log_path = self.folder / "hub.log"
        self.write_config()

    def write_config(self):
        self.config_path.write_text(yaml.safe_dump(self.config, allow_unicode=True, sort_keys=False))

    def start(self, **env):
        notify = self.folder / "notify.sock"
        notify.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready, open(self.log_path, "ab") as log:
            ready.bind(str(notify))
            self.process = subprocess.Popen(
                [BIN / "hanshod", "-c", self.config_path],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={**os.environ, "NOTIFY_SOCKET": str(notify), **self.env, **env},
            )
            self.wait_ready(ready)
        self.wait_listening()
        return self

    def wait_ready(self, ready):
        deadline = time.monotonic() + PATIENCE
        fd = os.pidfd_open(self.process.pid)
        try:
            while True:
                readable, _, _ = select.select([ready, fd], [], [], max(0, deadline - time.monotonic()))
                if ready in readable and b"READY=1" in ready.recv(4096):
                    return
                if fd in readable:
                    raise AssertionError(f"hanshod ended ({self.process.wait()}):\n{self.log()}")
                if not readable:
                    raise AssertionError(f"hanshod is not ready:\n{self.log()}")
        finally:
            os.close(fd)

    def wait_listening(self):
        watch = Watch(self.control_path)
        try:
            status = self.ask("status")
            if not all(feed["listening"] for feed in status["feeds"]):
                watch.until(lambda e: e["event"] == "ingest_ready")
        finally:
            watch.close()

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def kill(self, number=signal.SIGKILL):
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                code = self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise
            assert not self.check_clean or code == 0, f"hanshod ended with {code}:\n{self.log()[-4000:]}"

    def __enter__(self):
        return self if self.process else self.start()

    def __exit__(self, kind, value, trace):
        try:
            self.stop()
        finally:
            if kind and os.environ.get("HANSHO_KEEP"):
                print(f"kept: {self.folder}")
            elif self.own_folder:
                shutil.rmtree(self.folder, ignore_errors=True)
        if not kind and self.check_clean:
            assert "ERROR: AddressSanitizer" not in self.log() if self.log_path.exists() else True

    def ask(self, op, **members):
        control = Control(self.control_path)
        try:
            return control.ask(op, **members)
        finally:
            control.close()

    def watch(self):
        return Watch(self.control_path)

    def settled(self, alert, confirmed=0, timeout=PATIENCE):
        """Everything about an alert once all its deliveries are at their end."""
        control = Control(self.control_path)
        control.socket.settimeout(timeout + 10)
        try:
            return control.ask("wait", id=alert, confirmed=confirmed, timeout_ms=int(timeout * 1000))
        finally:
            control.close()

    def port_of(self, feed):
        for one in self.ask("status")["feeds"]:
            if one["name"] == feed:
                return next(l["port"] for l in one["listeners"] if l["kind"] == "tcp")
        raise KeyError(feed)

    def feed_socket(self, feed="local"):
        return self.folder / "run" / f"{feed}.sock"

    def send(self, data, feed="local"):
        """One bare document until end of file, as socat does it."""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(PATIENCE)
            s.connect(str(self.feed_socket(feed)))
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
            return json.loads(s.makefile("rb").readline())

    def recipients(self, name, rows):
        self.ask("recipients_import", list=name, stage="begin")
        for at in range(0, len(rows), 5000):
            self.ask("recipients_import", list=name, stage="rows", rows=rows[at : at + 5000])
        return self.ask("recipients_import", list=name, stage="end", replace=True)["count"]

    def children(self, name):
        """Pids of child processes whose program is called name."""
        found = []
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = stat.read_text().rsplit(")", 1)
                parent = int(fields[1].split()[1])
                if parent == self.process.pid:
                    exe = os.readlink(stat.parent / "exe")
                    if pathlib.Path(exe).name == name:
                        found.append(int(stat.parent.name))
        return found


def delivery(shown, channel, broadcast=-1):
    """The delivery on a channel of a shown alert's broadcast (the last by default)."""
    for one in shown["broadcasts"][broadcast]["deliveries"]:
        if one["channel"] == channel:
            return one
    raise KeyError(channel)


# ---- municipalities and channels for tests ---------------------------------------------------

IWAKI = {
    "code": "07204",
    "name": "いわき市",
    "reading": "いわきし",
    "prefecture": "福島県",
    "weather": ["0720400"],
    "seismic": ["0720400"],
    "seismic_area": ["251"],
    "tsunami": ["250"],
    "volcanoes": [],
    "rivers": [],
    "parents": ["070000", "070020", "070025"],
    "offices": ["福島地方気象台"],
}


def fake(name, folder, **options):
    """A channel on the fake driver that writes each delivered key into <folder>/<name>.record."""
    channel = {"name": name, "driver": "fake", "targets": ["one"], "drill": True}
    channel.update({k: options.pop(k) for k in list(options) if k in CHANNEL_KEYS})
    channel["options"] = {"record": str(pathlib.Path(folder) / f"{name}.record"), **options}
    return channel


CHANNEL_KEYS = {
    "agents", "targets", "audience", "languages", "kinds", "on_unknown", "hold_always", "batch_max", "deadline",
    "retry_first", "retry_max", "breaker_faults", "breaker_time", "drill", "enabled",
}


def recorded(folder, name):
    path = pathlib.Path(folder) / f"{name}.record"
    return path.read_text().split("\n")[:-1] if path.exists() else []


def basic_config(folder, channels, feeds=("local",), rules=None, drill=None):
    names = [c["name"] for c in channels]
    return {
        "municipalities": [IWAKI],
        "feeds": [{"name": n, "unix": str(pathlib.Path(folder) / "run" / f"{n}.sock")} for n in feeds],
        "channels": channels,
        "rules": {
            "live": rules if rules is not None else [{"name": "all", "match": {"kinds": ["*"]}, "channels": names}],
            "drill": drill
            if drill is not None
            else [{"name": "drills", "match": {"kinds": ["*"]}, "channels": [c["name"] for c in channels if c.get("drill")]}],
        },
    }


# ---- peers -----------------------------------------------------------------------------------


class Receiver:
    """An HTTP endpoint whose answers are scripted: answers(request) -> (status, headers, body)."""

    def __init__(self, answers=None):
        self.requests = []
        self.arrived = threading.Condition()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                request = {"path": self.path, "headers": dict(self.headers), "body": body}
                with outer.arrived:
                    outer.requests.append(request)
                    number = len(outer.requests)
                    outer.arrived.notify_all()
                status, headers, text = answers(request, number) if answers else (200, {}, b"{}")
                self.send_response(status)
                for key, value in headers.items():
                    self.send_header(key, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_PUT = do_POST

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def wait(self, count):
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.requests) >= count, PATIENCE), "no request came"

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Broker:
    """A private Mosquitto."""

    def __init__(self, folder, port=None):
        self.folder = pathlib.Path(folder)
        self.port = port or free_port()
        self.config = self.folder / f"mosquitto-{self.port}.conf"
        self.config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\npersistence false\n"
            "max_queued_messages 0\nuser root\n"
        )
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["mosquitto", "-c", self.config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + PATIENCE
        while True:
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self.process.poll() is None and time.monotonic() < deadline, "mosquitto did not start"
            select.select([], [], [], 0.01)

    def stop(self):
        self.process.terminate()
        self.process.wait(PATIENCE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

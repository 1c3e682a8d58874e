# SPDX-License-Identifier: Apache-2.0
"""Plays the hub towards hansho-ingest, and clients towards its sockets.

    with Hub(tmp_path, [feed("main")]) as hub:
        hub.answer_all()                      # accept whatever comes
        assert hub.client("main").send_whole(telegram) == [{"accepted": ...}]

Every wait has a limit and ends on an event, never on a sleep.
"""
import json
import os
import select
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest

WAIT_S = 20.0


def program():
    folder = os.environ.get("HANSHO_BIN")
    if not folder:
        pytest.skip("HANSHO_BIN does not name the folder of the built programs")
    path = Path(folder) / "hansho-ingest"
    if not path.exists():
        pytest.skip("hansho-ingest is not built")
    return path


def is_sanitized():
    return b"__asan_init" in program().read_bytes()


def has_crash_points():
    return b"HANSHO_CRASH_AT" in program().read_bytes()


def feed(name, **members):
    """A feed on a Unix socket; a value of None removes the member."""
    f = {"name": name, "formats": ["cap"], "sources": [], "senders": [], "max_bytes": 8 << 20,
         "max_connections": 64, "rate_per_minute": 0, "idle_timeout_ms": 10000, "unix": True}
    f.update(members)
    return {k: v for k, v in f.items() if v is not None}


def cap(number=1, severity="Severe", status="Actual", extra="", event="Fire"):
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
<identifier>hansho-{number}</identifier><sender>tower@town.example</sender>
<sent>2026-11-20T14:30:00+09:00</sent><status>{status}</status><msgType>Alert</msgType>
<scope>Public</scope>
<info><language>en</language><category>Fire</category><event>{event}</event>
<urgency>Immediate</urgency><severity>{severity}</severity><certainty>Observed</certainty>
<expires>2026-11-20T16:30:00+09:00</expires>
<headline>Number {number}</headline><description>{extra}</description>
<area><areaDesc>Town</areaDesc><geocode><valueName>JIS</valueName><value>992011</value></geocode>
</area></info></alert>
""".encode()


def counted(*messages):
    return b"".join(b"%d %s" % (len(m), m) for m in messages)


class Client:
    def __init__(self, sock):
        self.sock = sock
        self.sock.settimeout(WAIT_S)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def send(self, data):
        self.sock.sendall(data)

    def send_until_refused(self, data):
        """As send(), but the other side may close while we still write."""
        try:
            self.sock.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def end(self):
        self.sock.shutdown(socket.SHUT_WR)

    def line(self):
        """The next answer, or None at end of file."""
        while b"\n" not in self.buffer:
            more = self.sock.recv(65536)
            if not more:
                assert self.buffer == b"", "an answer line was cut"
                return None
            self.buffer += more
        line, self.buffer = self.buffer.split(b"\n", 1)
        return json.loads(line)

    def rest(self):
        lines = []
        while (line := self.line()) is not None:
            lines.append(line)
        return lines

    def send_whole(self, data):
        self.send(data)
        self.end()
        return self.rest()


class Hub:
    """One hansho-ingest with this object as its hub."""

    def __init__(self, folder, feeds, env=None, hello=True):
        self.folder = Path(folder)
        self.feeds = feeds
        for f in feeds:
            if f.get("unix") is True:
                f["unix"] = str(self.folder / f"{f['name']}.sock")
        ours, theirs = socket.socketpair()
        self.link = ours
        fd = theirs.fileno()
        self.process = subprocess.Popen(
            [str(program())], pass_fds=[3], preexec_fn=lambda: os.dup2(fd, 3),
            env={"PATH": os.environ.get("PATH", ""), **(env or {})}, stderr=subprocess.PIPE)
        theirs.close()
        self.buffer = bytearray()
        self.log = b""
        self.log_thread = threading.Thread(target=self._read_log, daemon=True)
        self.log_thread.start()
        self.kept = []
        self.answers = None
        self.ready = None
        if hello:
            self.say({"op": "hello", "site": "town", "feeds": feeds})
            self.ready = self.wait("ready")

    def _read_log(self):
        while chunk := self.process.stderr.read1(65536):
            self.log += chunk

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.link.close()
        if self.process.poll() is None:
            try:
                self.process.wait(WAIT_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log_thread.join(WAIT_S)
        self.process.stderr.close()
        for marker in (b"AddressSanitizer", b"LeakSanitizer", b"runtime error"):
            assert marker not in self.log, self.log.decode(errors="replace")

    def say(self, message):
        self.link.sendall(json.dumps(message).encode() + b"\n")

    def answer(self, message, answer=None):
        answer = answer or {"accepted": message["alert"]["digest"][:16]}
        self.say({"op": "answer", "ref": message["ref"], "answer": answer})

    def _more(self, end):
        """Reads what has come; False at end of file or when the time is over."""
        left = end - time.monotonic()
        if left <= 0 or not select.select([self.link], [], [], left)[0]:
            return False
        try:
            chunk = self.link.recv(1 << 20)
        except ConnectionResetError:
            chunk = b""
        self.buffer += chunk
        return bool(chunk)

    def read(self, timeout=WAIT_S):
        """The next message from the process, with `alert` and `raw` out of what is attached to it;
        None at end of file or when the time is over."""
        end = time.monotonic() + timeout
        while (at := self.buffer.find(b"\n")) < 0:
            if not self._more(end):
                return None
        message = json.loads(self.buffer[:at])
        whole = at + 1
        if "attached" in message:
            whole += message["attached"] + 1
            while len(self.buffer) < whole:
                if not self._more(end):
                    return None
            attached = bytes(self.buffer[at + 1:whole])
            assert attached[-1:] == b"\n"
            size = message["alert_size"]
            message |= {"alert": json.loads(attached[:size]), "raw": attached[size:-1]}
        del self.buffer[:whole]
        return message

    def wait(self, op):
        """The next message with this op; others are kept for later calls."""
        for i, message in enumerate(self.kept):
            if message["op"] == op:
                return self.kept.pop(i)
        while (message := self.read()) is not None:
            if message["op"] == op:
                return message
            self.kept.append(message)
        raise AssertionError(f"no {op} came; log: {self.log.decode(errors='replace')}")

    def answer_all(self):
        """From now on every alert is accepted, in a thread; lines go to self.kept."""
        def run():
            while True:
                try:
                    message = self.read(WAIT_S)
                    if message is None:
                        return
                    self.kept.append(message)
                    if message["op"] == "alert":
                        self.answer(message)
                except (OSError, ValueError):
                    return
        threading.Thread(target=run, daemon=True).start()

    def client(self, name):
        path = next(f["unix"] for f in self.feeds if f["name"] == name)
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(WAIT_S)
        sock.connect(path)
        return Client(sock)

    def tcp_client(self, name):
        at = next(x for x in self.ready["listeners"] if x["feed"] == name and x["kind"] == "tcp")
        return Client(socket.create_connection((at["address"], at["port"]), WAIT_S))

    def resident_kib(self):
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        raise AssertionError("no VmRSS")

    def status(self):
        return self.process.wait(WAIT_S)

# SPDX-License-Identifier: Apache-2.0
"""Plays the hub and hansho-ingest towards a fetch program.

    with Intake(tmp_path) as intake, Fetcher("spool", tmp_path, intake, {"folder": ...}) as fetcher:
        intake.wait(1)                       # the first telegram has come and was answered
        fetcher.health("ok")

Every wait has a limit and ends on an event, never on a sleep.
"""
import contextlib
import json
import os
import select
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest

WAIT_S = 30.0


def program(name):
    folder = os.environ.get("HANSHO_BIN")
    if not folder:
        pytest.skip("HANSHO_BIN does not name the folder of the built programs")
    path = Path(folder) / f"hansho-fetch-{name}"
    if not path.exists():
        pytest.skip(f"hansho-fetch-{name} is not built")
    return path


class Intake:
    """A feed's socket. answers(number, bytes) -> the answer's object, or None to hang up without
    one; number counts from 1. Without answers every telegram is accepted, the second time a
    duplicate."""

    def __init__(self, folder, answers=None):
        self.path = str(Path(folder) / "intake.sock")
        self.answers = answers
        self.telegrams = []  # as answered for good
        self.seen = 0
        self.changed = threading.Condition()
        self.listener = None
        self.open()

    def open(self):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(16)
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def close(self):
        if self.listener:
            os.unlink(self.path)
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            self.listener = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _accept(self, listener):
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        stream = sock.makefile("rb")
        with contextlib.suppress(OSError), sock, stream:
            while True:
                digits = b""
                while (byte := stream.read(1)).isdigit():
                    digits += byte
                if byte != b" ":
                    return
                data = stream.read(int(digits))
                if len(data) < int(digits):
                    return
                answer = self._judge(data)
                if answer is None:
                    return
                sock.sendall(json.dumps(answer).encode() + b"\n")

    def _judge(self, data):
        with self.changed:
            self.seen += 1
            if self.answers:
                answer = self.answers(self.seen, data)
            else:
                answer = {"duplicate" if data in self.telegrams else "accepted": "0011223344556677"}
            if answer and "retry" not in answer:
                self.telegrams.append(data)
            self.changed.notify_all()
            return answer

    def wait(self, count):
        """Until count telegrams have been answered for good."""
        return self.until(lambda: len(self.telegrams) >= count)

    def until(self, true):
        with self.changed:
            assert self.changed.wait_for(true, WAIT_S), f"{self.seen} came, {len(self.telegrams)} settled"
            return list(self.telegrams)


class Fetcher:
    """One fetch program with this object as its hub."""

    def __init__(self, name, folder, intake, options, feed="main", env=None):
        self.name = name
        self.state_dir = Path(folder) / "state" / feed
        self.log_path = Path(folder) / f"{name}.log"
        self.lines = []
        self.buffer = b""
        self.link, theirs = socket.socketpair()
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [str(program(name))], stdin=theirs, stdout=theirs, stderr=log,
                env={"PATH": os.environ.get("PATH", ""), **(env or {})})
        theirs.close()
        self.hello = {"op": "hello", "protocol": 1, "feed": feed, "site": "town", "program": name,
                      "options": options, "state_dir": str(self.state_dir), "socket": intake.path}
        self.link.sendall(json.dumps(self.hello).encode() + b"\n")

    def line(self, timeout=WAIT_S):
        end = time.monotonic() + timeout
        while b"\n" not in self.buffer:
            left = end - time.monotonic()
            assert left > 0 and select.select([self.link], [], [], left)[0], (
                f"nothing more was said after {self.lines[-3:]}\n{self.log()}")
            more = self.link.recv(65536)
            assert more, f"the program ended after {self.lines[-3:]}\n{self.log()}"
            self.buffer += more
        line, self.buffer = self.buffer.split(b"\n", 1)
        self.lines.append(json.loads(line))
        return self.lines[-1]

    def until(self, true):
        """The next line for which it is true."""
        end = time.monotonic() + WAIT_S
        while True:
            line = self.line(end - time.monotonic())
            if true(line):
                return line

    def health(self, state, text=""):
        """The next health of this state whose words hold text."""
        return self.until(lambda m: m["op"] == "health" and m["state"] == state and text in m.get("text", ""))

    def kill(self):
        self.process.kill()
        self.process.wait(WAIT_S)
        self.link.close()

    def end(self):
        self.link.close()
        return self.process.wait(WAIT_S)

    def log(self):
        return self.log_path.read_text(errors="replace")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            self.link.close()
            try:
                self.process.wait(WAIT_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise
        for marker in ("AddressSanitizer", "runtime error"):
            assert marker not in self.log(), self.log()[-4000:]
        if not kind:
            assert self.process.returncode in (0, -9), f"ended with {self.process.returncode}: {self.log()}"

# SPDX-License-Identifier: Apache-2.0
"""Plays the hub towards one driver process: start it, say hello, send batches, read frames.

    with start_driver("fake", {"record": str(path)}) as d:
        d.deliver("b1/fake", [target("one")])
        outcomes = d.outcomes()          # {"one": {...}}, waits until every target has one

The folder of the built programs is HANSHO_BIN; without it (or without the program) tests are
skipped. Every wait has a limit and ends on an event, never on a sleep.
"""
import hashlib
import json
import os
import selectors
import signal
import subprocess
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
WAIT_S = 20.0
JST = timezone(timedelta(hours=9))


def driver_path(name):
    """The program of a driver, or skip the test."""
    folder = os.environ.get("HANSHO_BIN")
    if not folder:
        pytest.skip("HANSHO_BIN does not name the folder of the built programs")
    path = Path(folder) / f"hansho-channel-{name}"
    if not path.exists():
        pytest.skip(f"{path.name} is not built")
    return path


def has_crash_points(name):
    """True when the program was built with HANSHO_CRASH_POINTS."""
    return b"HANSHO_CRASH_AT" in driver_path(name).read_bytes()


def delivery_key(broadcast_id, channel, target_id):
    """As schemas/broadcast.h makes it."""
    text = "".join(f + "\0" for f in (broadcast_id, channel, target_id))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def target(id, address="", lang="ja", area="", key=None):
    return {"id": id, "key": key or delivery_key("b", "c", id), "address": address,
            "lang": lang, "area": area}


def text_now(**delta):
    return (datetime.now(JST) + timedelta(**delta)).isoformat(timespec="seconds")


def make_broadcast(**members):
    """A tsunami warning for an invented town; keyword arguments replace members."""
    b = {
        "id": "00112233aabbccdd.1", "alert": "00112233aabbccdd", "thread": "tsunami-1",
        "status": "actual", "kind": "tsunami.warning", "event": "issued", "severity": "severe",
        "level": 0, "code": "51", "value": "3m", "rule": "tsunami", "source": "気象庁",
        "update": 1, "priority": 1,
        "issued": text_now(), "expires": text_now(hours=1),
        "areas": [{"system": "municipality", "code": "99201", "name": "半鐘市"}],
        "texts": {
            "ja": {"title": "津波警報",
                   "short": "半鐘市に津波警報。海岸から離れ、高い所へ避難してください。",
                   "body": "半鐘市の沿岸に津波警報が発表されました。\n"
                           "ただちに海岸や川から離れ、高台や避難ビルへ避難してください。",
                   "speech": "津波警報が発表されました。\nただちに高い所へ避難してください。"},
            "en": {"title": "Tsunami warning",
                   "short": "Tsunami warning for Hansho City. Move to high ground now.",
                   "body": "A tsunami warning is in force for the coast of Hansho City.\n"
                           "Leave the coast and rivers now and go to high ground.",
                   "speech": "A tsunami warning is in force.\nGo to high ground now."},
        },
        "replaces": [],
    }
    b.update(members)
    return b


class DriverGone(AssertionError):
    """The driver's output ended."""


class Driver:
    def __init__(self, argv, env=None):
        self.stderr_text = b""
        self.process = subprocess.Popen(
            [str(a) for a in argv], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, bufsize=0, start_new_session=True,
            env={**os.environ, **(env or {})})
        self._selector = selectors.DefaultSelector()
        self._selector.register(self.process.stdout, selectors.EVENT_READ)
        self._selector.register(self.process.stderr, selectors.EVENT_READ)
        self._input = b""
        self._out_open = True
        self.frames = []       # everything received, in order
        self._waiting = {}     # delivery -> ids without outcome
        self._delivery = None

    # ---- lines ----
    def send(self, message):
        self.send_bytes(json.dumps(message, ensure_ascii=False).encode() + b"\n")

    def send_bytes(self, data):
        """Reads while it writes, as the hub does: a driver that has much to say does not listen."""
        end = time.monotonic() + WAIT_S
        os.set_blocking(self.process.stdin.fileno(), False)
        self._selector.register(self.process.stdin, selectors.EVENT_WRITE)
        try:
            while data:
                data = data[self._pump(end, data):]
        finally:
            self._selector.unregister(self.process.stdin)

    def _pump(self, end, out=b""):
        """Reads what has come; writes what of out goes, and returns how much that was."""
        written = 0
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"driver said nothing; log:\n{self.log()}")
        for key, _ in self._selector.select(left):
            if key.fileobj is self.process.stdin:
                written = os.write(key.fd, out)
                continue
            data = os.read(key.fd, 65536)
            if key.fileobj is self.process.stderr:
                self.stderr_text += data
            else:
                self._input += data
                self._out_open = self._out_open and bool(data)
            if not data:
                self._selector.unregister(key.fileobj)
        return written

    def receive(self, timeout_s=WAIT_S):
        """The next frame; DriverGone at end of output, TimeoutError when none comes."""
        end = time.monotonic() + timeout_s
        while b"\n" not in self._input:
            if not self._out_open:
                raise DriverGone(f"the driver ended; log:\n{self.log()}")
            self._pump(end)
        line, self._input = self._input.split(b"\n", 1)
        frame = json.loads(line)
        self.frames.append(frame)
        return frame

    def receive_until(self, accept, timeout_s=WAIT_S):
        end = time.monotonic() + timeout_s
        while True:
            frame = self.receive(max(0.001, end - time.monotonic()))
            if accept(frame):
                return frame

    def receive_rest(self, timeout_s=WAIT_S):
        """All frames up to the end of output."""
        got = []
        try:
            while True:
                got.append(self.receive(timeout_s))
        except DriverGone:
            return got

    # ---- protocol ----
    def hello(self, options, channel, site="test"):
        self.send({"op": "hello", "protocol": 1, "channel": channel, "site": site,
                   "options": options})
        return self.receive()

    def deliver(self, delivery, targets, broadcast=None, attempt=1, deadline_ms=15000,
                op="deliver"):
        targets = [t if isinstance(t, dict) else target(t) for t in targets]
        self._delivery = delivery
        self._waiting[delivery] = [t["id"] for t in targets]
        self.send({"op": op, "delivery": delivery, "attempt": attempt,
                   "deadline_ms": deadline_ms, "broadcast": broadcast or make_broadcast(),
                   "targets": targets})

    def withdraw(self, delivery, targets, broadcast=None, **more):
        self.deliver(delivery, targets, broadcast, op="withdraw", **more)

    def outcomes(self, delivery=None, timeout_s=WAIT_S):
        """{target: outcome frame} once every target has one; `rest` is spread out. Two outcomes for
        one target, or one for a stranger, fail the test."""
        delivery = delivery or self._delivery
        waiting = self._waiting.pop(delivery)
        found = {}
        end = time.monotonic() + timeout_s
        while len(found) < len(waiting):
            frame = self.receive(max(0.001, end - time.monotonic()))
            if frame.get("op") != "outcome" or frame.get("delivery") != delivery:
                continue
            names = [frame["target"]]
            if frame["target"] == "rest":
                names = [n for n in waiting if n not in found]
            for name in names:
                assert name in waiting, f"outcome for a stranger: {frame}"
                assert name not in found, f"second outcome: {frame}"
                found[name] = frame
        return found

    def classes(self, delivery=None, timeout_s=WAIT_S):
        """{target: class}"""
        return {k: v["class"] for k, v in self.outcomes(delivery, timeout_s).items()}

    def at_risk(self, delivery=None):
        """Targets marked so far, in order ("rest" as it is)."""
        delivery = delivery or self._delivery
        return [f["target"] for f in self.frames
                if f.get("op") == "at_risk" and f.get("delivery") == delivery]

    def probe(self, timeout_ms=5000):
        self.send({"op": "probe", "timeout_ms": timeout_ms})
        return self.receive_until(lambda f: f.get("op") == "health")

    # ---- end ----
    def log(self):
        return self.stderr_text.decode(errors="replace")

    def end_input(self):
        self.process.stdin.close()

    def signal(self, number=signal.SIGTERM):
        self.process.send_signal(number)

    def wait(self, timeout_s=WAIT_S):
        """Exit status, as subprocess gives it (negative: signal), after reading all output."""
        end = time.monotonic() + timeout_s
        while self._selector.get_map():
            self._pump(end)
        return self.process.wait(max(0.001, end - time.monotonic()))

    def close(self, timeout_s=WAIT_S):
        """Ends the link and returns the exit status; a driver that stays is killed."""
        if not self.process.stdin.closed:
            self.process.stdin.close()
        try:
            return self.wait(timeout_s)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            for stream in (self.process.stdout, self.process.stderr):
                stream.close()
            self._selector.close()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if self.process.stdout.closed:
            return
        if kind is not None and self.process.poll() is None:
            self.process.kill()
        status = self.close()
        if kind is None and status > 0:
            raise AssertionError(f"driver exit status {status}; log:\n{self.log()}")


def start_program(argv, options=None, channel="test", site="test", env=None):
    """Any executable that speaks the protocol. options None: no hello is sent."""
    driver = Driver(argv, env)
    if options is not None:
        answer = driver.hello(options, channel, site)
        if answer.get("op") != "ready":
            driver.close()
            raise AssertionError(f"not ready: {answer}; log:\n{driver.log()}")
    return driver


def start_driver(name, options=None, channel=None, site="test", env=None):
    """hansho-channel-NAME. options are sent as the hub would: checked, defaults filled in,
    durations in milliseconds, sizes in bytes, paths absolute. None: no hello is sent."""
    return start_program([driver_path(name)], options, channel or name, site, env)


def describe_driver(name):
    done = subprocess.run([driver_path(name), "--describe"], capture_output=True, check=True,
                          timeout=WAIT_S)
    return json.loads(done.stdout)

# SPDX-License-Identifier: Apache-2.0
"""A good feed: it goes on sending what was not answered "accepted" or "duplicate"."""

import collections
import datetime
import json
import select
import socket
import threading

from harness import now, telegram

CHAINS = (
    # Each chain goes round for ever; a new round is a new event.
    [("tsunami-1-major.xml", {}), ("tsunami-2-lowered.xml", {}), ("tsunami-4-release.xml", {})],
    [("rain-1-level3.xml", None), ("rain-2-level5.xml", None), ("rain-3-lowered.xml", None), ("rain-4-release.xml", None)],
    [("earthquake.xml", {})],
    [("tsunami-exercise.xml", {}), ("tsunami-4-release.xml", {"Status": "訓練"})],
)


def stream():
    """Telegrams without end, each a second younger than the last and each a new broadcast."""
    at = now() - datetime.timedelta(minutes=12)
    steps = [0] * len(CHAINS)
    while True:
        for index, chain in enumerate(CHAINS):
            round_number, step = divmod(steps[index], len(chain))
            name, values = chain[step]
            if values is not None:
                values = {**values, "EventID": f"2026112{index}{round_number:06d}"}
            at += datetime.timedelta(seconds=1)
            steps[index] += 1
            yield telegram(name, at=at, **(values or {}))


class Feed:
    """Sends on a thread as many telegrams as send() lets it, up to four without an answer."""

    WINDOW = 4

    def __init__(self, path):
        self.path = str(path)
        self.source = stream()
        self.waiting = collections.deque()
        self.accepted = []  # alert ids in the order of the telegrams
        self.resent = 0
        self.refused = []
        self.change = threading.Condition()
        self.wanted = 0
        self.sent = 0
        self.ended = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def send(self, count=1):
        with self.change:
            self.wanted += count
            self.change.notify_all()

    def wait_answered(self, timeout):
        with self.change:
            return self.change.wait_for(lambda: len(self.accepted) + len(self.refused) >= self.wanted, timeout)

    def close(self):
        with self.change:
            self.ended = True
            self.change.notify_all()
        self.thread.join(10)

    def fill(self):
        with self.change:
            self.change.wait_for(lambda: self.ended or self.waiting or self.sent < self.wanted)
            while len(self.waiting) < self.WINDOW and self.sent < self.wanted:
                self.waiting.append(next(self.source))
                self.sent += 1
            return not self.ended

    def run(self):
        while self.fill():
            try:
                self.converse()
            except (OSError, EOFError, ValueError):
                self.resent += len(self.waiting)
                select.select([], [], [], 0.02)  # nobody is there: feeds do not hammer either

    def converse(self):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(10)
            s.connect(self.path)
            reader = s.makefile("rb")
            while self.fill():
                batch = list(self.waiting)
                s.sendall(b"".join(b"%d %s" % (len(data), data) for data in batch))
                for _ in batch:
                    self.take(reader.readline())

    def take(self, line):
        if not line.endswith(b"\n"):
            raise EOFError("no answer")
        answer = json.loads(line)
        with self.change:
            if "retry" in answer:
                # What follows may be accepted before this one: send all that is open again, in order.
                raise EOFError(answer["retry"])
            self.waiting.popleft()
            if "refused" in answer:
                self.refused.append(answer)
            else:
                self.accepted.append(answer.get("accepted") or answer["duplicate"])
            self.change.notify_all()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A channel driver that misbehaves in the way its settings name; what it sees goes into files."""

import json
import os
import select
import signal
import sys


def send(**frame):
    os.write(1, (json.dumps(frame, ensure_ascii=False) + "\n").encode())


def note(options, text):
    with open(options["record"], "a", encoding="utf-8") as record:
        record.write(text + "\n")


def conclude(message, kind):
    for target in message["targets"]:
        send(op="outcome", delivery=message["delivery"], target=target["id"], **{"class": kind})


def fault(options):
    """A long text, for the hub to cut inside a character."""
    for shift in range(3):
        send(op="fault", option="x", text="a" * shift + "鐘" * 200)


def foreign(message, options):
    """Says that somebody else's siren has sounded."""
    other = message["delivery"].rsplit("/", 1)[0] + "/" + options["other"]
    send(op="receipt", delivery=other, target="one", state="confirmed")
    send(op="receipt", delivery=message["delivery"], target="one", state="confirmed")
    conclude(message, "delivered")


def orphan(message, options):
    """Dies and leaves a helper at work."""
    helper = os.fork()
    if helper == 0:
        signal.pause()
    note(options, str(helper))
    os._exit(1)


def late(message, options):
    """Reports only when told to end, and does not end at once."""
    signal.sigwait({signal.SIGTERM})
    conclude(message, "transient")
    if select.select([0], [], [], 1)[0] and os.read(0, 1):
        note(options, "work for a driver that was told to end")
    os._exit(0)


def main():
    options = {}
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    while True:
        line = sys.stdin.buffer.readline()
        if not line:
            return
        message = json.loads(line)
        if message["op"] == "hello":
            options = message["options"]
            send(op="ready", driver="review", version="1", batch_max=10, capabilities=[])
            send(op="ready", driver="review", version="1", batch_max=10, capabilities=[])
            if options["as"] == "fault":
                fault(options)
        elif message["op"] == "deliver":
            {"foreign": foreign, "orphan": orphan, "late": late}[options["as"]](message, options)


if __name__ == "__main__":
    main()

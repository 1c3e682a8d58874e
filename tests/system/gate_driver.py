#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A channel driver that waits at a gate: it marks its targets, then opens the FIFO named in its
settings and reports "delivered" (or `first`, the first time) only when somebody has opened the other end. So a test decides what
happens between the mark and the outcome, without a clock."""

import json
import os
import sys


def send(**frame):
    os.write(1, (json.dumps(frame) + "\n").encode())


def deliver(message, options):
    for target in message["targets"]:
        send(op="at_risk", delivery=message["delivery"], target=target["id"])
        with open(options["record"] + ".at-gate", "a", encoding="utf-8") as waiting:
            waiting.write(target["key"] + "\n")
        with open(options["gate"], "rb") as gate:
            gate.read()
        kind = options.pop("first", "delivered")
        if kind != "delivered":
            send(op="outcome", delivery=message["delivery"], target=target["id"], **{"class": kind})
            continue
        with open(options["record"], "a", encoding="utf-8") as record:
            record.write(target["key"] + "\n")
        send(op="outcome", delivery=message["delivery"], target=target["id"], **{"class": "delivered"})


def main():
    options = {}
    for line in sys.stdin.buffer:
        message = json.loads(line)
        if message["op"] == "hello":
            options = message["options"]
            send(op="ready", driver="gate", version="1", batch_max=10, capabilities=[])
        elif message["op"] == "deliver":
            deliver(message, options)
        elif message["op"] == "probe":
            send(op="health", state="ok", text="")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A channel driver in Python: appends each message to a text file. docs/driver-guide.md explains it.

Channel: driver: exec, options: {command: [/…/channel-notice-board.py], settings: {file: /…/board}}
"""
import json
import os
import signal
import sys
import time

DESCRIPTION = {
    "interface": 1, "name": "notice-board", "summary": "Appends each message to a text file",
    "delivered": "the text is in the file and synced", "batch_max": 20, "audience": "targets",
    "capabilities": ["reports_each_target", "withdraws"],
    "options": [{"key": "file", "type": "text", "required": True, "help": "The text file."}],
}


def send(**frame):
    # One write per frame: what was written stays readable even if this process is killed.
    os.write(1, (json.dumps(frame, ensure_ascii=False) + "\n").encode())


def write_notice(path, broadcast, target, withdrawn):
    texts = broadcast["texts"]
    text = texts.get(target.get("lang", "")) or next(iter(texts.values()))
    title = text.get("title") or text.get("short") or text.get("body", "")
    mark = {"exercise": "【訓練】", "test": "【試験】"}.get(broadcast["status"], "")
    mark += "【取り下げ】" if withdrawn else ""
    with open(path, "a", encoding="utf-8") as board:
        board.write(f"{target['key']}\t{target['id']}\t{mark}{title}\n")
        board.flush()
        os.fsync(board.fileno())


def run_batch(path, message):
    end = time.monotonic() + message["deadline_ms"] / 1000
    withdrawn = message["op"] == "withdraw"
    for target in message["targets"]:
        about = {"delivery": message["delivery"], "target": target["id"]}
        if time.monotonic() >= end:
            send(op="outcome", **about, **{"class": "transient"}, reason="timeout")
            continue
        send(op="at_risk", **about)     # before the point where the other side may act
        try:
            write_notice(path, message["broadcast"], target, withdrawn)
            send(op="outcome", **about, **{"class": "delivered"})
        except OSError as error:        # surely not taken: worth another attempt
            send(op="outcome", **about, **{"class": "transient"}, scope="channel",
                 reason="unreachable", text=error.strerror)


def main():
    if sys.argv[1:] == ["--describe"]:
        print(json.dumps(DESCRIPTION))
        return 0
    signal.signal(signal.SIGTERM, signal.SIG_IGN)   # the batch in hand is finished; the link ends
    path = None
    for line in sys.stdin.buffer:
        message = json.loads(line)
        if message["op"] == "hello":
            path = message["options"].get("file")
            if message["protocol"] != 1 or not path:
                send(op="fault", option="file", text="a file and channel protocol 1 are needed")
                return 78
            send(op="ready", driver="notice-board", version="1", batch_max=20,
                 capabilities=DESCRIPTION["capabilities"])
        elif message["op"] in ("deliver", "withdraw"):
            run_batch(path, message)
        elif message["op"] == "probe":
            writable = os.access(os.path.dirname(path) or ".", os.W_OK)
            send(op="health", state="ok" if writable else "down", text="")
    return 0    # end of input: the hub is gone


if __name__ == "__main__":
    sys.exit(main())

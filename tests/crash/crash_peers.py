# SPDX-License-Identifier: Apache-2.0
"""Peers that count: what reached them, under which key, how often. They outlive every kill."""

import collections
import json
import pathlib
import select
import socketserver
import subprocess
import threading
import time

from harness import BIN, PATIENCE


class MailSink:
    """An SMTP server; counts (Message-ID without its domain, recipient) once the last dot is in."""

    def __init__(self):
        self.seen = collections.Counter()
        self.lock = threading.Lock()
        sink = self

        class Session(socketserver.StreamRequestHandler):
            disable_nagle_algorithm = True

            def say(self, line):
                self.wfile.write(line.encode() + b"\r\n")

            def handle(self):
                try:
                    self.talk()
                except OSError:
                    pass  # the client was killed

            def talk(self):
                self.say("220 sink ESMTP")
                recipients = []
                while line := self.rfile.readline(4096):
                    verb = line[:4].upper()
                    if verb == b"EHLO":
                        self.wfile.write(b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 DSN\r\n")
                    elif verb == b"RCPT":
                        recipients.append(line.split(b"<", 1)[1].split(b">", 1)[0].decode())
                        self.say("250 2.1.5 ok")
                    elif verb == b"DATA":
                        self.say("354 go on")
                        if not self.take(recipients):
                            return
                        recipients = []
                        self.say("250 2.0.0 taken")
                    elif verb == b"QUIT":
                        self.say("221 2.0.0 bye")
                        return
                    else:
                        recipients = [] if verb in (b"MAIL", b"RSET") else recipients
                        self.say("250 2.0.0 ok")

            def take(self, recipients):
                identity = ""
                while (line := self.rfile.readline(4096)) != b".\r\n":
                    if not line:
                        return False  # cut off before the last dot: nothing was taken
                    if line.lower().startswith(b"message-id:") and not identity:
                        identity = line.split(b"<", 1)[1].split(b"@", 1)[0].decode()
                with sink.lock:
                    sink.seen.update((identity, one) for one in recipients)
                return True

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            request_queue_size = 64

        self.server = Server(("127.0.0.1", 0), Session)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Sirens:
    """hansho-siren-sim with a memory; its report says what each device did with which order."""

    def __init__(self, folder, port, count, area):
        self.folder = pathlib.Path(folder)
        for name in ("live", "drill"):
            subprocess.run(
                [BIN / "hansho-siren-key", "make", f"{name}.pem", f"{name}-public.pem"],
                cwd=self.folder, check=True, capture_output=True,
            )
        self.report = self.folder / "sirens.jsonl"
        self.log = open(self.folder / "sirens.log", "ab")
        self.process = subprocess.Popen(
            [
                BIN / "hansho-siren-sim", "--broker", f"127.0.0.1:{port}", "--site", "test", "--count", str(count),
                "--areas", area, "--trust", "live-public.pem", "--trust-drill", "drill-public.pem", "--heartbeat", "30",
                "--sound-ms", "1", "--state", "sirens.state", "--report", str(self.report),
            ],
            cwd=self.folder, stdout=self.log, stderr=self.log,
        )
        self.wait_ready()

    def wait_ready(self):
        deadline = time.monotonic() + PATIENCE
        while not any(one.get("event") == "ready" for one in self.lines()):
            assert self.process.poll() is None and time.monotonic() < deadline, "the simulated sirens do not connect"
            select.select([], [], [], 0.02)

    def lines(self):
        text = self.report.read_text() if self.report.exists() else ""
        return [json.loads(line) for line in text.split("\n")[:-1]]

    def told(self):
        """{(device, order id): Counter of actions}; "heard" is one that sounded."""
        found = collections.defaultdict(collections.Counter)
        for one in self.lines():
            if one.get("id"):
                found[one["device"], one["id"]][one["action"]] += 1
        return found

    def close(self):
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.log.close()

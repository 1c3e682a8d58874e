# SPDX-License-Identifier: Apache-2.0
"""A real Kannel in a temporary folder: bearerbox, smsbox and its fake message centre.

    with Kannel(folder) as kannel:
        ... deliver to kannel.url as USER with PASSWORD ...
        kannel.message()    # the next line that the message centre got
"""
import contextlib
import queue
import re
import shutil
import subprocess
import threading
import time
import urllib.request

import pytest

from driver_harness import WAIT_S
from http_server import free_port

BEARERBOX, SMSBOX = "/usr/sbin/bearerbox", "/usr/sbin/smsbox"
FAKESMSC = "/usr/lib/kannel/test/fakesmsc"
USER, PASSWORD = "hansho", "p&ss w=rd%5ecret"

CONFIG = """
group = core
admin-port = {admin}
admin-password = admin
admin-interface = 127.0.0.1
smsbox-port = {box}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
dlr-storage = internal
store-type = file
store-file = {folder}/store

group = smsc
smsc = fake
smsc-id = town
port = {smsc}
connect-allow-ip = 127.0.0.1
denied-prefix = "0900"

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {box}
sendsms-interface = 127.0.0.1
sendsms-port = {send}
global-sender = 110

group = sendsms-user
username = {user}
password = "{password}"
concatenation = true
max-messages = 10

group = sms-service
keyword = default
text = "none"
"""


class Kannel:
    def __init__(self, folder):
        if not all(shutil.which(p) for p in (BEARERBOX, SMSBOX, FAKESMSC)):
            pytest.skip("Kannel (kannel, kannel-extras) is not installed")
        self.folder = folder
        self.ports = {name: free_port() for name in ("admin", "box", "smsc", "send")}
        self.url = f"http://127.0.0.1:{self.ports['send']}/cgi-bin/sendsms"
        self.processes, self.threads = [], []
        self.got = queue.Queue()

    def __enter__(self):
        config = self.folder / "kannel.conf"
        config.write_text(CONFIG.format(folder=self.folder, user=USER, password=PASSWORD, **self.ports))
        try:
            self._start([BEARERBOX, "-v", "0", config])
            self._until(lambda: "running" in self._status())
            self._start([FAKESMSC, "-H", "127.0.0.1", "-r", self.ports["smsc"], "-m", "0", "1 2 text none"],
                        self._read)
            self._until(lambda: re.search(r"FAKE:\d+ \(online", self._status()))
            self._start([SMSBOX, "-v", "0", config])
            self._until(lambda: "smsbox:" in self._status())
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start(self, argv, reader=None):
        process = subprocess.Popen([str(a) for a in argv], cwd=self.folder, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.processes.append(process)
        thread = threading.Thread(target=reader or (lambda p: p.stdout.read()), args=(process,), daemon=True)
        self.threads.append(thread)
        thread.start()

    def _read(self, process):
        for line in process.stdout:
            found = re.search(rb"Got message \d+: <(.*)>", line)
            if found:
                self.got.put(found[1].decode())

    def _status(self):
        with contextlib.suppress(OSError), urllib.request.urlopen(
                f"http://127.0.0.1:{self.ports['admin']}/status.txt?password=admin", timeout=5) as answer:
            return answer.read().decode()
        return ""

    def _until(self, ready):
        """Kannel tells nobody that it listens: it is asked."""
        end = time.monotonic() + WAIT_S
        while not ready():
            assert all(p.poll() is None for p in self.processes), "Kannel ended"
            assert time.monotonic() < end, self._status()
            threading.Event().wait(0.05)

    def message(self):
        """(from, to, kind, rest) of the next message at the message centre."""
        return self.got.get(timeout=WAIT_S).split(" ", 3)

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
        for process in reversed(self.processes):
            try:
                process.wait(WAIT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for thread in self.threads:
            thread.join(WAIT_S)
        for process in self.processes:
            process.stdout.close()

# SPDX-License-Identifier: Apache-2.0
"""A private Mosquitto, simulated sirens and keys, for the tests of the driver mqtt."""
import json
import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from driver_harness import WAIT_S, driver_path, start_driver, target

SITE = "hill"
AREA = "99201"
MOSQUITTO = shutil.which("mosquitto") or "/usr/sbin/mosquitto"


def program(name):
    path = driver_path("mqtt").parent / name
    if not path.exists():
        pytest.skip(f"{name} is not built")
    return str(path)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


class Mosquitto:
    """A private broker: loopback, temporary folder."""

    def __init__(self, folder, *lines):
        if not Path(MOSQUITTO).exists():
            pytest.skip("mosquitto is not installed")
        folder.mkdir(exist_ok=True)
        self.port = free_port()
        self.config = folder / "mosquitto.conf"
        allow = [] if any("password_file" in l for l in lines) else ["allow_anonymous true"]
        self.config.write_text("\n".join([
            f"listener {self.port} 127.0.0.1", "set_tcp_nodelay true", "persistence true",
            f"persistence_location {folder}/", "max_queued_messages 100000",
            "connection_messages false",  # nobody reads its log after the start
            *allow, *lines, ""]))
        if os.getuid() == 0:
            with self.config.open("a") as f:
                f.write("user root\n")
        self.start()

    def start(self):
        self.process = subprocess.Popen([MOSQUITTO, "-c", str(self.config)],
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for line in self.process.stdout:
            if b"running" in line:
                return
        raise AssertionError("mosquitto did not start")

    def stop(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(number)
        self.process.wait(WAIT_S)
        self.process.stdout.close()

    def publish(self, topic, payload, *more):
        subprocess.run(["mosquitto_pub", "-V", "mqttv5", "-h", "127.0.0.1", "-p", str(self.port),
                        "-q", "1", "-t", topic, "-s", *more], input=payload.encode(),
                       check=True, timeout=WAIT_S)


class Sirens:
    """hansho-siren-sim, its report read line by line."""

    def __init__(self, port, keys, *more):
        self.process = subprocess.Popen(
            [program("hansho-siren-sim"), "--broker", f"127.0.0.1:{port}", "--site", SITE,
             "--areas", AREA, "--trust", f"live={keys / 'live.pem'}",
             "--trust-drill", f"drill={keys / 'drill.pem'}", "--json", "--sound-ms", "0",
             *map(str, more)], stdout=subprocess.PIPE, text=True)
        self.lines = []
        self.until(lambda l: l.get("event") == "ready")

    def until(self, accept, count=1):
        found = []
        while len(found) < count:
            text = self.process.stdout.readline()
            assert text, f"the sirens ended; so far: {self.lines[-5:]}"
            self.lines.append(json.loads(text))
            if accept(self.lines[-1]):
                found.append(self.lines[-1])
        return found

    def stop(self):
        if self.process.stdout.closed:
            return []
        if self.process.poll() is None:
            self.process.terminate()
        rest = self.process.stdout.read()
        self.process.wait(WAIT_S)
        self.process.stdout.close()
        found = [json.loads(l) for l in rest.splitlines()]
        self.lines += found
        return found


@pytest.fixture
def keys(tmp_path):
    folder = tmp_path / "keys"
    folder.mkdir()
    for name in ("live", "drill", "stranger"):
        subprocess.run([program("hansho-siren-key"), "make", folder / f"{name}.key",
                        folder / f"{name}.pem"], check=True, stdout=subprocess.DEVNULL)
    return folder


@pytest.fixture
def broker(tmp_path):
    b = Mosquitto(tmp_path / "broker")
    yield b
    b.stop()


@pytest.fixture
def sirens(broker, keys):
    started = []

    def start(*more, port=None):
        started.append(Sirens(port or broker.port, keys, *more))
        return started[-1]
    yield start
    for s in started:
        s.stop()


def options(keys, *ports, **more):
    return {"brokers": [{"host": "127.0.0.1", "port": p} for p in ports],
            "live_key": str(keys / "live.key"), "live_kid": "live",
            "drill_key": str(keys / "drill.key"), "drill_kid": "drill",
            "addressing": "area", "release_sirens": False, "order_ttl": 300000, "inflight": 64,
            "stagger": 0, "keepalive": 30000, "connect_timeout": 2000, **more}


def devices(count, area=AREA):
    return [target(f"siren-{i:02d}", area=area) for i in range(1, count + 1)]


def start(keys, *ports, **more):
    return start_driver("mqtt", options(keys, *ports, **more), channel="sirens", site=SITE)


def receipts(driver, names, state, detail=None):
    """Waits until each of names has a receipt in that state."""
    left = set(names)

    def take(frame):
        if frame.get("op") == "receipt" and frame["state"] == state and (
                detail is None or frame.get("detail") == detail):
            left.discard(frame["target"])
        return not left
    for frame in driver.frames:
        if take(frame):
            return
    driver.receive_until(take)


def forge(keys, key, kid, **values):
    values.setdefault("area", AREA)
    return subprocess.run(
        [program("siren_forge"), str(keys / f"{key}.key"), kid,
         *[f"{k}={v}" for k, v in values.items()]],
        check=True, capture_output=True, text=True, timeout=WAIT_S).stdout

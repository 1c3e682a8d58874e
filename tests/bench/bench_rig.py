# SPDX-License-Identifier: Apache-2.0
"""What the measurements share: the hub and the floors on free ports, alerts, children, memory."""

import contextlib
import datetime
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "tests" / "system"), str(TOP / "tests" / "replay")]

import harness  # noqa: E402
import writer  # noqa: E402
from harness import BIN, IWAKI, SHARED, free_port, now  # noqa: E402

FLOORS = SHARED / "bench"
MINUTE = datetime.timedelta(minutes=1)


def build_floors(folder):
    """The floor programs, built in a copy; None where the shared folder is absent."""
    if not FLOORS.is_dir():
        return None
    copy = pathlib.Path(folder) / "floors"
    shutil.copytree(FLOORS, copy)
    subprocess.run(["make", "-C", copy], check=True, capture_output=True)
    return copy


# ---- alerts ----


def cap_alert(size=6144, kind="safety.other", severity="Extreme", code="07204"):
    """A CAP alert of about `size` bytes for our municipality; the token stands where drivers copy it."""
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
        f"<identifier>@@ID@@</identifier><sender>bench@city.example.jp</sender><sent>{now().isoformat()}</sent>"
        "<status>Actual</status><msgType>Alert</msgType><scope>Public</scope><info><language>en</language>"
        "<category>Safety</category><event>Measured event @@ID@@</event><urgency>Immediate</urgency>"
        f"<severity>{severity}</severity><certainty>Observed</certainty>"
        f"<parameter><valueName>hansho:kind</valueName><value>{kind}</value></parameter>"
        f"<expires>{(now() + 60 * MINUTE).isoformat()}</expires><headline>Measured event @@ID@@</headline>"
        "<description>Follow the instructions of the city. </description>"
        "<instruction>Go to high ground.</instruction>"
    )
    area = f"<area><areaDesc>Iwaki</areaDesc><geocode><valueName>JIS</valueName><value>{code}</value></geocode></area>"
    tail = "</info></alert>\n"
    number = 0
    while len(head) + len(area) + len(tail) < size:
        points = [f"{37 + (number + k) % 9 / 10:.4f},{140 + (number * k) % 9 / 10:.4f}" for k in range(12)]
        area += f"<area><areaDesc>Zone {number}</areaDesc><polygon>{' '.join([*points, points[0]])}</polygon></area>"
        number += 1
    return head + area + tail


def large_warning(level, size):
    """VPWW55 at one level for our municipality and as many others as fill `size` bytes."""
    cities = [("0720400", "いわき市")]
    while True:
        rows = [(code, name, [(level, "発表", "10")]) for code, name in cities]
        data = writer.warning(now(), "VPWW55", ("070000", "福島県"), "福島地方気象台", rows)
        if len(data) >= size:
            return data
        cities += [(f"{8000000 + len(cities) + n}", "どこかの町") for n in range(50)]


# ---- processes ----


class Peers(contextlib.ExitStack):
    """Programs that end with the block."""

    def spawn(self, *argv, ready=None, **more):
        more.setdefault("stdout", subprocess.PIPE if ready else subprocess.DEVNULL)
        process = subprocess.Popen([str(a) for a in argv], stderr=subprocess.DEVNULL, **more)
        self.callback(end, process)
        if ready:
            wait_line(process, ready)
        return process


def end(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_line(process, text):
    for line in process.stdout:
        if text in line.decode(errors="replace"):
            return
    raise AssertionError(f"{process.args[0]} ended before it said {text}")


def wait_port(port):
    deadline = time.monotonic() + 20
    while not is_listening(port):
        assert time.monotonic() < deadline, f"nothing listens on {port}"
        time.sleep(0.01)


def is_listening(port):
    """Looks instead of connecting: a measured server must not see a stray connection."""
    suffix = f":{port:04X}"
    for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(suffix) and fields[3] == "0A":
            return True
    return False


def family(pid):
    """A process and all below it."""
    found = [pid]
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += family(int(child))
    return found


def memory_kib(pid):
    """Proportional set size of a process and its children: shared pages count once."""
    total = 0
    for one in family(pid):
        with contextlib.suppress(OSError):
            text = pathlib.Path(f"/proc/{one}/smaps_rollup").read_text()
            total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total


# ---- the hub ----


class Ports:
    def __init__(self, broker):
        self.broker = broker
        self.feed, self.web, self.mail = free_port(), free_port(), free_port()


def make_keys(folder):
    for name in ("live", "drill"):
        subprocess.run([BIN / "hansho-siren-key", "make", f"{name}.pem", f"{name}-public.pem"], cwd=folder, check=True,
                       capture_output=True)
    secret = pathlib.Path(folder) / "webhook.secret"
    secret.write_text("whsec_" + "QmVuY2ggc2VjcmV0IG9mIDMyIGJ5dGVzISEhISEhISE=" + "\n")
    secret.chmod(0o600)


def siren_channel(ports, **options):
    return {
        "name": "sirens", "driver": "mqtt", "audience": "devices",
        "options": {
            "brokers": [{"host": "127.0.0.1", "port": ports.broker}], "live_key": "live.pem", "drill_key": "drill.pem",
            "languages": ["ja"], **options,
        },
    }


def mail_channel(port, agents=1, **options):
    return {
        "name": "mail", "driver": "mail", "audience": "mail", "agents": agents,
        "options": {"host": "127.0.0.1", "port": port, "tls": "off", "from": "bosai@city.example.jp", **options},
    }


def web_channel(ports):
    return {
        "name": "web", "driver": "social",
        "options": {"dialect": "webhook", "url": f"http://127.0.0.1:{ports.web}/hook", "secret_file": "webhook.secret"},
    }


def hub_of(folder, ports, channels, rules=None):
    names = [c["name"] for c in channels]
    return harness.Hub(
        {
            "site": "bench", "secrets_dir": str(folder), "municipalities": [IWAKI], "guards": {"cap": 0},
            "feeds": [{"name": "local", "unix": str(pathlib.Path(folder) / "run" / "local.sock")},
                      {"name": "bench", "tcp": f"127.0.0.1:{ports.feed}", "max_connections": 256}],
            "channels": channels,
            "rules": {"live": rules or [{"name": "all", "match": {"kinds": ["*"]}, "channels": names}], "drill": []},
        },
        folder=folder,
    )


def people(count):
    return [{"id": f"p{n:07d}", "address": f"p{n:07d}@example.jp", "areas": "07204"} for n in range(count)]


def run_e2e(ports, topic, body, count, window=1, gap_ms=0, web=True, mail=True):
    """bench_e2e's result. Ours and the floor's go through the same program."""
    with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
        file.write(body)
        file.flush()
        done = subprocess.run(
            [BIN / "bench_e2e", str(ports.feed), str(ports.web if web else 0), str(ports.mail if mail else 0),
             str(ports.broker), topic, str(count), str(window), str(gap_ms), file.name],
            capture_output=True, text=True, timeout=300,
        )
    if done.returncode:
        raise AssertionError(f"bench_e2e: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)

# SPDX-License-Identifier: Apache-2.0
"""The demonstration behind scripts/demo: see there."""

import argparse
import datetime
import json
import os
import pathlib
import re
import secrets
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

import demo_peers
import yaml

TOP = pathlib.Path(__file__).resolve().parents[1]
JST = datetime.timezone(datetime.timedelta(hours=9))
SUBSCRIBERS = 100
SIRENS = 3
LIMIT_S = 120
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")
SYSTEMS = {"sirens": SIRENS, "mail": SUBSCRIBERS, "areamail": 4, "mastodon": 1, "webhook": 1, "homepage": 1}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def telegram_now(path):
    """The sample with every time in it moved so that it is issued now."""
    text = path.read_text()
    issued = datetime.datetime.fromisoformat(re.search(r"<ReportDateTime>([^<]+)<", text).group(1))
    delta = datetime.datetime.now(JST).replace(microsecond=0) - issued

    def move(match):
        stamp = datetime.datetime.fromisoformat(match.group(0).replace("Z", "+00:00")) + delta
        zone = datetime.timezone.utc if match.group(0).endswith("Z") else JST
        return stamp.astimezone(zone).isoformat().replace("+00:00", "Z")

    return STAMP.sub(move, text)


class Demo:
    def __init__(self, binaries):
        self.bin = pathlib.Path(binaries).resolve()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hansho-demo-"))
        self.processes = []

    def path(self, *parts):
        return self.folder.joinpath(*parts)

    def spawn(self, name, *argv, **more):
        with open(self.path(f"{name}.log"), "ab") as log:
            process = subprocess.Popen([str(a) for a in argv], stdout=log, stderr=log, cwd=self.folder, **more)
        self.processes.append((name, process))
        return process

    def run(self, *argv):
        return subprocess.run([str(a) for a in argv], cwd=self.folder, check=True, capture_output=True, text=True)

    def hansho(self, *argv):
        return self.run(self.bin / "hansho", "-c", self.path("hansho.yaml"), *argv)

    def secret(self, name, text):
        path = self.path(name)
        path.touch(0o600)
        path.write_text(text + "\n")
        return name

    # ---- the peers ----

    def start_broker(self):
        self.broker_port = free_port()
        user = "user root\n" if os.getuid() == 0 else ""
        self.path("mosquitto.conf").write_text(
            f"listener {self.broker_port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n{user}"
        )
        program = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin")
        self.spawn("mosquitto", program, "-c", self.path("mosquitto.conf"))
        for _ in range(1000):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.broker_port)) == 0:
                    return
            select.select([], [], [], 0.01)
        sys.exit("demo: mosquitto does not answer")

    def start_sirens(self):
        for name in ("live", "drill"):
            self.run(self.bin / "hansho-siren-key", "make", f"{name}.pem", f"{name}-public.pem")
        self.spawn(
            "sirens", self.bin / "hansho-siren-sim", "--broker", f"127.0.0.1:{self.broker_port}", "--site", "demo",
            "--count", SIRENS, "--areas", "07204", "--trust", "live-public.pem", "--trust-drill", "drill-public.pem",
            "--heartbeat", "5", "--sound-ms", "500",
        )

    def start_peers(self):
        self.path("mail").mkdir()
        self.mail = demo_peers.MailSink(self.path("mail"))
        self.carriers = {
            "docomo": demo_peers.Carrier("docomo"),
            "au": demo_peers.Carrier("au", failures=2),
            "softbank": demo_peers.Carrier("softbank"),
            "rakuten": demo_peers.Carrier("rakuten"),
        }
        token = secrets.token_hex(16)
        signing = "whsec_" + __import__("base64").b64encode(secrets.token_bytes(32)).decode()
        self.mastodon = demo_peers.Mastodon(token)
        self.webhook = demo_peers.Webhook(signing)
        self.secret("mastodon.token", token)
        self.secret("webhook.secret", signing)
        routes = {f"/{name}": carrier for name, carrier in self.carriers.items()}
        self.http = demo_peers.HttpPeer({**routes, "/api/v1/statuses": self.mastodon, "/hook": self.webhook})

    # ---- the hub ----

    def channels(self):
        carriers = {name: {"url": f"{self.http.url}/{name}"} for name in self.carriers}
        return [
            {
                "name": "sirens", "driver": "mqtt", "drill": True, "audience": "devices",
                "options": {
                    "brokers": [{"host": "127.0.0.1", "port": self.broker_port}],
                    "live_key": "live.pem", "drill_key": "drill.pem", "languages": ["ja"],
                },
            },
            {
                "name": "mail", "driver": "mail", "drill": True, "audience": "mail",
                "options": {
                    "host": "127.0.0.1", "port": self.mail.port, "tls": "off", "from": "bosai@city.example.jp",
                    "from_name": "いわき市防災（デモ）", "list_id": "bosai.city.example.jp",
                },
            },
            {
                "name": "areamail", "driver": "areamail", "targets": list(carriers), "retry_first": "500ms",
                "options": {"municipality_code": "07204", "sender": "demo-city", "carriers": carriers},
            },
            {
                "name": "mastodon", "driver": "social",
                "options": {"dialect": "mastodon", "url": self.http.url, "token_file": "mastodon.token"},
            },
            {
                "name": "webhook", "driver": "social",
                "options": {"dialect": "webhook", "url": f"{self.http.url}/hook", "secret_file": "webhook.secret"},
            },
            {
                "name": "homepage", "driver": "banner", "drill": True,
                "options": {"folder": "web", "publisher": "いわき市（デモ）", "sender": "bosai@city.example.jp"},
            },
        ]

    def write_config(self):
        channels = self.channels()
        names = [c["name"] for c in channels]
        config = {
            "site": "demo", "state_dir": "state", "run_dir": "run", "secrets_dir": ".",
            "http": {"listen": "127.0.0.1:0"}, "municipalities": [{"code": "07204"}],
            "feeds": [{"name": "local", "unix": "local.sock"}],
            "channels": channels,
            "rules": {
                "live": [
                    {"name": "danger", "match": {"severity": "severe"}, "channels": names},
                    {"name": "everything", "match": {"kinds": ["*"]}, "channels": ["mail", "mastodon", "webhook", "homepage"]},
                ],
                "drill": [{"name": "drill", "match": {"kinds": ["*"]}, "channels": [c["name"] for c in channels if c.get("drill")]}],
            },
        }
        self.path("hansho.yaml").write_text(yaml.safe_dump(config, allow_unicode=True, sort_keys=False))

    def start_hub(self):
        notify = self.path("notify.sock")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready:
            ready.bind(str(notify))
            ready.settimeout(LIMIT_S)
            hub = self.spawn(
                "hub", self.bin / "hanshod", "-c", self.path("hansho.yaml"),
                env={**os.environ, "NOTIFY_SOCKET": str(notify)},
            )
            fd = os.pidfd_open(hub.pid)
            while True:
                readable, _, _ = select.select([ready, fd], [], [], LIMIT_S)
                if ready in readable and b"READY=1" in ready.recv(4096):
                    break
                if not readable or fd in readable:
                    sys.exit("demo: the hub does not start:\n" + self.path("hub.log").read_text())
            os.close(fd)
        with self.control() as control:
            self.ask(control, op="watch")
            if not all(f["listening"] for f in self.status()["feeds"]):
                while json.loads(control.readline())["event"] != "ingest_ready":
                    pass

    def control(self):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(LIMIT_S + 10)
        s.connect(str(self.path("run", "control.sock")))
        return s.makefile("rwb", buffering=0)

    def ask(self, control, **request):
        control.write(json.dumps(request).encode() + b"\n")
        answer = json.loads(control.readline())
        if not answer["ok"]:
            sys.exit(f"demo: {answer['text']}")
        return answer["result"]

    def status(self):
        return json.loads(self.hansho("--json", "status").stdout)

    def import_lists(self):
        people = "".join(f"citizen{n:03d}@example.jp,disaster,07204,ja\n" for n in range(SUBSCRIBERS))
        self.path("subscribers.csv").write_text("address,categories,areas,lang\n" + people)
        devices = "".join(f"siren-{n + 1:02d},07204\n" for n in range(SIRENS))
        self.path("devices.csv").write_text("id,areas\n" + devices)
        self.hansho("subscribers", "import", "--replace", "subscribers.csv")
        self.hansho("subscribers", "import", "--replace", "--devices", "--list", "devices", "devices.csv")

    def start(self):
        self.start_broker()
        self.start_sirens()
        self.start_peers()
        self.write_config()
        self.start_hub()
        self.import_lists()

    def wait_devices(self):
        """The sirens are there when the broker has told the hub; the telegram does not wait for them
        in real life, but a siren that is not yet connected hears nothing."""
        log = self.path("sirens.log")
        for _ in range(int(LIMIT_S * 50)):
            if log.exists() and log.read_text(errors="replace").count(f"{SIRENS} devices ready") > 0:
                return
            select.select([], [], [], 0.02)
        sys.exit("demo: the simulated sirens do not connect:\n" + log.read_text(errors="replace"))

    def send(self):
        self.path("telegram.xml").write_text(telegram_now(TOP / "schemas" / "samples" / "jmx" / "tsunami-1-major.xml"))
        answer = json.loads(self.hansho("--json", "ingest", "telegram.xml").stdout)
        alert = answer.get("accepted") or answer.get("duplicate")
        with self.control() as control:
            shown = self.ask(control, op="wait", id=alert, confirmed=SIRENS, timeout_ms=LIMIT_S * 1000)
        return alert, shown

    def result(self, alert, shown):
        channels = {}
        for broadcast in shown["broadcasts"]:
            for d in broadcast["deliveries"]:
                channels[d["channel"]] = {
                    "targets": d["target_count"], "delivered": d["delivered"], "confirmed": d["confirmed"],
                    "failed": d["failed"] + d["quarantined"] + d["expired"], "unknown": d["unknown"],
                    "first_ms": d.get("first_ms"), "last_ms": d.get("last_ms"),
                }
        reached = {name: channels.get(name, {}).get("delivered", 0) >= wanted for name, wanted in SYSTEMS.items()}
        reached["sirens"] &= channels.get("sirens", {}).get("confirmed", 0) >= SIRENS
        reached["mail"] &= len(set(self.mail.recipients)) == SUBSCRIBERS
        reached["areamail"] &= all(len(c.taken) == 1 for c in self.carriers.values())
        reached["mastodon"] &= len(self.mastodon.posts) == 1
        reached["webhook"] &= len(self.webhook.events) == 1
        reached["homepage"] &= self.path("web", "index.html").exists()
        return {"accepted": alert, "channels": channels, "ok": all(reached.values()), "reached": reached}

    def stop(self):
        for _, process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for _, process in reversed(self.processes):
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def print_result(demo, result):
    print(f"\naccepted {result['accepted']}: 大津波警報 (major tsunami warning) for いわき市\n")
    print(f"{'channel':<10} {'targets':>7} {'delivered':>9} {'confirmed':>9} {'failed':>6} {'unknown':>7} {'first':>8} {'last':>8}")
    for name, c in result["channels"].items():
        first, last = (f"{c[k]} ms" if c[k] is not None else "-" for k in ("first_ms", "last_ms"))
        print(f"{name:<10} {c['targets']:>7} {c['delivered']:>9} {c['confirmed']:>9} {c['failed']:>6} {c['unknown']:>7} {first:>8} {last:>8}")
    print("\nall five systems got it" if result["ok"] else f"\nNOT EVERYBODY GOT IT: {result['reached']}")


def print_hints(demo):
    hansho = f"{demo.bin}/hansho -c {demo.folder}/hansho.yaml"
    samples = TOP / "schemas" / "samples" / "jmx"
    print(
        f"""
It stays up; Ctrl-C ends it. In another terminal:

  export HANSHO_CONFIG={demo.folder}/hansho.yaml PATH={demo.bin}:$PATH
  hansho status                      what is in force, which channels are well
  hansho alerts                      what came
  hansho show {demo.alert}       what happened to it, step by step
  LANG=ja_JP.UTF-8 hansho status     the same in Japanese
  hansho explain {samples}/tsunami-4-release.xml

To look at:
  {demo.folder}/web/index.html      the light disaster page
  {demo.folder}/mail/               the mails
  {demo.folder}/sirens.log          what the sirens did
  {demo.folder}/hub.log             the hub's log
"""
    )


def main():
    parser = argparse.ArgumentParser(prog="scripts/demo")
    parser.add_argument("--bin", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--once", action="store_true", help="end when all is settled")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--keep", action="store_true", help="leave the folder behind")
    options = parser.parse_args()
    demo = Demo(options.bin)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(143))
    try:
        demo.start()
        demo.wait_devices()
        demo.alert, shown = demo.send()
        result = demo.result(demo.alert, shown)
        if options.json:
            print(json.dumps(result, ensure_ascii=False))
        else:
            print_result(demo, result)
        if not options.once:
            print_hints(demo)
            signal.pause()
        return 0 if result["ok"] else 1
    except KeyboardInterrupt:
        return 0
    finally:
        demo.stop()
        if options.keep:
            print(f"kept: {demo.folder}", file=sys.stderr)
        else:
            shutil.rmtree(demo.folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())

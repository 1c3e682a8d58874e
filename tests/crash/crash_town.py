# SPDX-License-Identifier: Apache-2.0
"""A municipality with a hub that is killed, peers that count, and the checks that hold however
often that happens: nothing accepted is lost, no siren sounds twice, what came twice is on record as
unknown, everything is accounted for."""

import base64
import collections
import hashlib
import json
import os
import pathlib
import secrets
import select
import shutil
import time

import harness
import pytest
from crash_feed import Feed
from crash_peers import MailSink, Sirens
from harness import BIN, PATIENCE, Broker, Hub, Receiver, basic_config, fake

DEVICES = [f"siren-{n + 1:02d}" for n in range(5)]
PEOPLE = [f"citizen{n}@example.jp" for n in range(6)]
QUICK = {"retry_first": "50ms", "retry_max": "400ms", "breaker_time": "100ms", "breaker_faults": 1000, "deadline": "20s"}
GONE = (OSError, EOFError)  # what a client of a hub sees that is killed under its hands


def needs_crash_points():
    program = BIN / "hanshod"
    if not program.exists() or b"HANSHO_CRASH_AT" not in program.read_bytes():
        pytest.skip("this build has no crash points (HANSHO_CRASH_POINTS)")


def delivery_key(broadcast, channel, target):
    """schemas/broadcast.h"""
    return hashlib.sha256(b"".join(f.encode() + b"\0" for f in (broadcast, channel, target))).hexdigest()[:32]


class Town:
    """systems: which of sirens, mail, webhook, fake, held take part."""

    def __init__(self, folder, systems=("sirens", "mail", "webhook", "fake", "held"), env=None, fake_ms=5):
        self.folder = pathlib.Path(folder)
        self.systems = systems
        self.fake_ms = fake_ms
        self.broker = self.sirens = self.mail = self.webhook = self.feed = self.hub = None
        self.env = env or {}
        self.hub_starts = 0

    def __enter__(self):
        try:
            self.open()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind, value, trace):
        self.close()
        if kind and os.environ.get("HANSHO_KEEP"):
            keep = pathlib.Path(os.environ["HANSHO_KEEP"]) / self.folder.name
            shutil.copytree(self.folder, keep, ignore=lambda d, names: [n for n in names if n.endswith(".sock")])
            print(f"kept: {keep}")

    def open(self):
        channels = [getattr(self, f"channel_{name}")() for name in self.systems]
        config = basic_config(self.folder, channels)
        config["secrets_dir"] = str(self.folder)
        config["guards"] = {"cap": 0}  # hundreds of alerts about the same thing within a minute are the point
        self.hub = Hub(config, folder=self.folder, env=self.env, check_clean=False)
        self.start_hub()
        if "sirens" in self.systems:
            self.insist(lambda: self.hub.recipients("devices", [{"id": d, "areas": "07204"} for d in DEVICES]))
        if "mail" in self.systems:
            rows = [{"id": p, "address": p, "areas": "07204", "categories": "disaster weather", "lang": "ja"} for p in PEOPLE]
            self.insist(lambda: self.hub.recipients("people", rows))
        self.feed = Feed(self.hub.feed_socket())

    def close(self):
        if self.feed:
            self.feed.close()
        if self.hub and self.hub.process and self.hub.process.poll() is None:
            self.hub.stop()
        for peer in (self.sirens, self.mail, self.webhook):
            if peer:
                peer.close()
        if self.broker:
            self.broker.stop()

    # ---- channels ----

    def channel_sirens(self):
        self.broker = Broker(self.folder)
        self.sirens = Sirens(self.folder, self.broker.port, len(DEVICES), "07204")
        return {
            "name": "sirens", "driver": "mqtt", "drill": True, "audience": "devices", **QUICK,
            "options": {
                "brokers": [{"host": "127.0.0.1", "port": self.broker.port}],
                "live_key": "live.pem", "drill_key": "drill.pem", "languages": ["ja"],
            },
        }

    def channel_mail(self):
        self.mail = MailSink()
        return {
            "name": "mail", "driver": "mail", "drill": True, "audience": "people", "batch_max": 3, "agents": 2, **QUICK,
            "options": {
                "host": "127.0.0.1", "port": self.mail.port, "tls": "off", "from": "bosai@city.example.jp",
                "grouping": "personal",
            },
        }

    def channel_webhook(self):
        self.webhook = Receiver()
        path = self.folder / "webhook.secret"
        path.touch(0o600)
        path.write_text("whsec_" + base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
        return {
            "name": "webhook", "driver": "social", "drill": True, **QUICK,
            "options": {"dialect": "webhook", "url": f"{self.webhook.url}/hook", "secret_file": "webhook.secret"},
        }

    def channel_fake(self):
        rules = [{"ms": self.fake_ms}]
        targets = [f"t{n}" for n in range(6)]
        return {**fake("fake", self.folder, targets=targets, batch_max=3, agents=2, rules=rules, on_unknown="resend"), **QUICK}

    def channel_held(self):
        """Like area mail: what may have been sent is never sent again by itself."""
        rules = [{"ms": self.fake_ms}]
        return {
            **fake("held", self.folder, targets=["docomo", "au"], rules=rules, on_unknown="hold", hold_always=True),
            **QUICK,
        }

    def targets_of(self, channel):
        return {
            "sirens": DEVICES, "mail": PEOPLE, "webhook": ["webhook"], "fake": [f"t{n}" for n in range(6)],
            "held": ["docomo", "au"],
        }[channel]

    # ---- the hub ----

    def start_hub(self):
        """As systemd does: again whenever it has died, at a crash point even before it was ready."""
        for _ in range(10):
            try:
                self.hub_starts += 1
                self.hub.start()
                return
            except AssertionError:
                if self.hub.process.poll() is None:
                    raise
            except GONE:
                self.hub.process.wait(PATIENCE)
        raise AssertionError(f"the hub keeps dying:\n{self.hub.log()[-3000:]}")

    def keep_up(self):
        if self.hub.process.poll() is not None:
            self.start_hub()

    def insist(self, ask):
        """Asks again when the hub died meanwhile."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return ask()
            except GONE:
                assert time.monotonic() < deadline, "the hub does not answer"
                select.select([], [], [], 0.02)
                self.keep_up()

    def ask(self, op, **members):
        return self.insist(lambda: self.hub.ask(op, **members))

    def settle(self, timeout=PATIENCE):
        """Until every telegram is answered and every delivery is at its end."""
        deadline = time.monotonic() + timeout
        while not self.feed.wait_answered(0.05):
            assert time.monotonic() < deadline, f"not answered: {len(self.feed.waiting)}\n{self.hub.log()[-4000:]}"
            self.keep_up()
        while queue := self.ask("queue", limit=1000):
            assert time.monotonic() < deadline, f"not settled: {json.dumps(queue[:3], indent=1)}\n{self.hub.log()[-4000:]}"
            self.await_event(0.25)

    def await_event(self, seconds):
        """Returns after something happened in the hub, or after so many seconds."""
        try:
            watch = self.hub.watch()
        except GONE:
            select.select([], [], [], 0.02)
            self.keep_up()
            return
        try:
            select.select([watch.socket], [], [], seconds)
        finally:
            watch.close()

    # ---- checks ----

    def check(self):
        assert self.feed.refused == []
        assert self.ask("verify_log") == {"whole": True}
        assert "ERROR: AddressSanitizer" not in self.hub.log() and "runtime error" not in self.hub.log()
        shown = {alert: self.ask("show", id=alert) for alert in self.feed.accepted}
        assert len(shown) == len(self.feed.accepted) == self.feed.wanted, "two telegrams became one alert"
        deliveries = self.check_deliveries(shown)
        sums = collections.Counter()
        for one in deliveries.values():
            self.check_accounts(one)
            sums["deliveries"] += 1
            for word in ("delivered", "confirmed", "unknown", "failed", "quarantined", "expired", "cancelled", "resent_unknown"):
                sums[word] += one[word]
        for name in self.systems:
            getattr(self, f"check_{name}")({k: d for k, d in deliveries.items() if d["channel"] == name}, sums)
        return sums

    def check_deliveries(self, shown):
        """Each accepted alert has its verdict, and what it says goes out once on every channel."""
        found = {}
        for alert, page in shown.items():
            assert page["alert"]["verdict"] == "acted", f"{alert}: {page['alert']['verdict']} {page['alert']['reason']}"
            assert len(page["broadcasts"]) == 1, f"{alert} has {len(page['broadcasts'])} broadcasts"
            for one in page["broadcasts"][0]["deliveries"]:
                assert one["id"] not in found
                found[one["id"]] = one
            assert sorted(d["channel"] for d in page["broadcasts"][0]["deliveries"]) == sorted(self.systems)
        return found

    def check_accounts(self, one):
        assert one["state"] in ("done", "expired", "cancelled"), one
        assert one["waiting"] == 0 and one["claimed"] == 0, one
        ends = sum(one[w] for w in ("delivered", "unknown", "failed", "quarantined", "expired", "cancelled"))
        assert ends == one["target_count"] == len(self.targets_of(one["channel"])), one
        assert all(batch["ended"] for batch in one["batches"]), one

    def uncertain(self, one):
        """How many attempts may have been taken although nobody said so."""
        return sum(batch["unknown"] > 0 for batch in one["batches"])

    def check_keys(self, deliveries, seen, sums, name):
        """seen: Counter of delivery keys at the peer."""
        known = {}
        for one in deliveries.values():
            keys = {delivery_key(one["broadcast"], one["channel"], t): t for t in self.targets_of(one["channel"])}
            known.update(keys)
            reached = sum(seen[k] > 0 for k in keys)
            assert reached >= one["delivered"], f"delivered {one['delivered']} but the peer has {reached}: {one}"
            surely_not = one["cancelled"] + one["expired"] + (0 if self.uncertain(one) else one["failed"])
            assert reached <= one["target_count"] - surely_not, f"the peer has {reached}: {one}"
            for key in keys:
                assert seen[key] <= 1 + self.uncertain(one), f"{keys[key]} came {seen[key]} times: {one}"
                sums[f"{name} twice"] += max(0, seen[key] - 1)
        assert set(seen) <= set(known), "the peer got what nobody accepted"

    def check_fake(self, deliveries, sums, name="fake"):
        records = [json.loads(line) for line in harness.recorded(self.folder, name)]
        self.check_keys(deliveries, collections.Counter(r["key"] for r in records), sums, name)

    def check_held(self, deliveries, sums):
        self.check_fake(deliveries, sums, "held")
        assert sums["held twice"] == 0, "what may have been sent was sent again without staff"

    def check_webhook(self, deliveries, sums):
        headers = [{k.lower(): v for k, v in r["headers"].items()} for r in self.webhook.requests]
        self.check_keys(deliveries, collections.Counter(h["webhook-id"] for h in headers), sums, "webhook")

    def check_mail(self, deliveries, sums):
        with self.mail.lock:
            seen = dict(self.mail.seen)
        keys = collections.Counter()
        whose = {delivery_key(d["broadcast"], "mail", person): person for d in deliveries.values() for person in PEOPLE}
        for (key, person), count in seen.items():
            assert whose[key] == person, f"{person} got the mail of {whose[key]}"
            keys[key] += count
        self.check_keys(deliveries, keys, sums, "mail")

    def check_sirens(self, deliveries, sums):
        def missing():
            told = self.sirens.told()
            known = {one["id"]: sum((device, f"{one['id']}/07204") in told for device in DEVICES) for one in deliveries.values()}
            return told, [one for one in deliveries.values() if known[one["id"]] < one["delivered"]]

        told, late = missing()
        deadline = time.monotonic() + PATIENCE
        while late:  # the broker has them; the devices' turn comes a moment later
            assert time.monotonic() < deadline, f"the broker took what no device heard of: {late}"
            select.select([], [], [], 0.02)
            told, late = missing()
        for (device, order), actions in told.items():
            assert actions["heard"] <= 1, f"{device} sounded {order} {actions['heard']} times"
        sums["sounded"] = sum(actions["heard"] for actions in told.values())
        sums["repeats kept silent"] = sum(actions["refused"] for actions in told.values())


def offspring(pid):
    """{pid: program} of the living children of a process."""
    found = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
            if int(fields[1]) == pid and fields[0] not in "ZX":
                found[int(stat.parent.name)] = pathlib.Path(os.readlink(stat.parent / "exe")).name
        except OSError:
            pass
    return found


class Moments:
    """Random moments, half of them just after something happened in the hub."""

    def __init__(self, town, rng):
        self.town = town
        self.rng = rng
        self.watch = None

    def attach(self):
        self.detach()
        try:
            self.watch = self.town.hub.watch()
        except GONE:
            self.watch = None

    def detach(self):
        if self.watch:
            self.watch.close()
        self.watch = None

    def wait(self, patience=0.4):
        if self.rng.random() < 0.7 and self.watch:
            ready, _, _ = select.select([self.watch.socket], [], [], patience)
            try:
                while ready and self.watch.socket.recv(65536):
                    ready, _, _ = select.select([self.watch.socket], [], [], 0)
            except OSError:
                pass
        select.select([], [], [], self.rng.random() * 0.06)

# SPDX-License-Identifier: Apache-2.0
"""The driver mqtt and the reference siren, with a real Mosquitto and with a broker that lies."""
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from driver_harness import (TOP, WAIT_S, describe_driver, driver_path, make_broadcast,
                            start_driver, target)
from mqtt_server import FakeBroker

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
        return [json.loads(l) for l in rest.splitlines()]


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


# ---- declaration ----

def test_describe_names_what_delivered_means():
    d = describe_driver("mqtt")
    assert d["name"] == "mqtt" and "broker" in d["delivered"]
    keys_of = {row["key"] for row in d["options"]}
    if not keys_of:
        pytest.skip("option rows are not built in")
    assert {"brokers", "live_key", "drill_key", "patterns", "order_ttl"} <= keys_of


@pytest.mark.parametrize("change, word", [
    ({"brokers": []}, "broker"),
    ({"drill_key": "live.key"}, "drill"),
    ({"drill_kid": "live"}, "differ"),
    ({"live_key": "live.pem"}, "others may read"),
    ({"live_key": "absent.key"}, "absent.key"),
    ({"patterns": {"a": {"on_s": 5, "phrase": "x"}}}, "patterns"),
])
def test_options_that_cannot_work(keys, change, word):
    change = {k: str(keys / v) if k.endswith("_key") else v for k, v in change.items()}
    d = start_driver("mqtt")
    answer = d.hello(options(keys, 1, **change), "sirens", SITE)
    d.close()
    assert answer["op"] == "fault" and word in answer["text"]


# ---- with a real broker ----

def test_three_sirens_confirm(keys, broker, sirens):
    s = sirens("--count", 3)
    with start(keys, broker.port) as d:
        d.deliver("b.1/sirens", devices(3), make_broadcast(id="b.1"))
        assert d.outcomes()["siren-02"]["class"] == "delivered"
        assert d.at_risk() == ["rest"]
        receipts(d, ["siren-01", "siren-02", "siren-03"], "confirmed", "finished")
    heard = s.until(lambda l: l.get("action") == "heard", 3)
    assert {l["device"] for l in heard} == {"siren-01", "siren-02", "siren-03"}
    assert heard[0]["id"] == f"b.1/sirens/{AREA}"
    assert "tsunami.warning 5s/6s x2" in heard[0]["words"]


def test_each_device_by_itself(keys, broker, sirens):
    sirens("--count", 3)
    with start(keys, broker.port, addressing="device") as d:
        d.deliver("b.1/sirens", devices(3), make_broadcast(id="b.1"))
        assert set(d.classes().values()) == {"delivered"}
        assert d.at_risk() == ["siren-01", "siren-02", "siren-03"]
        receipts(d, ["siren-01", "siren-02", "siren-03"], "confirmed")


def test_nobody_subscribed_is_delivered_but_unheard(keys, broker):
    with start(keys, broker.port) as d:
        d.deliver("b.1/sirens", devices(1))
        o = d.outcomes()["siren-01"]
        assert (o["class"], o["reason"], o["code"]) == ("delivered", "unheard", 16)


def test_repeat_does_not_sound_twice(keys, broker, sirens):
    s = sirens("--count", 1)
    with start(keys, broker.port) as d:
        for attempt in (1, 2):
            d.deliver("b.1/sirens", devices(1), make_broadcast(id="b.1"), attempt=attempt)
            assert d.classes() == {"siren-01": "delivered"}
        receipts(d, ["siren-01"], "confirmed", "finished: seen")
    s.until(lambda l: l.get("reason") == "seen")
    assert sum(l.get("action") == "heard" for l in s.lines) == 1


def test_repeat_after_both_restarted_does_not_sound_twice(keys, broker, sirens, tmp_path):
    for sounds in (1, 0):
        s = sirens("--count", 1, "--state", tmp_path / "flash")
        with start(keys, broker.port) as d:
            d.deliver("b.1/sirens", devices(1), make_broadcast(id="b.1"))
            assert d.classes() == {"siren-01": "delivered"}
            s.until(lambda l: l.get("action") in ("finished", "refused"))
        s.stop()
        assert sum(l.get("action") == "heard" for l in s.lines) == sounds


def test_drill_is_signed_by_the_drill_key(keys, broker, sirens):
    s = sirens("--count", 1)
    with start(keys, broker.port) as d:
        d.deliver("b.1/sirens", devices(1), make_broadcast(id="b.1", status="exercise"))
        assert d.classes() == {"siren-01": "delivered"}
        receipts(d, ["siren-01"], "confirmed")
    heard = s.until(lambda l: l.get("action") == "heard")[0]
    assert heard["words"].startswith("[drill]") and "【訓練】" in heard["words"]


def test_drill_without_drill_key_is_refused(keys, broker):
    wanted = options(keys, broker.port)
    del wanted["drill_key"], wanted["drill_kid"]
    with start_driver("mqtt", wanted, "sirens", SITE) as d:
        d.deliver("b.1/sirens", devices(1), make_broadcast(status="exercise"))
        o = d.outcomes()["siren-01"]
        assert (o["class"], o["reason"]) == ("permanent", "config")
        assert d.at_risk() == []


def test_self_test_is_silent(keys, broker, sirens):
    s = sirens("--count", 1)
    with start(keys, broker.port) as d:
        d.deliver("b.1/sirens", devices(1), make_broadcast(kind="system.canary"))
        receipts(d, ["siren-01"], "confirmed", "finished: silent test")
    assert not any(l.get("action") == "heard" for l in s.lines)


def test_withdraw_stops_what_sounds(keys, broker, sirens):
    s = sirens("--count", 1, "--sound-ms", 600000)
    with start(keys, broker.port) as d:
        d.deliver("b.1/sirens", devices(1), make_broadcast(id="b.1"))
        assert d.classes() == {"siren-01": "delivered"}
        s.until(lambda l: l.get("action") == "heard")
        d.withdraw("b.1/sirens", devices(1), make_broadcast(id="b.1"))
        assert d.classes() == {"siren-01": "delivered"}
        s.until(lambda l: l.get("reason") == "stopped")


def test_release_speaks_and_ends_the_siren(keys, broker, sirens):
    s = sirens("--count", 1, "--sound-ms", 600000)
    with start(keys, broker.port) as d:
        d.deliver("b.1/sirens", devices(1), make_broadcast(id="b.1"))
        s.until(lambda l: l.get("action") == "heard")
        d.outcomes()
        d.deliver("b.2/sirens", devices(1),
                  make_broadcast(id="b.2", event="released", replaces=["b.1"]))
        heard = s.until(lambda l: l.get("action") == "heard")[0]
        d.outcomes()
    assert any(l.get("reason") == "stopped" for l in s.lines)
    assert heard["id"] == f"b.2/sirens/{AREA}" and "s/" not in heard["words"].split("津波")[0]


def test_silent_siren_stays_unconfirmed(keys, broker, sirens):
    sirens("--count", 3, "--silent", "2")
    with start(keys, broker.port) as d:
        d.deliver("b.1/sirens", devices(3), make_broadcast(id="b.1"))
        receipts(d, ["siren-01", "siren-03"], "confirmed", "finished")
        assert not any(f.get("op") == "receipt" and f["target"] == "siren-02" for f in d.frames)


def test_devices_report_their_state_and_their_death(keys, broker, sirens):
    s = sirens("--count", 1)
    with start(keys, broker.port) as d:
        d.receive_until(lambda f: f.get("op") == "device" and f["state"]["state"] == "online")
        s.process.kill()
        f = d.receive_until(
            lambda f: f.get("op") == "device" and f["state"]["state"] == "offline")
        assert f["device"] == "siren-01"
        s.process.wait(WAIT_S)


def test_acks_are_kept_while_the_driver_is_away(keys, broker):
    with start(keys, broker.port) as d:
        assert d.probe()["state"] == "ok"
    ack = json.dumps({"id": f"b.1/sirens/{AREA}", "state": "started"})
    broker.publish(f"hansho/{SITE}/ack/siren-01", ack)
    with start(keys, broker.port) as d:
        receipts(d, ["siren-01"], "confirmed", "started")


def test_in_force_note_comes_and_goes(keys, broker):
    topic = f"hansho/{SITE}/inforce/{AREA}/tsunami"
    argv = ["mosquitto_sub", "-V", "mqttv5", "-p", str(broker.port), "-t", topic, "-q", "1",
            "-C", "1", "-N", "-F", "%r %p", "-W", "10"]
    with start(keys, broker.port) as d:
        d.deliver("b.1/sirens", devices(1), make_broadcast(id="b.1"))
        d.outcomes()
        assert d.probe()["state"] == "ok"  # the session has been served since
        got = subprocess.run(argv, capture_output=True, text=True, timeout=WAIT_S).stdout
        retained, note = got.split(" ", 1)
        assert retained == "1" and json.loads(note)["kind"] == "tsunami.warning"


# ---- orders that must not sound ----

@pytest.mark.parametrize("name, key, kid, values, more, reason", [
    ("another key", "stranger", "live", {}, [], "signature"),
    ("unknown key", "stranger", "other", {}, [], "unknown_key"),
    ("changed on the way", "live", "live", {"tamper": 1}, [], "malformed|signature"),
    ("too late", "live", "live", {"iat": -600, "exp": -300}, [], "expired"),
    ("from the future", "live", "live", {"iat": 3600, "exp": 7200}, [], "not_yet"),
    ("retained", "live", "live", {}, ["-r"], "retained"),
    ("another area", "live", "live", {"area": "99999"}, [], "area"),
    ("drill signed by the live key", "live", "live", {"drill": 1}, [], "drill_key"),
    ("live signed by the drill key", "drill", "drill", {"drill": 0}, [], "drill_key"),
    ("siren without words", "live", "live", {"text": ""}, [], "no_text"),
])
def test_refused(keys, broker, sirens, name, key, kid, values, more, reason):
    s = sirens("--count", 1)
    with start(keys, broker.port) as d:
        assert d.probe()["state"] == "ok"
        broker.publish(f"hansho/{SITE}/order/area/{AREA}", forge(keys, key, kid, **values), *more)
        refused = s.until(lambda l: l.get("action") == "refused")[0]
        assert refused["reason"] in reason.split("|"), name
        unverified = refused["reason"] in ("malformed", "signature", "unknown_key")
        assert ("id" in refused) == (not unverified)
        if not unverified:
            f = d.receive_until(lambda f: f.get("op") == "receipt")
            assert f["state"] == "refused" and f["delivery"] == "b.1/sirens"
            assert f["detail"] == f"refused: {refused['reason']}"
        if unverified or refused["reason"] in ("drill_key", "retained"):
            def alarms(frame):
                return frame.get("op") == "device" and "alarm" in frame["state"]
            if not any(map(alarms, d.frames)):
                d.receive_until(alarms)
        assert d.probe()["state"] == "ok"
        if unverified:
            assert not any(f.get("op") == "receipt" for f in d.frames)
    assert not any(l.get("action") == "heard" for l in s.lines)


def test_forger_cannot_hide_that_a_siren_sounded(keys, broker, sirens):
    """An order forged under a name to come must not leave "refused" in that order's record."""
    s = sirens("--count", 1)
    with start(keys, broker.port) as d:
        assert d.probe()["state"] == "ok"
        broker.publish(f"hansho/{SITE}/order/area/{AREA}", forge(keys, "stranger", "live"))
        s.until(lambda l: l.get("reason") == "signature")
        d.deliver("b.1/sirens", devices(1), make_broadcast(id="b.1"))
        receipts(d, ["siren-01"], "confirmed", "finished")
        assert not any(f["state"] == "refused" for f in d.frames if f.get("op") == "receipt")
        assert any("alarm" in f["state"] for f in d.frames if f.get("op") == "device")
        assert "may be forged" in d.log()


def test_device_that_names_an_unverified_order_changes_no_record(keys, broker):
    with start(keys, broker.port) as d:
        assert d.probe()["state"] == "ok"
        topic = f"hansho/{SITE}/ack/siren-01"
        for reason in ("malformed", "signature", "unknown_key"):
            broker.publish(topic, json.dumps(
                {"id": f"b.1/sirens/{AREA}", "state": "refused", "reason": reason}))
        broker.publish(topic, json.dumps({"id": f"b.1/sirens/{AREA}", "state": "received"}))
        assert d.receive_until(lambda f: f.get("op") == "receipt")["state"] == "delivered"
        assert sum(f.get("op") == "device" for f in d.frames) == 3


def test_repeat_of_what_still_sounds_is_answered_with_started(keys, broker, sirens):
    s = sirens("--count", 1, "--sound-ms", 600000)
    with start(keys, broker.port) as d:
        d.deliver("b.1/sirens", devices(1), make_broadcast(id="b.1"))
        s.until(lambda l: l.get("action") == "heard")
        d.outcomes()
        d.deliver("b.1/sirens", devices(1), make_broadcast(id="b.1"), attempt=2)
        receipts(d, ["siren-01"], "confirmed", "started: seen")
    s.stop()
    assert sum(l.get("action") == "heard" for l in s.lines) == 1


def test_replay_is_refused_and_changes_no_record(keys, broker, sirens):
    s = sirens("--count", 1)
    order = forge(keys, "live", "live")
    broker.publish(f"hansho/{SITE}/order/area/{AREA}", order)
    s.until(lambda l: l.get("action") == "finished")
    broker.publish(f"hansho/{SITE}/order/area/{AREA}", order)
    assert s.until(lambda l: l.get("action") == "refused")[0]["reason"] == "seen"
    # A forgery under the name of an order that was obeyed is answered without that name.
    broker.publish(f"hansho/{SITE}/order/area/{AREA}", forge(keys, "stranger", "live"))
    forged = s.until(lambda l: l.get("reason") == "signature")[0]
    assert "id" not in forged


def test_old_sequence_is_refused(keys, broker, sirens):
    s = sirens("--count", 1)
    topic = f"hansho/{SITE}/order/area/{AREA}"
    broker.publish(topic, forge(keys, "live", "live", id="b.1/sirens/x"))
    s.until(lambda l: l.get("action") == "finished")
    broker.publish(topic, forge(keys, "live", "live", id="b.2/sirens/x", seq=5))
    assert s.until(lambda l: l.get("action") == "refused")[0]["reason"] == "sequence"


# ---- brokers that are away or lie ----

def test_broker_away(keys):
    with start(keys, free_port()) as d:
        d.deliver("b.1/sirens", devices(2))
        o = d.outcomes()["siren-01"]
        assert (o["class"], o["scope"], o["reason"]) == ("transient", "channel", "unreachable")
        assert d.at_risk() == []
        assert d.probe()["state"] == "down"


def test_failover_to_the_second_broker(keys, broker, sirens):
    sirens("--count", 1)
    with start(keys, free_port(), broker.port) as d:
        d.deliver("b.1/sirens", devices(1), make_broadcast(id="b.1"))
        assert d.classes() == {"siren-01": "delivered"}
        receipts(d, ["siren-01"], "confirmed")
        health = d.probe()
        assert health["state"] == "degraded" and "standby" in health["text"]


def test_second_broker_when_the_first_never_greets(keys, broker):
    with FakeBroker(connack=None) as deaf:
        with start(keys, deaf.port, broker.port, connect_timeout=300) as d:
            d.deliver("b.1/sirens", devices(1))
            assert d.classes() == {"siren-01": "delivered"}
        assert deaf.published == []


def test_wrong_password(keys, tmp_path):
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    right.write_text("hill\n")
    wrong.write_text("dale\n")
    for f in (right, wrong):
        f.chmod(0o600)
    users = tmp_path / "users"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(users), "hansho", "hill"], check=True,
                   capture_output=True)
    b = Mosquitto(tmp_path / "broker", f"password_file {users}", "allow_anonymous false")
    try:
        for password, expected in ((wrong, ("transient", "auth")), (right, ("delivered", "unheard"))):
            brokers = [{"host": "127.0.0.1", "port": b.port, "username": "hansho",
                        "password_file": str(password)}]
            with start(keys, brokers=brokers) as d:
                d.deliver("b.1/sirens", devices(1))
                o = d.outcomes()["siren-01"]
                assert (o["class"], o["reason"]) == expected
                assert "dale" not in d.log()
    finally:
        b.stop()


def test_acl_refuses_the_order(keys, tmp_path):
    acl = tmp_path / "acl"
    acl.write_text(f"topic read hansho/{SITE}/#\n")
    acl.chmod(0o600)
    b = Mosquitto(tmp_path / "broker", f"acl_file {acl}")
    try:
        with start(keys, b.port) as d:
            d.deliver("b.1/sirens", devices(1))
            o = d.outcomes()["siren-01"]
            assert (o["class"], o["reason"], o["code"]) == ("permanent", "auth", 0x87)
    finally:
        b.stop()


@pytest.mark.parametrize("puback, expected", [
    (0x00, ("delivered", "target", "none")), (0x10, ("delivered", "target", "unheard")),
    (0x80, ("transient", "target", "refused")), (0x87, ("permanent", "target", "auth")),
    (0x97, ("transient", "channel", "rate")), (0x99, ("permanent", "target", "content")),
])
def test_puback_codes(keys, puback, expected):
    with FakeBroker(puback=puback) as fake, start(keys, fake.port) as d:
        d.deliver("b.1/sirens", devices(1))
        o = d.outcomes()["siren-01"]
        assert (o["class"], o["scope"], o.get("reason", "none")) == expected


def test_never_connack_is_transient(keys):
    with FakeBroker(connack=None) as fake, start(keys, fake.port) as d:
        d.deliver("b.1/sirens", devices(1), deadline_ms=700)
        o = d.outcomes()["siren-01"]
        assert (o["class"], o["scope"]) == ("transient", "channel")
        assert fake.published == [] and d.at_risk() == []


def test_refused_connection_is_transient(keys):
    with FakeBroker(connack=0x88) as fake, start(keys, fake.port) as d:
        d.deliver("b.1/sirens", devices(1))
        o = d.outcomes()["siren-01"]
        assert (o["class"], o["scope"], o["code"]) == ("transient", "channel", 0x88)


def test_connection_lost_after_publish_is_unknown_and_never_resent(keys):
    with FakeBroker(drop_on_publish=True) as fake, start(keys, fake.port) as d:
        d.deliver("b.1/sirens", devices(1))
        assert d.outcomes()["siren-01"]["class"] == "unknown"
        assert d.probe()["state"] == "ok"  # a new session
        assert len(fake.published) == 1 and fake.duplicates == 0


def test_no_puback_by_the_deadline_is_unknown_and_never_resent(keys):
    with FakeBroker(puback=None) as fake, start(keys, fake.port, addressing="device") as d:
        d.deliver("b.1/sirens", devices(30), deadline_ms=700, broadcast=make_broadcast())
        assert set(d.classes().values()) == {"unknown"}
        sent = len(fake.published)
        assert d.probe()["state"] == "ok"
        assert len(fake.published) == sent and fake.duplicates == 0


def test_window_holds_back_what_is_not_acknowledged(keys):
    with FakeBroker(puback=None) as fake:
        with start(keys, fake.port, addressing="device", inflight=20) as d:
            d.deliver("b.1/sirens", devices(30), deadline_ms=700)
            got = d.classes()
        assert sorted(got.values()) == ["transient"] * 10 + ["unknown"] * 20
        assert len(fake.published) == 20


def test_broker_killed_after_publish(keys, tmp_path):
    b = Mosquitto(tmp_path / "broker")
    try:
        with start(keys, b.port) as d:
            assert d.probe()["state"] == "ok"
            b.process.send_signal(signal.SIGSTOP)  # takes the order, cannot answer
            d.deliver("b.1/sirens", devices(1))
            d.receive_until(lambda f: f.get("op") == "at_risk")
            b.process.kill()
            assert d.outcomes()["siren-01"]["class"] == "unknown"
    finally:
        b.stop()


def test_expired_broadcast_goes_nowhere(keys, broker):
    with start(keys, broker.port) as d:
        d.deliver("b.1/sirens", devices(1), make_broadcast(expires="2020-01-01T00:00:00+09:00"))
        o = d.outcomes()["siren-01"]
        assert (o["class"], o["reason"]) == ("permanent", "expired")


# ---- many ----

def test_report_that_nobody_reads_does_not_silence_the_sirens(keys, broker, sirens):
    """The simulator once waited for room in its output pipe, 64 KiB of it, and its devices with it:
    of 1,000 sirens about 100 answered."""
    s = sirens("--count", 400)
    names = [t["id"] for t in devices(400)]
    with start(keys, broker.port) as d:
        d.deliver("b.1/sirens", devices(400), make_broadcast(id="b.1"))
        receipts(d, names, "confirmed", "finished")
    lines = s.stop()  # and nothing of the report is lost for a late reader
    assert sum(l.get("action") == "finished" for l in lines) == 400
    assert lines[-1]["steps"] == {"received": 400, "started": 400, "finished": 400}


@pytest.mark.parametrize("addressing", ["area", "device"])
def test_a_thousand_devices_confirm(keys, broker, sirens, addressing):
    sirens("--count", 1000)
    names = [t["id"] for t in devices(1000)]
    with start(keys, broker.port, addressing=addressing) as d:
        assert d.probe()["state"] == "ok"
        begun = time.monotonic()
        d.deliver("b.1/sirens", devices(1000), make_broadcast(id="b.1"))
        assert set(d.classes().values()) == {"delivered"}
        handed = time.monotonic()
        receipts(d, names, "confirmed", "finished")
        print(f"{addressing}: handed over {(handed - begun) * 1000:.0f} ms, "
              f"all confirmed {(time.monotonic() - begun) * 1000:.0f} ms")


# ---- examples ----

def test_shipped_broker_example_has_what_matters():
    text = (TOP / "packaging" / "mosquitto.conf.example").read_text()
    for line in ("set_tcp_nodelay true", "persistence true", "require_certificate true",
                 "allow_anonymous false"):
        assert line in text.splitlines()
    acl = (TOP / "packaging" / "mosquitto.acl.example").read_text()
    assert "pattern write hansho/SITE/ack/%u" in acl.splitlines()

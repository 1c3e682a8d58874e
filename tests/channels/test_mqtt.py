# SPDX-License-Identifier: Apache-2.0
"""The driver mqtt with a real Mosquitto and the reference siren."""
import json
import subprocess

import jsonschema
import pytest

from driver_harness import TOP, WAIT_S, describe_driver, make_broadcast, start_driver
from mqtt_harness import (AREA, SITE, broker, devices, free_port, keys, options, receipts, sirens,
                          start)


def test_describe_names_what_delivered_means():
    d = describe_driver("mqtt")
    assert d["name"] == "mqtt" and "broker" in d["delivered"]
    rows = {row["key"]: row for row in d["options"]}
    assert {"brokers", "live_key", "drill_key", "patterns", "order_ttl"} <= set(rows)
    assert rows["live_key"]["type"] == "secret" and rows["live_key"]["required"]
    assert {r["key"] for r in rows["brokers"]["rows"]} >= {"host", "port", "tls"}
    schema = json.loads((TOP / "schemas" / "driver-description.schema.json").read_text())
    jsonschema.validate(d, schema)


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


def test_shipped_broker_example_has_what_matters():
    text = (TOP / "packaging" / "mosquitto.conf.example").read_text()
    for line in ("set_tcp_nodelay true", "persistence true", "require_certificate true",
                 "allow_anonymous false"):
        assert line in text.splitlines()
    acl = (TOP / "packaging" / "mosquitto.acl.example").read_text()
    assert "pattern write hansho/SITE/ack/%u" in acl.splitlines()

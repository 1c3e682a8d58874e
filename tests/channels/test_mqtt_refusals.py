# SPDX-License-Identifier: Apache-2.0
"""Orders that must not sound: forged, replayed, late, misdirected. And that none of them can write
into the record of an order that did."""
import json

import pytest

from driver_harness import make_broadcast
from mqtt_harness import AREA, SITE, broker, devices, forge, keys, receipts, sirens, start


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

# SPDX-License-Identifier: Apache-2.0
"""What driver and siren really say, message by message, against schemas/siren-order.schema.json."""
import base64
import json
import subprocess

import jsonschema
import pytest

from driver_harness import TOP, WAIT_S, make_broadcast
from mqtt_harness import AREA, SITE, broker, devices, forge, keys, receipts, sirens, start

SCHEMA = json.loads((TOP / "schemas" / "siren-order.schema.json").read_text())


def check(kind, message):
    jsonschema.Draft202012Validator(
        {"$ref": f"#/$defs/{kind}", "$defs": SCHEMA["$defs"]}).validate(message)
    jsonschema.Draft202012Validator(SCHEMA).validate(message)


def decoded(text):
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


@pytest.fixture
def wire(broker):
    """Everything published on the site's topics, as (topic, message); a marker ends it."""
    listener = subprocess.Popen(
        ["mosquitto_sub", "-V", "mqttv5", "-p", str(broker.port), "-t", f"hansho/{SITE}/#",
         "-q", "1", "-F", "%t %p"], stdout=subprocess.PIPE, text=True, bufsize=1)
    # It has subscribed when it hears; until then the marker is repeated.
    broker.publish(f"hansho/{SITE}/marker/begin", "{}", "-r")
    assert listener.stdout.readline().startswith(f"hansho/{SITE}/marker/begin")

    def read():
        broker.publish(f"hansho/{SITE}/marker/end", "{}")
        for line in listener.stdout:
            topic, payload = line.rstrip("\n").split(" ", 1)
            if topic.endswith("/marker/end"):
                return
            yield topic.split("/", 2)[2], payload
    yield read
    listener.terminate()
    listener.wait(WAIT_S)
    listener.stdout.close()


def judge(messages):
    """Checks each message; returns how many there were of each kind, orders decoded."""
    found = {"order": [], "ack": [], "state": []}
    for topic, payload in messages:
        kind = topic.split("/")[0]
        if kind == "order":
            envelope = json.loads(payload)
            check("envelope", envelope)
            check("header", decoded(envelope["protected"]))
            check("order", decoded(envelope["payload"]))
            found["order"].append(decoded(envelope["payload"]))
        elif kind in ("ack", "state"):
            check(kind, json.loads(payload))
            found[kind].append(json.loads(payload))
        else:
            assert kind in ("inforce", "marker"), topic
    return found


def test_all_that_is_said_keeps_the_contract(keys, broker, wire, sirens):
    s = sirens("--count", 2, "--sound-ms", 600000)
    with start(keys, broker.port, stagger=300) as d:
        for number, change in enumerate([
                {}, {"event": "released", "replaces": ["b.0"]}, {"status": "exercise"},
                {"kind": "system.canary"}, {"kind": "civil.missile"}]):
            d.deliver(f"b.{number}/sirens", devices(2),
                      make_broadcast(id=f"b.{number}", **change))
            assert set(d.classes().values()) == {"delivered"}
        d.deliver("b.0/sirens", devices(2), make_broadcast(id="b.0"), attempt=2)
        d.outcomes()
        d.withdraw("b.4/sirens", devices(2), make_broadcast(id="b.4", kind="civil.missile"))
        d.outcomes()
        s.until(lambda l: l.get("id", "").endswith("#stop") and l["action"] == "finished", 2)
    with start(keys, broker.port, addressing="device") as d:
        d.deliver("b.9/sirens", devices(2), make_broadcast(id="b.9"))
        receipts(d, ["siren-01", "siren-02"], "confirmed", "started")
    s.process.kill()
    said = judge(wire())
    actions = [o["action"] for o in said["order"]]
    assert len(actions) == 9
    assert any("stop" in a for a in actions) and any("test-silent" in a for a in actions)
    assert any(o["drill"] for o in said["order"]) and any(o["targets"] for o in said["order"])
    assert {a["state"] for a in said["ack"]} == {"received", "started", "finished"}
    assert any(a.get("reason") == "seen" for a in said["ack"])
    assert {x["state"] for x in said["state"]} >= {"online"}


def test_refusals_keep_the_contract(keys, broker, wire, sirens):
    s = sirens("--count", 1)
    topic = f"hansho/{SITE}/order/area/{AREA}"
    for key, kid, values in [("stranger", "live", {}), ("stranger", "other", {}),
                             ("live", "live", {"iat": -600, "exp": -300}),
                             ("live", "live", {"area": "99999"}), ("live", "live", {"drill": 1})]:
        broker.publish(topic, forge(keys, key, kid, **values))
    s.until(lambda l: l.get("action") == "refused", 5)
    s.stop()
    reasons = [a["reason"] for a in judge(wire())["ack"]]
    assert sorted(reasons) == ["area", "drill_key", "expired", "signature", "unknown_key"]


def test_contract_check_can_fail():
    with pytest.raises(jsonschema.ValidationError):
        check("order", {"id": "x"})

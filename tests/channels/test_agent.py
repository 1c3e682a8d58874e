# SPDX-License-Identifier: Apache-2.0
"""The agent loop, seen from the hub's end of the link: by the fake driver, scripted."""
import json
import signal
import time

import pytest

import driver_harness as h


def recorded(path):
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def fake(rules=(), tmp_path=None, env=None, **more):
    options = {"rules": list(rules), "mark": True, "delay": 0, "health": "ok", **more}
    if tmp_path:
        options["record"] = str(tmp_path / "record")
    return h.start_driver("fake", options, env=env)


# ---- start ----

def test_describe_says_what_the_driver_is():
    d = h.describe_driver("fake")
    assert (d["interface"], d["name"], d["audience"]) == (1, "fake", "targets")
    assert {"script", "rules", "record", "mark", "delay"} <= {o["key"] for o in d["options"]}
    assert "withdraws" in d["capabilities"]


def test_ready_follows_hello():
    with h.start_driver("fake") as d:
        answer = d.hello({}, "test")
        assert answer["op"] == "ready"
        assert answer["driver"] == "fake"
        assert answer["batch_max"] == 500
        assert answer["capabilities"]


@pytest.mark.parametrize("first, option", [
    ({"op": "hello", "protocol": 2, "channel": "c", "site": "s", "options": {}}, "protocol"),
    ({"op": "hello", "protocol": 1, "channel": "", "site": "s", "options": {}}, ""),
    ({"op": "hello", "protocol": 1, "channel": "c", "site": "s", "options": []}, ""),
    ({"op": "deliver"}, ""),
    ({"op": "hello", "protocol": 1, "channel": "c", "site": "s",
      "options": {"rules": [{"do": "fly"}]}}, ""),
    ({"op": "hello", "protocol": 1, "channel": "c", "site": "s",
      "options": {"script": "/nonexistent/script"}}, ""),
], ids=["protocol", "no channel", "options no table", "no hello", "bad script", "no script"])
def test_fault_ends_with_78(first, option):
    d = h.start_driver("fake")
    d.send(first)
    answer = d.receive()
    assert answer["op"] == "fault"
    assert answer["option"] == option
    assert answer["text"]
    assert d.close() == 78


def test_end_of_input_before_hello_is_a_clean_end():
    assert h.start_driver("fake").close() == 0


def test_broken_line_ends_the_driver():
    d = fake()
    d.send_bytes(b"{no json\n")
    assert d.wait() == 76
    d.close()


# ---- outcomes ----

def test_each_target_gets_its_outcome(tmp_path):
    rules = [{"target": "t", "do": "transient", "code": 451, "retry_after_s": 30,
              "scope": "channel", "reason": "rate", "text": "slow\ndown"},
             {"target": "p", "do": "permanent", "code": 550},
             {"target": "u", "do": "unknown"}]
    with fake(rules, tmp_path) as d:
        d.deliver("b1/fake", ["a", "t", "p", "u"])
        got = d.outcomes()
        assert {k: v["class"] for k, v in got.items()} == {
            "a": "delivered", "t": "transient", "p": "permanent", "u": "unknown"}
        assert got["t"]["code"] == 451 and got["t"]["retry_after_s"] == 30
        assert got["t"]["scope"] == "channel" and got["t"]["reason"] == "rate"
        assert got["t"]["text"] == "slow down"
        assert d.at_risk() == ["a", "t", "p", "u"]
    lines = recorded(tmp_path / "record")
    assert [(r["target"], r["op"], r["attempt"]) for r in lines] == [("a", "deliver", 1)]
    assert lines[0]["key"] == h.delivery_key("b", "c", "a")


def test_rules_by_attempt():
    with fake([{"attempt": 1, "do": "transient"}]) as d:
        d.deliver("b1/fake", ["a"])
        assert d.classes() == {"a": "transient"}
        d.deliver("b1/fake", ["a"], attempt=2)
        assert d.classes() == {"a": "delivered"}


def test_script_file_is_read_again_for_each_batch(tmp_path):
    script = tmp_path / "script"
    script.write_text('# first\n{"do": "transient"}\n')
    with fake(script=str(script)) as d:
        d.deliver("b1/fake", ["a"])
        assert d.classes() == {"a": "transient"}
        script.write_text('{"do": "permanent"}\n')
        d.deliver("b2/fake", ["a"])
        assert d.classes() == {"a": "permanent"}


@pytest.mark.parametrize("mark, expected", [(True, "unknown"), (False, "transient")])
def test_forgotten_outcome_is_supplied_by_the_mark(mark, expected):
    with fake([{"target": "f", "do": "forget"}], mark=mark) as d:
        d.deliver("b1/fake", ["f", "a"])
        assert d.classes() == {"f": expected, "a": "delivered"}
    assert "driver bug" in d.log()


def test_passed_deadline_is_transient_and_nothing_is_done(tmp_path):
    with fake(tmp_path=tmp_path) as d:
        d.deliver("b1/fake", ["a", "b"], deadline_ms=0)
        assert d.classes() == {"a": "transient", "b": "transient"}
        assert d.at_risk() == []
    assert recorded(tmp_path / "record") == []


def test_withdraw_is_answered_by_outcomes(tmp_path):
    with fake(tmp_path=tmp_path) as d:
        d.withdraw("b1/fake", ["a"])
        assert d.classes() == {"a": "delivered"}
    assert [r["op"] for r in recorded(tmp_path / "record")] == ["withdraw"]


def test_receipts_come_after_the_outcome():
    with fake([{"do": "receipts", "count": 300, "state": "confirmed", "text": "siren"}]) as d:
        d.deliver("b1/fake", ["a"])
        assert d.classes() == {"a": "delivered"}
        got = [d.receive() for _ in range(300)]
        assert {(g["op"], g["delivery"], g["target"], g["state"], g["detail"]) for g in got} == {
            ("receipt", "b1/fake", "a", "confirmed", "siren")}
        assert all(g["at"].endswith("+09:00") for g in got)


def test_probe():
    with fake(health="degraded") as d:
        assert d.probe()["state"] == "degraded"


@pytest.mark.parametrize("change", [
    {"targets": []}, {"targets": "a"}, {"targets": [{"id": "a"}]},
    {"targets": [{"id": "rest", "key": "k"}]}, {"targets": [{"id": 1, "key": "k"}]},
    {"attempt": 0}, {"deadline_ms": "soon"}, {"broadcast": {}}, {"broadcast": None},
], ids=str)
def test_unreadable_batch_is_concluded_at_once(change):
    with fake() as d:
        message = {"op": "deliver", "delivery": "b1/fake", "attempt": 1, "deadline_ms": 1000,
                   "broadcast": h.make_broadcast(), "targets": [h.target("a")]}
        d.send({**message, **change})
        answer = d.receive()
        assert (answer["op"], answer["target"]) == ("outcome", "rest")
        assert (answer["class"], answer["reason"]) == ("permanent", "protocol")
        d.deliver("b2/fake", ["a"])
        assert d.classes() == {"a": "delivered"}


def test_unknown_message_is_ignored():
    with fake() as d:
        d.send({"op": "dance"})
        d.deliver("b1/fake", ["a"])
        assert d.classes() == {"a": "delivered"}


def test_large_batch_is_quick():
    ids = [f"resident-{i:04d}" for i in range(500)]
    with fake(mark=False) as d:
        d.deliver("b1/fake", ids)
        got = d.outcomes()
        assert list(got) == ids
        assert sum(v["duration_ms"] for v in got.values()) < 5000


def test_every_frame_fits_the_schema():
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((h.TOP / "schemas" / "channel-protocol.schema.json").read_text())
    both = {side: jsonschema.Draft202012Validator(
        {"$schema": schema["$schema"], "$defs": schema["$defs"], "$ref": f"#/$defs/{side}"})
        for side in ("to_driver", "from_driver")}
    rules = [{"target": "r", "do": "receipts", "count": 2, "text": "x"},
             {"target": "t", "do": "transient", "retry_after_s": 3, "text": "busy"},
             {"target": "f", "do": "forget"}]
    with h.start_driver("fake") as d:
        said = []
        d.send = lambda m, send=d.send: (said.append(m), send(m))
        d.hello({"rules": rules}, "test")
        d.deliver("b1/fake", ["a", "r", "t", "f"])
        d.outcomes()
        d.withdraw("b1/fake", ["a"])
        d.outcomes()
        d.probe()
    for message in said:
        both["to_driver"].validate(message)
    for frame in d.frames:
        both["from_driver"].validate(frame)
    assert {f["op"] for f in d.frames} == {"ready", "at_risk", "outcome", "receipt", "health"}


# ---- ends ----

def test_batch_in_hand_is_finished_after_end_of_input(tmp_path):
    with fake([{"target": "b", "ms": 300}], tmp_path) as d:
        d.deliver("b1/fake", ["a", "b"])
        d.receive_until(lambda f: f["op"] == "outcome" and f["target"] == "a")
        d.end_input()
        rest = d.receive_rest()
        assert [f["target"] for f in rest if f["op"] == "outcome"] == ["b"]
        assert d.wait() == 0


def test_nothing_new_is_begun_after_end_of_input(tmp_path):
    d = fake([{"broadcast": "one", "ms": 300}], tmp_path)
    d.deliver("one/fake", ["a"], h.make_broadcast(id="one"))
    d.receive_until(lambda f: f["op"] == "at_risk")
    d.deliver("two/fake", ["a"], h.make_broadcast(id="two"))
    d.end_input()
    d.receive_rest()
    assert d.wait() == 0
    assert [r["broadcast"] for r in recorded(tmp_path / "record")] == ["one"]
    d.close()


def test_term_while_waiting_ends_at_once():
    d = fake()
    d.signal(signal.SIGTERM)
    assert d.wait() == 0
    d.close()


def test_term_lets_the_batch_in_hand_end(tmp_path):
    d = fake([{"target": "b", "ms": 300}], tmp_path)
    d.deliver("b1/fake", ["a", "b"])
    d.receive_until(lambda f: f["op"] == "outcome" and f["target"] == "a")
    d.signal(signal.SIGTERM)
    assert [f["target"] for f in d.receive_rest() if f["op"] == "outcome"] == ["b"]
    assert d.wait() == 0
    d.close()


def test_hang_outlives_term_and_dies_by_kill_with_its_mark_readable():
    d = fake([{"target": "b", "do": "hang"}])
    d.deliver("b1/fake", ["a", "b", "c"])
    d.receive_until(lambda f: f["op"] == "at_risk" and f["target"] == "b")
    d.signal(signal.SIGTERM)
    with pytest.raises(TimeoutError):
        d.receive(0.3)
    d.signal(signal.SIGKILL)
    assert d.wait() == -signal.SIGKILL
    assert d.at_risk() == ["a", "b"]
    d.close()


# ---- crashes: what was written before death is all readable ----

def test_no_frame_is_lost_at_sigkill():
    for _ in range(20):
        d = fake([{"target": "z", "do": "crash"}])
        d.deliver("b1/fake", ["a", "b", "c", "z"])
        frames = d.receive_rest()
        assert [(f["op"], f["target"]) for f in frames] == [
            (op, t) for t in "abc" for op in ("at_risk", "outcome")]
        assert d.wait() == -signal.SIGKILL
        d.close()


@pytest.mark.parametrize("act, marked, kept", [
    ("crash", False, False), ("crash_marked", True, False), ("crash_delivered", True, True)])
def test_crash_acts(tmp_path, act, marked, kept):
    d = fake([{"do": act}], tmp_path)
    d.deliver("b1/fake", ["a"])
    frames = d.receive_rest()
    assert [f["op"] for f in frames] == (["at_risk"] if marked else [])
    assert bool(recorded(tmp_path / "record")) == kept
    assert d.wait() == -signal.SIGKILL
    d.close()


@pytest.mark.parametrize("point, ops", [
    ("agent.received", []),
    ("agent.at_risk", ["at_risk"]),
    ("agent.delivered", ["at_risk"]),
    ("agent.reported", ["at_risk", "outcome"]),
])
def test_crash_points(tmp_path, point, ops):
    if not h.has_crash_points("fake"):
        pytest.skip("built without crash points")
    d = fake(tmp_path=tmp_path, env={"HANSHO_CRASH_AT": point})
    d.deliver("b1/fake", ["a"])
    assert [f["op"] for f in d.receive_rest()] == ops
    assert d.wait() == -signal.SIGKILL
    d.close()


# ---- lies reach the hub as they are ----

def test_lies_are_on_the_wire():
    d = fake([{"target": "twice", "do": "lie_twice"}, {"target": "x", "do": "lie_stranger"}])
    d.deliver("b1/fake", ["twice", "x"])
    d.receive_until(lambda f: f["op"] == "outcome" and f["target"] == "x")
    names = [f["target"] for f in d.frames if f["op"] == "outcome"]
    assert names == ["twice", "twice", "stranger", "x"]
    assert d.close() == 0


def test_garbage_is_on_the_wire():
    d = fake([{"do": "garbage"}], mark=False)
    d.deliver("b1/fake", ["a"])
    with pytest.raises(json.JSONDecodeError):
        d.receive()
    d.close()

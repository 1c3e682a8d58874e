# SPDX-License-Identifier: Apache-2.0
"""What becomes of a batch whose hub or driver died under it, case by case."""

import copy
import json
import os
import select
import signal
import time

import harness
import pytest
from crash_town import GONE, offspring
from harness import PATIENCE, basic_config, delivery, fake, recorded, telegram

QUICK = {"retry_first": "50ms", "retry_max": "200ms", "breaker_time": "50ms", "breaker_faults": 1000}


def channel(name, folder, rules, script=None, **more):
    options = {"script": str(script)} if script else {"rules": copy.deepcopy(rules)}
    return {**fake(name, folder, targets=["a", "b", "c"], **options), **QUICK, **more}


def hub_with(folder, *channels):
    return harness.Hub(basic_config(folder, channels), folder=folder).start()


def keys(folder, name):
    """Target names in the order in which they were delivered."""
    return [json.loads(line)["target"] for line in recorded(folder, name)]


def until(what, check):
    """Asks again and again until the answer is true, and returns it."""
    deadline = time.monotonic() + PATIENCE
    while not (answer := check()):
        assert time.monotonic() < deadline, f"waited in vain for: {what}"
        select.select([], [], [], 0.02)
    return answer


def shown(hub, alert, name):
    return delivery(hub.ask("show", id=alert), name)


def counts(one):
    words = ("delivered", "waiting", "claimed", "unknown", "failed", "quarantined", "expired", "cancelled")
    return {word: one[word] for word in words if one[word]}


def history(one):
    """(attempt, size, delivered, transient, unknown, crashed) of each batch, oldest first."""
    return [
        (b["attempt"], b["size"], b["delivered"], b["transient"], b["unknown"], b["crashed"]) for b in reversed(one["batches"])
    ]


def accept(hub, name="tsunami-1-major.xml"):
    return hub.send(telegram(name))["accepted"]


# ---- the hub ----


HANG = [{"target": "b", "attempt": 1, "do": "hang"}]


def kill_with_batches_out(hub, alert, names):
    """kill -9 while each channel's agent has told of a and hangs at b; the agents end too, as they
    do when systemd clears the control group."""
    for name in names:
        until(f"{name} has told of its first target", lambda name=name: shown(hub, alert, name)["delivered"] == 1)
    agents = offspring(hub.process.pid)
    hub.kill()
    for pid, program in agents.items():
        if program == "hansho-channel-fake":
            os.kill(pid, signal.SIGKILL)
    hub.start()


@pytest.fixture
def out(folder):
    """The hub was killed with a batch out on four channels; {name: delivery}."""
    names = {
        "resend": {"on_unknown": "resend"},
        "urgent": {"on_unknown": "hold"},  # extreme goes again whatever the channel says
        "held": {"on_unknown": "hold", "hold_always": True},
        "held2": {"on_unknown": "hold", "hold_always": True},
    }
    hub = hub_with(folder, *(channel(name, folder, HANG, **more) for name, more in names.items()))
    try:
        alert = accept(hub)
        kill_with_batches_out(hub, alert, names)
        yield hub, alert
    finally:
        hub.stop()


@pytest.mark.parametrize("name", ["resend", "urgent"])
def test_hub_death_resends(folder, out, name):
    hub, alert = out
    one = delivery(hub.settled(alert), name)
    assert counts(one) == {"delivered": 3} and one["state"] == "done"
    assert history(one) == [(1, 3, 1, 0, 2, False), (2, 2, 2, 0, 0, False)]
    assert sorted(keys(folder, name)) == ["a", "b", "c"]


def test_hub_death_is_no_crash_of_the_target(out):
    """It is not counted against the target, or three restarts would set a healthy one aside."""
    hub, alert = out
    one = delivery(hub.settled(alert), "held")
    assert [(t["id"], t["state"], t["crashes"], t["reason"]) for t in one["targets"]] == [
        ("b", "unknown", 0, "crash"),
        ("c", "unknown", 0, "crash"),
    ]


def test_hub_death_asks_staff(folder, out):
    hub, alert = out
    page = hub.settled(alert)
    for name in ("held", "held2"):
        assert counts(delivery(page, name)) == {"delivered": 1, "unknown": 2}
        assert keys(folder, name) == ["a"]
    assert hub.ask("status")["totals"]["unknown"] == 4
    assert hub.ask("resolve", id=f"{alert}.1/held", target="b", **{"as": "delivered"}) == {"count": 1}
    assert hub.ask("resolve", id=f"{alert}.1/held", **{"as": "failed"}) == {"count": 1}
    assert counts(shown(hub, alert, "held")) == {"delivered": 2, "failed": 1}
    assert hub.ask("retry", id=f"{alert}.1/held2") == {"count": 2}
    one = delivery(hub.settled(alert), "held2")
    assert counts(one) == {"delivered": 3} and one["state"] == "done"
    assert sorted(keys(folder, "held2")) == ["a", "b", "c"]
    assert hub.ask("verify_log") == {"whole": True}
    assert [e["operation"] for e in hub.ask("log", limit=3)] == ["retry", "resolve", "resolve"]


# ---- a driver ----


def test_target_that_kills_its_driver_is_set_aside(folder):
    """Twice in a crash: alone from then on; three times: staff decide. Its neighbours get theirs."""
    script = folder / "script"
    script.write_text('{"target":"b","do":"crash_marked"}\n')
    with hub_with(folder, channel("one", folder, [], script=script, on_unknown="resend")) as hub:
        watch = hub.watch()
        alert = accept(hub)
        one = delivery(hub.settled(alert), "one")
        assert counts(one) == {"delivered": 2, "quarantined": 1} and one["state"] == "done"
        assert sorted(keys(folder, "one")) == ["a", "c"]
        crashed = [b for b in reversed(one["batches"]) if b["crashed"]]
        assert len(crashed) == 3 and crashed[2]["size"] == 1
        assert [(t["id"], t["state"], t["crashes"]) for t in one["targets"]] == [("b", "quarantined", 3)]
        for _ in range(3):
            watch.until(lambda e: e["event"] == "agent_died" and e["channel"] == "one")
        assert any(e["event"] == "breaker_open" for e in watch.seen) or watch.until(lambda e: e["event"] == "breaker_open")
        watch.close()
        assert hub.ask("status")["totals"]["failed"] == 1
        script.write_text("# well again\n")
        assert hub.ask("retry", id=f"{alert}.1/one") == {"count": 1}
        assert counts(delivery(hub.settled(alert), "one")) == {"delivered": 3}
        assert sorted(keys(folder, "one")) == ["a", "b", "c"]


def test_three_deaths_open_the_breaker(folder):
    """The channel pauses and says why; the other channel does not notice."""
    slow = channel("bad", folder, [{"do": "crash"}], on_unknown="resend", breaker_time="60s")
    with hub_with(folder, slow, channel("good", folder, [])) as hub:
        watch = hub.watch()
        alert = accept(hub)
        event = watch.until(lambda e: e["event"] == "breaker_open")
        watch.close()
        assert event["channel"] == "bad" and event["text"] == "the driver keeps dying"
        health = hub.ask("health")
        assert health == {"state": "degraded", "reasons": ["channel bad: the driver keeps dying"]}
        one = shown(hub, alert, "good")
        assert counts(one) == {"delivered": 3} and one["attempts"] == 1
        assert keys(folder, "bad") == []


def test_driver_past_its_deadline_is_ended(folder):
    """TERM does not help, KILL does; what was marked is unknown, what was not is tried again."""
    bad = channel("bad", folder, HANG, deadline="1s", on_unknown="hold", hold_always=True)
    with hub_with(folder, bad, channel("good", folder, [])) as hub:
        alert = accept(hub)
        page = hub.settled(alert)
        one = delivery(page, "bad")
        assert counts(one) == {"delivered": 2, "unknown": 1}
        assert history(one) == [(1, 3, 1, 1, 1, True), (2, 1, 1, 0, 0, False)]
        assert [(t["id"], t["state"]) for t in one["targets"]] == [("b", "unknown")]
        assert keys(folder, "bad") == ["a", "c"]
        assert "driver passed its deadline" in hub.log() and "did not end in its grace time" in hub.log()
        good = delivery(page, "good")
        assert counts(good) == {"delivered": 3} and good["last_ms"] < one["last_ms"]


@pytest.mark.parametrize(
    "act, twice",
    [("lie_twice", False), ("lie_stranger", False), ("garbage", True)],
)
def test_lies_stay_in_their_channel(folder, act, twice):
    """What a driver says wrongly changes nothing but its own batch. Garbage ends it: the target was
    marked, so it goes again."""
    bad = channel("bad", folder, [{"target": "b", "attempt": 1, "do": act}], on_unknown="resend")
    with hub_with(folder, bad, channel("good", folder, [])) as hub:
        alert = accept(hub)
        page = hub.settled(alert)
        one = delivery(page, "bad")
        assert counts(one) == {"delivered": 3}
        assert keys(folder, "bad").count("b") == (2 if twice else 1)
        assert any(b["unknown"] for b in one["batches"]) == twice
        good = delivery(page, "good")
        assert counts(good) == {"delivered": 3} and good["attempts"] == 1
        until("the breach is logged", lambda: "driver broke the protocol" in hub.log())
        second = accept(hub, "tsunami-4-release.xml")
        assert counts(delivery(hub.settled(second), "bad")) == {"delivered": 3}


def test_batch_in_hand_when_the_link_ends(folder):
    """An agent that outlives its hub finishes what it has begun and begins nothing new."""
    rules = [{"target": "a"}, {"target": "b", "attempt": 1, "ms": 700}]
    with hub_with(folder, channel("one", folder, rules, on_unknown="resend")) as hub:
        alert = accept(hub)
        until("the first target", lambda: shown(hub, alert, "one")["delivered"] == 1)
        (old,) = [pid for pid, name in offspring(hub.process.pid).items() if name == "hansho-channel-fake"]
        fd = os.pidfd_open(old)
        hub.kill()
        hub.start()
        one = delivery(hub.settled(alert), "one")
        ready, _, _ = select.select([fd], [], [], PATIENCE)
        os.close(fd)
        assert ready, "the agent of the dead hub does not end"
        assert counts(one) == {"delivered": 3}
        assert history(one) == [(1, 3, 1, 0, 2, False), (2, 2, 2, 0, 0, False)]
        found = keys(folder, "one")
        assert found.count("a") == 1 and 1 <= found.count("b") <= 2 and 1 <= found.count("c") <= 2


# ---- power ----


def test_killed_again_while_starting(folder):
    """kill -9 at once after each start: recovery is itself safe to be cut off."""
    hub = hub_with(folder, channel("one", folder, HANG, on_unknown="resend"))
    try:
        alert = accept(hub)
        until("the first target", lambda: shown(hub, alert, "one")["delivered"] == 1)
        for pid in offspring(hub.process.pid):
            os.kill(pid, signal.SIGKILL)
        for _ in range(5):
            hub.kill()
            try:
                hub.start()
            except GONE:
                pass
        one = delivery(hub.settled(alert), "one")
        assert counts(one) == {"delivered": 3}
        assert hub.ask("verify_log") == {"whole": True}
    finally:
        hub.stop()


def test_import_cut_off_changes_nothing(folder):
    """A list of recipients comes into force whole or not at all."""
    hub = hub_with(folder, channel("one", folder, []))
    try:
        rows = [{"id": f"p{n}", "address": f"p{n}@example.jp", "areas": "07204"} for n in range(500)]
        hub.recipients("people", rows[:2])
        hub.ask("recipients_import", list="people", stage="begin")
        hub.ask("recipients_import", list="people", stage="rows", rows=rows)
        hub.kill()
        hub.start()
        assert hub.ask("recipients_count", list="people")["count"] == 2
        hub.recipients("people", rows)  # "begin" throws away what the first attempt left
        assert hub.ask("recipients_count", list="people")["count"] == 500
    finally:
        hub.stop()

# SPDX-License-Identifier: Apache-2.0
"""The main job: a real-format telegram in, the right channels out, with the right words, once."""

import datetime
import json
import re
import sqlite3
import subprocess

import harness
import pytest
from harness import BIN, IWAKI, SHARED, basic_config, delivery, fake, now, recorded, telegram

NASUKARASUYAMA = {"code": "09215", "name": "那須烏山市"}


@pytest.fixture
def hub(folder):
    """Live rules reach four channels, drill rules two; advisories reach mail and page only."""
    channels = [
        fake("sirens", folder, targets=["s1", "s2", "s3"]),
        fake("mail", folder, targets=["m1", "m2"]),
        fake("areamail", folder, targets=["docomo", "au", "softbank", "rakuten"], drill=False),
        fake("social", folder, drill=False),
        fake("page", folder),
    ]
    rules = [
        {"name": "nothing", "match": {"kinds": ["earthquake.count"]}, "none": True},
        {
            "name": "danger",
            "match": {"severity": "severe"},
            "channels": ["sirens", "mail", "areamail", "social", "page"],
        },
        {"name": "advice", "match": {"severity": "moderate"}, "channels": ["mail", "page"]},
    ]
    drill = [{"name": "drill", "match": {"kinds": ["*"]}, "channels": ["sirens", "page"]}]
    config = basic_config(folder, channels, feeds=("local", "second"), rules=rules, drill=drill)
    with harness.Hub(config, folder=folder) as running:
        yield running


def accepted(answer):
    assert "accepted" in answer, answer
    return answer["accepted"]


def send(hub, name, minutes=0, **values):
    """Sends a sample issued `minutes` from now; returns what became of it, settled."""
    at = now() + datetime.timedelta(minutes=minutes)
    return hub.settled(accepted(hub.send(telegram(name, at, **values))))


def channels_of(shown, broadcast=-1):
    return {d["channel"] for d in shown["broadcasts"][broadcast]["deliveries"]}


def text(shown, form="body", lang="ja"):
    return shown["broadcasts"][-1]["broadcast"]["texts"][lang][form]


# ---- who gets what ----


def test_major_tsunami_warning_reaches_all_five_systems(hub):
    shown = send(hub, "tsunami-1-major.xml")
    assert shown["alert"]["verdict"] == "acted"
    assert channels_of(shown) == {"sirens", "mail", "areamail", "social", "page"}
    for name, targets in (("sirens", 3), ("mail", 2), ("areamail", 4), ("social", 1), ("page", 1)):
        d = delivery(shown, name)
        assert (d["state"], d["delivered"], d["target_count"]) == ("done", targets, targets)
        assert len(recorded(hub.folder, name)) == targets
    assert "大津波警報" in text(shown) and "いわき市" in text(shown)
    assert "避難" in text(shown, "short") and len(text(shown, "title")) <= 15


def test_another_prefecture_reaches_nothing(folder):
    channels = [fake("sirens", folder)]
    config = basic_config(folder, channels)
    config["municipalities"] = [NASUKARASUYAMA]
    with harness.Hub(config, folder=folder) as hub:
        for name in ("tsunami-1-major.xml", "rain-2-level5.xml", "eew-1-first.xml", "landslide-level4.xml"):
            shown = send(hub, name)
            assert shown["alert"]["verdict"] == "not-ours", name
            assert shown["broadcasts"] == []
        assert recorded(folder, "sirens") == []


def test_next_report_without_change_reaches_nothing(hub):
    send(hub, "tsunami-1-major.xml", minutes=-3)
    before = len(recorded(hub.folder, "sirens"))
    shown = send(hub, "tsunami-1-major.xml", minutes=0)
    assert shown["alert"]["verdict"] == "no-change"
    assert len(recorded(hub.folder, "sirens")) == before


def test_raise_lower_release_each_have_their_own_words(hub):
    levels = [
        ("rain-1-level3.xml", "issued", "３|3"),
        ("rain-2-level5.xml", "raised", "特別警報"),
        ("rain-3-lowered.xml", "lowered", "切り替え|引き下げ"),
        ("rain-4-release.xml", "released", "解除"),
    ]
    bodies = []
    for minute, (name, event, words) in enumerate(levels):
        shown = send(hub, name, minutes=minute - 5)
        assert shown["broadcasts"][-1]["event"] == event, (name, shown["alert"]["reason"])
        assert re.search(words, text(shown)), text(shown)
        assert "相当" in text(shown) or event == "released"
        bodies.append(text(shown))
    assert len(set(bodies)) == 4
    assert "誤" not in bodies[-1] and "取り消" not in bodies[-1]


def test_the_end_reaches_everybody_whom_the_beginning_reached(hub):
    """A release is minor by itself; it goes where the warning went all the same."""
    first = send(hub, "rain-2-level5.xml", minutes=-3)
    last = send(hub, "rain-4-release.xml")
    assert channels_of(last) == channels_of(first) == {"sirens", "mail", "areamail", "social", "page"}


def test_cancellation_says_that_it_was_never_true(hub):
    send(hub, "tsunami-1-major.xml", minutes=-2)
    shown = send(hub, "tsunami-cancel.xml")
    assert shown["broadcasts"][-1]["event"] == "cancelled"
    assert re.search("取り消|誤", text(shown)), text(shown)
    assert "解除" not in text(shown)
    assert channels_of(shown) == {"sirens", "mail", "areamail", "social", "page"}
    assert shown["broadcasts"][-1]["broadcast"]["replaces"]


def test_tsunami_goes_down_step_by_step(hub):
    events = []
    for minute, name in enumerate(
        ("tsunami-1-major.xml", "tsunami-2-lowered.xml", "tsunami-3-advisory.xml", "tsunami-4-release.xml")
    ):
        events.append(send(hub, name, minutes=minute - 5)["broadcasts"][-1]["event"])
    assert events == ["issued", "lowered", "lowered", "released"]
    assert [r for r in hub.ask("status")["in_force"] if r["slot"] == "tsunami"] == []


def test_advisory_is_carried_by_fewer_channels(hub):
    shown = send(hub, "tsunami-3-advisory.xml")
    assert channels_of(shown) == {"mail", "page"}


def test_earthquake_early_warning_first_repeat_and_cancel(hub):
    first = send(hub, "eew-1-first.xml")
    assert first["broadcasts"][-1]["event"] == "issued"
    second = send(hub, "eew-2-update.xml")
    assert second["alert"]["verdict"] == "no-change" or second["broadcasts"][-1]["event"] == "raised"
    cancel = send(hub, "eew-3-cancel.xml")
    assert cancel["broadcasts"][-1]["event"] == "cancelled"


# ---- drills and tests ----


def test_drill_follows_only_the_drill_tree_and_is_marked(hub):
    shown = send(hub, "tsunami-exercise.xml")
    assert shown["alert"]["status"] == "exercise"
    assert channels_of(shown) == {"sirens", "page"}
    assert shown["broadcasts"][-1]["broadcast"]["rule"] == "drill"
    assert "訓練" in text(shown)
    assert recorded(hub.folder, "mail") == recorded(hub.folder, "areamail") == []
    assert all(row["status"] == "exercise" for row in hub.ask("status")["in_force"])


def test_drill_never_touches_what_is_really_in_force(hub):
    send(hub, "tsunami-1-major.xml", minutes=-3)
    live = [r for r in hub.ask("status")["in_force"] if r["status"] == "actual"]
    send(hub, "tsunami-cancel.xml", Status="訓練")
    send(hub, "tsunami-4-release.xml", Status="訓練")
    assert [r for r in hub.ask("status")["in_force"] if r["status"] == "actual"] == live
    shown = send(hub, "tsunami-1-major.xml")
    assert shown["alert"]["verdict"] == "no-change"


def test_test_telegram_reaches_nobody(hub):
    shown = send(hub, "tsunami-test.xml")
    assert (shown["alert"]["status"], shown["alert"]["verdict"]) == ("test", "test")
    assert shown["broadcasts"] == [] and hub.ask("status")["in_force"] == []


def test_unknown_status_reaches_nobody(hub):
    shown = send(hub, "tsunami-1-major.xml", Status="本番")
    assert shown["alert"]["status"] == "test"
    assert shown["broadcasts"] == []


# ---- the same telegram again ----


def spaced(data):
    """The same telegram as another system would write it: other white space, no declaration."""
    body = data.decode().split("?>", 1)[-1]
    return re.sub(r">\s*<", ">\n    <", body.strip()).replace("<Serial></Serial>", "<Serial/>").encode()


def test_same_telegram_from_two_feeds_in_two_forms_is_one_broadcast(hub):
    data = telegram("tsunami-1-major.xml")
    assert spaced(data) != data
    first = accepted(hub.send(data, "local"))
    assert hub.send(spaced(data), "second") == {"duplicate": first}
    assert hub.send(data, "local") == {"duplicate": first}
    shown = hub.settled(first)
    assert len(shown["broadcasts"]) == 1
    assert {s["feed"] for s in shown["alert"]["sightings"]} >= {"second"}
    assert len(recorded(hub.folder, "sirens")) == 3


def test_old_telegram_is_held_not_dropped_not_sent(hub):
    """Official samples say 通常: replaying one must not wake a town."""
    shown = send(hub, "tsunami-1-major.xml", minutes=-60)
    assert shown["alert"]["verdict"] == "held" and shown["alert"]["alarm"]
    assert shown["broadcasts"][-1]["held"]
    assert recorded(hub.folder, "sirens") == []
    assert [r["kind"] for r in hub.ask("status")["in_force"]] == ["tsunami.major_warning"]
    hub.ask("release", id=shown["broadcasts"][-1]["id"])
    shown = hub.settled(shown["alert"]["id"])
    assert delivery(shown, "sirens")["delivered"] == 3


def test_identifiers_are_the_same_in_two_hubs(folder, tmp_path_factory):
    """Two hubs that see the same telegram issue the same siren order."""
    data = telegram("tsunami-1-major.xml")
    keys = []
    for name in ("a", "b"):
        part = folder / name
        part.mkdir()
        with harness.Hub(basic_config(part, [fake("sirens", part)]), folder=part) as hub:
            hub.settled(accepted(hub.send(data)))
            keys.append([json.loads(line)["key"] for line in recorded(part, "sirens")])
    assert keys[0] == keys[1] != []


def test_recipient_with_areas_as_a_list_is_refused(hub):
    """They were dropped in silence, and a recipient without areas gets everything."""
    with pytest.raises(harness.Refused) as refused:
        hub.recipients("residents", [{"address": "a@example.jp", "areas": ["07204"]}])
    assert refused.value.code == "invalid" and "areas" in str(refused.value)
    assert hub.ask("recipients_count", list="residents")["count"] == 0


def test_alert_is_not_judged_on_half_a_view(hub):
    """A look-up that failed counted as "nothing known": what had been cancelled could go out."""
    alert = (harness.TOP / "schemas" / "samples" / "cap" / "alert.xml").read_bytes()
    with sqlite3.connect(hub.folder / "state" / "hansho.db") as db:
        db.execute("ALTER TABLE tombstones RENAME TO gone")
    answer = hub.send(alert)
    assert "retry" in answer, answer
    assert hub.ask("alerts") == [] and recorded(hub.folder, "mail") == []


def test_an_earlier_area_without_a_code_is_passed_over(hub):
    """The codes of what went out before held a null for a shape; the hub died of it."""
    shape = "<area><areaDesc>Pier</areaDesc><polygon>37,140 37.1,140 37.1,140.1 37,140</polygon></area></info>"
    alert = (harness.TOP / "schemas" / "samples" / "cap" / "alert.xml").read_text().replace("</info>", shape)
    alert = re.sub(r"<value>\d{6}</value>", "<value>072044</value>", alert)
    for name, hours in (("sent", 0), ("expires", 2)):
        time = (now() + datetime.timedelta(hours=hours)).isoformat(timespec="seconds")
        alert = re.sub(rf"<{name}>.*</{name}>", f"<{name}>{time}</{name}>", alert)
    first = hub.settled(accepted(hub.send(alert.encode())))
    assert {"name": "Pier", "polygon": "37,140 37.1,140 37.1,140.1 37,140"} in first["broadcasts"][0]["broadcast"]["areas"]
    second = alert.replace("<headline>", "<headline>Still: ")
    assert accepted(hub.send(second.encode()))


# ---- refusals ----


@pytest.mark.parametrize(
    "data,code",
    [
        (b"hello", "not-xml"),
        (b"<Report xmlns='urn:other'/>", "not-handled"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "doctype"),
    ],
    ids=["text", "other XML", "doctype"],
)
def test_refusal_names_its_reason(hub, data, code):
    answer = hub.send(data)
    assert answer["refused"] == code and answer["reason"]
    assert accepted(hub.send(telegram("tsunami-1-major.xml")))


# ---- real peers: all five systems with their real drivers ----


def test_demo_reaches_all_five_systems():
    run = subprocess.run(
        ["/usr/bin/python3", harness.TOP / "scripts" / "demo.py", "--bin", BIN, "--once", "--json"],
        capture_output=True, text=True, timeout=180, check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    result = json.loads(run.stdout)
    channels = result["channels"]
    assert result["ok"] and re.fullmatch("[0-9a-f]{16}", result["accepted"])
    assert channels["sirens"] | {"first_ms": 0, "last_ms": 0} == {
        "targets": 3, "delivered": 3, "confirmed": 3, "failed": 0, "unknown": 0, "first_ms": 0, "last_ms": 0,
    }
    assert (channels["mail"]["targets"], channels["mail"]["delivered"]) == (100, 100)
    assert (channels["areamail"]["targets"], channels["areamail"]["delivered"]) == (4, 4)
    for name in ("mastodon", "webhook", "homepage"):
        assert channels[name]["delivered"] == 1


def test_ingest_waits_for_the_outcome_when_asked(folder):
    """Exit 0 when everybody was reached, 5 when somebody was not."""
    rules = [{"target": "gone", "do": "permanent", "text": "no such target"}]
    channels = [fake("one", folder), fake("two", folder, targets=["here", "gone"], rules=rules)]
    split = [
        {"name": "tsunami", "match": {"kinds": ["tsunami.*"]}, "channels": ["one"]},
        {"name": "rest", "match": {"kinds": ["*"]}, "channels": ["two"]},
    ]
    with harness.Hub(basic_config(folder, channels, rules=split), folder=folder) as hub:
        for name, code in (("tsunami-1-major.xml", 0), ("rain-2-level5.xml", 5)):
            path = folder / name
            path.write_bytes(telegram(name))
            run = subprocess.run(
                [BIN / "hansho", "-c", hub.config_path, "ingest", "--wait", path],
                capture_output=True, text=True, check=False,
            )
            assert run.returncode == code, (name, run.stdout, run.stderr)
        assert "1 targets were not reached" in run.stderr


# ---- with the shared data where it is ----


def shared_samples():
    folder = SHARED / "data" / "jmx" / "samples"
    return sorted(folder.glob("*.xml")) if folder.exists() else []


def test_every_shared_sample_is_answered_and_none_wakes_the_town(hub):
    """They are years old and say 通常: each is accepted or refused with a reason, nothing goes out."""
    files = shared_samples()
    if not files:
        pytest.skip("shared data not present")
    for path in files:
        answer = hub.send(path.read_bytes())
        assert "accepted" in answer or answer.get("refused"), (path.name, answer)
        if "accepted" in answer:
            hub.settled(answer["accepted"])
    for name in ("sirens", "mail", "areamail", "social", "page"):
        assert recorded(hub.folder, name) == []


def test_profile_of_iwaki_is_what_the_tests_use():
    run = subprocess.run([BIN / "hansho", "profile", "07204"], capture_output=True, text=True, check=True)
    profile = __import__("yaml").safe_load(run.stdout)
    profile = profile[0] if isinstance(profile, list) else profile.get("municipalities", [profile])[0]
    assert profile["tsunami"] == IWAKI["tsunami"] and profile["seismic_area"] == IWAKI["seismic_area"]
    assert profile["weather"] == IWAKI["weather"]

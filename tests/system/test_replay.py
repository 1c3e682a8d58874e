# SPDX-License-Identifier: Apache-2.0
"""`hansho replay` and `hansho explain --against`: a recorded day judged again, without a hub."""

import datetime
import json
import os
import shutil
import time
import unicodedata

import pytest
import yaml

import harness
from harness import SAMPLES, basic_config, fake, telegram
from test_staff import ENGLISH, JAPANESE, is_fit_for_a_terminal, out, run

DAY = datetime.datetime(2026, 11, 20, 14, 30, tzinfo=harness.JST)
LIFE = {"name": "life", "match": {"severity": "severe"}, "channels": ["siren", "mail"]}
REST = {"name": "rest", "match": {"kinds": ["*"]}, "channels": ["mail"]}


@pytest.fixture
def day(tmp_path):
    """A folder of telegrams and a configuration beside it; no hub anywhere."""
    (tmp_path / "day").mkdir()
    write_config(tmp_path, "town.yaml", [LIFE, REST])
    return tmp_path


def write_config(folder, name, rules, channels=("siren", "mail")):
    config = basic_config(folder, [fake(c, folder) for c in channels], rules=rules)
    config |= {"site": "test", "state_dir": str(folder / "state"), "run_dir": str(folder / "run")}
    (folder / name).write_text(yaml.safe_dump(config, allow_unicode=True))
    return folder / name


def record(day, *samples):
    for name in samples:
        shutil.copy(SAMPLES / f"{name}.xml", day / "day")


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def replay(day, *words):
    return lines(out(run(None, "--json", "-c", day / "town.yaml", "replay", day / "day", *words)))


def told(played):
    return [(line["at"][11:19], b["broadcast"]["kind"], b["broadcast"]["event"], b["broadcast"]["update"],
             ",".join(b["channels"]), b["hold"])
            for line in played if line["event"] == "telegram" for b in line["broadcasts"]]  # fmt: skip


TSUNAMI = ("tsunami-4-release", "tsunami-2-lowered", "tsunami-1-major", "tsunami-3-advisory")


def test_a_day_is_judged_in_the_order_of_its_sending(day):
    record(day, *TSUNAMI)
    played = replay(day)
    assert told(played) == [
        ("14:33:08", "tsunami.major_warning", "issued", 1, "siren,mail", False),
        ("17:40:08", "tsunami.warning", "lowered", 2, "siren,mail", False),
        ("21:10:08", "tsunami.advisory", "lowered", 3, "siren,mail", False),
        ("02:00:08", "tsunami.advisory", "released", 4, "siren,mail", False),
    ]
    end = played[-1]
    assert end["event"] == "end" and end["telegrams"] == 4 and end["broadcasts"] == 4 and end["held"] == 0
    assert end["by_channel"] == {"siren": 4, "mail": 4} and end["verdicts"]["acted"] == 4
    assert not (day / "state").exists() and not (day / "run").exists(), "it must not touch a hub's folders"


def test_index_says_when_each_came(day):
    record(day, *TSUNAMI[:3])
    index = day / "day" / "index.tsv"
    index.write_text(
        "file\tarrived\n# the line was down\ntsunami-1-major.xml\t2026-11-20T15:10:00+09:00\n"
        "tsunami-2-lowered.xml\t2026-11-20T08:45:00Z\r\n"
    )
    played = replay(day)
    assert [(t[0], t[2], t[5]) for t in told(played)] == [
        ("15:10:00", "issued", True),  # 40 minutes old: staff decide
        ("17:45:00", "issued", False),  # nobody had heard of it
        ("02:00:08", "released", False),
    ]
    assert played[-1]["held"] == 1 and played[-1]["held_by_channel"] == {"siren": 1, "mail": 1}
    for bad, part in (("nobody.xml\t2026-11-20T15:10:00Z\n", "index.tsv:1"), ("a\tb\nc\td\n", "index.tsv:2")):
        index.write_text(bad)
        ended = run(None, "-c", day / "town.yaml", "replay", day / "day")
        assert ended.returncode == 65 and part in ended.stderr.decode()


def test_a_time_in_the_name_is_utc_or_japan_s_whichever_fits(day):
    for name, sample in (("20261120053400_1_VTSE41_010000.xml", "tsunami-1-major"),
                         ("20261120T174200-relay.xml", "tsunami-2-lowered"),
                         ("20261120T121500Z.xml", "tsunami-3-advisory")):  # fmt: skip
        shutil.copy(SAMPLES / f"{sample}.xml", day / "day" / name)
    assert [t[0] for t in told(replay(day))] == ["14:34:00", "17:42:00", "21:15:00"]


def test_what_ends_by_itself_is_told_between(day):
    record(day, "record-rain", "rain-4-release")
    (day / "day" / "rain-4-release.xml").write_bytes(telegram("rain-3-lowered.xml", at=DAY + datetime.timedelta(hours=18)))
    played = replay(day)
    ended = [line for line in played if line["event"] == "ended"]
    assert [(e["at"], e["kind"], e["municipality"]) for e in ended] == [
        ("2026-11-20T22:40:00+09:00", "weather.record_rain", "07204")]  # fmt: skip
    assert played.index(ended[0]) == 1, "between the two telegrams"
    assert [line["slot"] for line in played if line["event"] == "in_force"] == ["weather.rain"]


def test_twice_the_same_and_rubbish_are_counted_and_nothing_else(day):
    record(day, "tsunami-1-major")
    shutil.copy(SAMPLES / "tsunami-1-major.xml", day / "day" / "20261120143400.xml")
    (day / "day" / "rubbish.xml").write_text("<a>")
    (day / "day" / "unknown.xml").write_bytes(telegram("tsunami-1-major.xml", Title="生物季節観測"))
    (day / "day" / "README.md").write_text("notes are no telegrams")
    (day / "day" / ".hidden").write_text("<a>")
    played = replay(day)
    end = played[-1]
    assert (end["telegrams"], end["refused"], end["duplicates"], end["broadcasts"]) == (4, 2, 1, 1)
    assert {line["code"] for line in played if line["event"] == "refused"} == {"not-xml", "not-handled"}
    text = out(run(None, "-c", day / "town.yaml", "replay", day / "day"))
    assert "rubbish.xml" in text and "unknown.xml" not in text


@pytest.mark.parametrize("language", [ENGLISH, JAPANESE], ids=["en", "ja"])
def test_a_replay_fits_the_terminal(day, language):
    record(day, *(p.stem for p in SAMPLES.glob("*.xml")))
    (day / "day" / "odd.xml").write_bytes(telegram("tsunami-1-major.xml", Name="福島\u202e県\u0085", EventID="2\u009b2J"))
    text = out(run(None, "-c", day / "town.yaml", "replay", day / "day", language=language))
    is_fit_for_a_terminal(text)
    assert "いわき市" in text and ("DRILL" in text) == (language is ENGLISH)
    assert not [c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf")]


def test_speed_waits_as_the_day_did(day):
    record(day, "tsunami-1-major", "tsunami-2-lowered")  # 11,220 seconds apart
    begun = time.monotonic()
    assert len(told(replay(day, "--speed", "11220"))) == 2
    assert time.monotonic() - begun >= 1


def test_replay_exit_codes(day, tmp_path):
    config = ["-c", day / "town.yaml"]
    assert run(None, *config, "replay").returncode == 2
    assert run(None, *config, "replay", day / "day", "--speed", "fast").returncode == 2
    assert run(None, *config, "replay", day / "day", "--speed=-1").returncode == 2
    assert run(None, *config, "replay", day / "nowhere").returncode == 65
    assert run(None, *config, "replay", day / "day").returncode == 65, "there is no telegram"
    record(day, "tsunami-1-major")
    (tmp_path / "bad.yaml").write_text("sites: 1\n")
    assert run(None, "-c", tmp_path / "bad.yaml", "replay", day / "day").returncode == 65
    ended = run(None, "--json", *config, "replay", day / "nowhere")
    assert json.loads(ended.stderr)["exit"] == 65


# ---- explain and check ----


def test_explain_tells_what_concerns_us_and_what_changes(day):
    files = [SAMPLES / f"{name}.xml" for name in ("rain-1-level3", "rain-2-level5", "volcano-1-level5")]
    found, decoder = [], json.JSONDecoder()
    text = out(run(None, "--json", "-c", day / "town.yaml", "explain", *files)).lstrip()
    while text:
        value, end = decoder.raw_decode(text)
        found.append(value)
        text = text[end:].lstrip()
    assert found[1]["touches"] == [
        {"municipality": "07204", "kind": "weather.rain", "code": "33", "area": "0720400", "how": "exact"}]  # fmt: skip
    (change,) = found[1]["changes"]
    assert (change["before"]["code"], change["after"]["code"], change["event"]) == ("03", "33", "raised")
    assert change["before"]["alert"] != change["after"]["alert"]
    assert found[0]["changes"][0]["before"] is None
    assert found[2]["touches"] == found[2]["changes"] == []


@pytest.mark.parametrize("language", [ENGLISH, JAPANESE], ids=["en", "ja"])
def test_explain_and_check_fit_the_terminal(day, language):
    files = sorted(SAMPLES.glob("*.xml")) + sorted((harness.TOP / "schemas/samples/cap").glob("[a-f]*.xml"))
    short = [os.path.relpath(f, harness.TOP / "schemas/samples") for f in files]
    for words in (["check"], ["explain"], ["explain", "--steps"]):
        ended = run(None, "-c", day / "town.yaml", *words, *short, language=language, cwd=harness.TOP / "schemas/samples")
        assert ended.returncode == 65, "some are refused"
        text = ended.stdout.decode()
        is_fit_for_a_terminal(text)
        if words[0] == "explain":
            head = ("CONCERNS US", "IN FORCE") if language is ENGLISH else ("当市町村に関係する項目", "発表状況の変化")
            assert all(h in text for h in head)
            assert ("verdict acted" in text) == ("--steps" in words)


def test_explain_twice_says_that_nothing_changes(day):
    file = SAMPLES / "tsunami-1-major.xml"
    text = out(run(None, "-c", day / "town.yaml", "explain", file, file))
    assert "nothing → 大津波警報：発表 (issued)" in text and "大津波警報：発表 (no change)" in text


def test_an_envelope_is_judged_alert_by_alert(day):
    inside = "".join(
        "<contentObject><xmlContent><embeddedXMLContent>" + (harness.TOP / "schemas/samples/cap" / name).read_text().split("?>", 1)[1]
        + "</embeddedXMLContent></xmlContent></contentObject>" for name in ("alert.xml", "polygon.xml", "draft.xml"))  # fmt: skip
    (day / "day" / "envelope.xml").write_text(
        '<EDXLDistribution xmlns="urn:oasis:names:tc:emergency:EDXL:DE:1.0"><distributionID>d-1</distributionID>'
        "<senderID>hub@pref.example</senderID><dateTimeSent>2026-11-20T14:31:00+09:00</dateTimeSent>"
        "<distributionStatus>Actual</distributionStatus><distributionType>Report</distributionType>"
        f"{inside}</EDXLDistribution>")  # fmt: skip
    played = replay(day)
    assert [line["event"] for line in played if line["event"] in ("telegram", "refused")] == ["telegram", "telegram", "refused"]
    assert played[-1]["telegrams"] == 1 and played[-1]["refused"] == 1
    ended = run(None, "-c", day / "town.yaml", "check", day / "day" / "envelope.xml")
    assert ended.returncode == 65 and ended.stdout.decode().count("envelope.xml:") == 2


# ---- explain --against ----


def against(day, new, *words, **more):
    return run(None, *words, "-c", new, "explain", "--against", day / "day", "--baseline", day / "town.yaml", **more)


def test_a_change_of_rules_is_counted_and_listed(day):
    record(day, *TSUNAMI, "rain-1-level3", "storm-two-kinds", "tsunami-exercise")
    wider = write_config(day, "wider.yaml", [{**LIFE, "match": {"severity": "moderate"}}, REST])
    found = json.loads(out(against(day, wider, "--json")))
    assert found["telegrams"] == 7 and found["before"]["broadcasts"] == found["after"]["broadcasts"] == 7
    assert found["before"]["by_channel"]["siren"] == 5 and found["after"]["by_channel"]["siren"] == 7
    assert [(d["change"], d["file"]) for d in found["differences"]] == [
        ("changed", "rain-1-level3.xml"), ("changed", "storm-two-kinds.xml")]  # fmt: skip
    first = found["differences"][0]
    assert (first["before"]["broadcast"]["rule"], first["after"]["broadcast"]["rule"]) == ("rest", "life")
    assert (first["before"]["channels"], first["after"]["channels"]) == (["mail"], ["siren", "mail"])


def test_what_goes_and_what_comes_is_told_apart(day):
    record(day, *TSUNAMI, "rain-1-level3")
    narrow = write_config(day, "narrow.yaml", [
        {"name": "rain", "match": {"kinds": ["weather.*"]}, "channels": ["siren"], "hold": True},
        {"name": "warnings", "match": {"kinds": ["tsunami.major_warning"]}, "channels": ["web", "siren"]},
    ], channels=("siren", "web"))  # fmt: skip
    found = json.loads(out(against(day, narrow, "--json")))
    assert found["after"]["held"] == 1 and found["before"]["held"] == 0
    assert [(d["change"], d["file"]) for d in found["differences"]] == [
        ("changed", "tsunami-1-major.xml"), ("changed", "tsunami-2-lowered.xml"), ("changed", "rain-1-level3.xml"),
        ("changed", "tsunami-3-advisory.xml"), ("changed", "tsunami-4-release.xml")]  # fmt: skip
    silent = write_config(day, "silent.yaml", [{"name": "no", "match": {"kinds": ["tsunami.*"]}, "none": True}, REST])
    found = json.loads(out(against(day, silent, "--json")))
    assert [d["change"] for d in found["differences"]] == ["removed"] * 4
    assert found["after"]["broadcasts"] == 1
    assert all(d["after"] is None for d in found["differences"])


@pytest.mark.parametrize("language", [ENGLISH, JAPANESE], ids=["en", "ja"])
def test_a_comparison_fits_the_terminal(day, language):
    record(day, *(p.stem for p in SAMPLES.glob("*.xml")))
    wider = write_config(day, "wider.yaml", [{**LIFE, "match": {"severity": "moderate"}}, REST], channels=("siren", "mail", "a-new-channel"))
    text = out(against(day, wider, language=language))
    is_fit_for_a_terminal(text)
    words = "With this change" if language is ENGLISH else "この変更で"
    assert words in text and "a-new-channel" in text and "life" in text
    same = out(against(day, day / "town.yaml", language=language))
    assert ("0 differ" if language is ENGLISH else "違いは0件") in same


def test_against_needs_two_configurations(day):
    record(day, "tsunami-1-major")
    clean = {k: v for k, v in os.environ.items() if k != "HANSHO_CONFIG"}
    assert run(None, "explain", "--against", day / "day", env=clean).returncode == 2
    assert run(None, "-c", day / "town.yaml", "explain", "--baseline", day / "town.yaml", "a.xml").returncode == 2
    assert against(day, day / "nowhere.yaml").returncode == 65
    assert run(None, "-c", day / "town.yaml", "explain", "--against", day / "nowhere").returncode == 65

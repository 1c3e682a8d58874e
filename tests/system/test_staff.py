# SPDX-License-Identifier: Apache-2.0
"""The command of the staff, as staff use it: the real program, both languages, 80 columns."""

import contextlib
import csv
import io
import json
import os
import re
import subprocess
import unicodedata

import harness
import pytest
from harness import BIN, PATIENCE, SAMPLES, TOP, basic_config, delivery, fake, telegram

ENGLISH, JAPANESE = {"LANG": "C.UTF-8"}, {"LC_ALL": "ja_JP.UTF-8"}
EXTREME = "tsunami-1-major.xml"


def run(hub, *words, language=ENGLISH, before=(), **more):
    clean = {k: v for k, v in os.environ.items() if k not in ("LANG", "LC_ALL", "LC_MESSAGES", "LANGUAGE")}
    config = ["-c", str(hub.config_path)] if hub else []
    return subprocess.run(
        [*before, str(BIN / "hansho"), *config, *map(str, words)], capture_output=True, timeout=PATIENCE,
        env={**clean, **language, **more.pop("env", {})}, **more,
    )  # fmt: skip


def out(ended, code=0):
    assert ended.returncode == code, (ended.returncode, ended.stdout.decode(), ended.stderr.decode())
    return ended.stdout.decode()


def columns(line):
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line
    )


def is_fit_for_a_terminal(text, width=80):
    for line in text.splitlines():
        assert columns(line) <= width, f"{columns(line)} columns: {line}"
    for c in text:
        category = unicodedata.category(c)
        assert c == "\n" or category not in ("Cc", "Cf"), f"U+{ord(c):04X} in: {text!r}"


@pytest.fixture(scope="module", name="town")
def run_town():
    """A hub on which everything that staff may see has happened."""
    hub = harness.Hub({})
    long = "x" * 30 + "そのあいだに接続が切れたため、届いたかどうか分からない。" * 4
    channels = [
        fake("sirens", hub.folder, targets=["s1", "s2"]),
        fake("mail", hub.folder, audience="mail", targets=[], rules=[{"do": "permanent", "text": "550 no such user"}]),
        fake("areamail", hub.folder, targets=["docomo", "au"], on_unknown="hold", hold_always=True,
             rules=[{"do": "unknown", "text": long}]),
        fake("a-channel-with-a-rather-long-name", hub.folder, retry_first="1h", retry_max="1h",
             rules=[{"do": "transient", "text": "a\u202eb\u009b31mc\u2066"}]),
    ]  # fmt: skip
    hub.config.update(basic_config(hub.folder, channels))
    hub.write_config()
    with hub:
        hub.recipients("mail", [{"address": f"citizen{n}@example.jp"} for n in range(30)])
        with contextlib.closing(hub.watch()) as watch:
            hub.alert = hub.send(telegram(EXTREME, Text="警報\u009b31m\u202eabc", Name="福島\u202e県\u0085"))["accepted"]
            seen = set()
            while len(seen) < 4:
                seen.add(watch.until(lambda e: e["event"] == "attempt")["delivery"])
        hub.send(b"rubbish \x1b[31m")
        hub.send(telegram("tsunami-test.xml"))
        hub.send(telegram("tsunami-exercise.xml"))
        yield hub


READING = [
    ["status"], ["alerts"], ["alerts", "--limit", "1"], ["show", "ALERT"], ["show", "BROADCAST"], ["show", "DELIVERY"],
    ["queue"], ["log"], ["log", "ALERT"], ["devices"], ["verify-log"], ["subscribers", "count"],
    ["check", SAMPLES / EXTREME], ["explain", SAMPLES / EXTREME], ["config", "check"],
]  # fmt: skip


def words_of(hub, words):
    names = {"ALERT": hub.alert, "BROADCAST": f"{hub.alert}.1", "DELIVERY": f"{hub.alert}.1/mail"}
    return [names.get(str(w), w) for w in words]


@pytest.mark.parametrize("language", [ENGLISH, JAPANESE], ids=["en", "ja"])
@pytest.mark.parametrize("words", READING, ids=lambda w: " ".join(str(x).rsplit("/", 1)[-1] for x in w))
def test_reading_fits_the_terminal_and_json_is_json(town, words, language):
    words = words_of(town, words)
    text = out(run(town, *words, language=language))
    assert text.strip()
    if "config" not in words:  # paths are as long as they are
        is_fit_for_a_terminal(text)
    raw = out(run(town, "--json", *words, language=language))
    json.loads(raw)
    assert not [c for c in raw if c != "\n" and unicodedata.category(c) in ("Cc", "Cf")]
    for whole in (text, raw):
        assert "citizen3@example.jp" not in whole, "addresses are masked"


def test_japanese_and_english_differ_where_words_are(town):
    english, japanese = (out(run(town, "status", language=l)) for l in (ENGLISH, JAPANESE))
    assert "IN FORCE" in english and "発表中" in japanese and "IN FORCE" not in japanese


def test_status_says_what_is_going_on(town):
    text = out(run(town, "status"))
    for word in ("local", "sirens", "大津波警報", "extreme", "[DRILL]", "unknown"):
        assert word in text
    assert "1 refused" in text


def test_show_tells_of_each_channel(town):
    text = out(run(town, "show", town.alert))
    assert re.search(r"sirens +done: 2 of 2 handed over", text)
    assert re.search(r"mail +done: 0 of 30 handed over, 30 failed", text)
    assert re.search(r"areamail +staff must resolve: 0 of 2 handed over, 2 unknown", text)
    assert "550 no such user" in text and "and 10 more" in text
    assert out(run(town, "show", town.alert[:8])) == text, "a unique beginning is enough"


def test_log_names_who_did_what(town):
    text = out(run(town, "log"))
    assert "recipients_import" in text and "accept" in text and "hub" in text


def test_help_of_every_verb(town):
    for language in (ENGLISH, JAPANESE):
        text = out(run(None, "--help", language=language))
        is_fit_for_a_terminal(text)
        verbs = re.findall(r"^  ([a-z-]+) ", text, re.M)
        assert len(verbs) >= 17
        for verb in verbs:
            assert verb in out(run(None, verb, "--help", language=language))
    assert re.match(r"hansho \d", out(run(None, "--version")))


# ---- acting ----


@pytest.fixture
def desk(folder):
    """A hub with a channel whose outcome is unknown and one that failed."""
    script = folder / "script"
    script.write_text('{"do":"unknown","attempt":1}\n')
    channels = [
        fake("areamail", folder, targets=["docomo", "au"], on_unknown="hold", hold_always=True, script=str(script)),
        fake("mail", folder, audience="mail", targets=[], rules=[{"do": "permanent", "attempt": 1}]),
    ]
    with harness.Hub(basic_config(folder, channels), folder=folder) as hub:
        yield hub


def send(hub, name=EXTREME):
    with contextlib.closing(hub.watch()) as watch:
        alert = hub.send(telegram(name))["accepted"]
        watch.until(lambda e: e["event"] == "attempt")
        return alert


def test_resolve_retry_and_their_record(desk):
    desk.recipients("mail", [{"address": "a@example.jp"}])
    with contextlib.closing(desk.watch()) as watch:
        alert = desk.send(telegram(EXTREME))["accepted"]
        for _ in range(2):
            watch.until(lambda e: e["event"] == "attempt")
    area, mail = f"{alert}.1/areamail", f"{alert}.1/mail"
    assert "1" in out(run(desk, "resolve", area, "docomo", "delivered"))
    assert json.loads(out(run(desk, "--json", "resolve", area, "failed"))) == {"count": 1}
    d = delivery(desk.ask("show", id=alert), "areamail")
    assert (d["delivered"], d["failed"], d["unknown"]) == (1, 1, 0)
    assert json.loads(out(run(desk, "--json", "retry", mail))) == {"count": 1}
    assert delivery(desk.settled(alert), "mail")["delivered"] == 1
    log = json.loads(out(run(desk, "--json", "log", area)))
    assert [e["operation"] for e in log].count("resolve") == 2 and all(e["actor"] for e in log)
    out(run(desk, "verify-log"))


def test_hold_needs_a_reason_and_release_lets_go(folder):
    rules = [{"name": "held", "match": {"kinds": ["*"]}, "channels": ["a"], "hold": True}]
    with harness.Hub(basic_config(folder, [fake("a", folder)], rules=rules), folder=folder) as hub:
        alert = hub.send(telegram(EXTREME))["accepted"]
        broadcast = f"{alert}.1"
        assert "HELD" in out(run(hub, "show", alert))
        assert "1" in out(run(hub, "release", broadcast))
        assert delivery(hub.settled(alert), "a")["delivered"] == 1
        assert run(hub, "hold", broadcast).returncode == 2
        assert "--reason" in run(hub, "hold", broadcast).stderr.decode()


def test_hold_stops_what_waits(folder):
    channels = [fake("a", folder, rules=[{"do": "transient"}], retry_first="1h", retry_max="1h")]
    with harness.Hub(basic_config(folder, channels), folder=folder) as hub:
        alert = send(hub)
        assert json.loads(out(run(hub, "--json", "hold", f"{alert}.1/a", "--reason", "mayor's word"))) == {"count": 1}
        assert json.loads(out(run(hub, "--json", "queue")))[0]["state"] == "held"
        assert "mayor's word" in out(run(hub, "show", alert)) + out(run(hub, "log"))
        out(run(hub, "release", f"{alert}.1/a"))
        assert json.loads(out(run(hub, "--json", "queue")))[0]["state"] == "ready"


# ---- lists ----

ROWS = "メールアドレス,分類,地域,言語,氏名\r\nsato@example.jp,disaster,07204,ja,佐藤 花子\r\nlee@example.jp,,,en,\"Lee, Kim\"\r\n"


@pytest.mark.parametrize("encoding, told", [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("cp932", "Shift_JIS")])
def test_import_export_round_trip(desk, encoding, told):
    path = desk.folder / "people.csv"
    path.write_bytes(ROWS.encode(encoding))
    answer = json.loads(out(run(desk, "--json", "subscribers", "import", path)))
    assert answer == {"list": "mail", "imported": 2, "encoding": told}
    assert out(run(desk, "subscribers", "count")).strip() == "2"
    exported = out(run(desk, "subscribers", "export"))
    rows = list(csv.DictReader(io.StringIO(exported)))
    assert {(r["address"], r["categories"], r["areas"], r["lang"], r["name"]) for r in rows} == {
        ("sato@example.jp", "disaster", "07204", "ja", "佐藤 花子"), ("lee@example.jp", "", "", "en", "Lee, Kim")}  # fmt: skip
    again = desk.folder / "again.csv"
    again.write_text(exported, newline="")
    out(run(desk, "subscribers", "import", "--replace", again))
    assert out(run(desk, "subscribers", "export")) == exported


def test_bad_lines_are_all_named_and_nothing_is_imported(desk):
    desk.recipients("mail", [{"address": "before@example.jp"}])
    path = desk.folder / "people.csv"
    path.write_text("address,lang\ngood@example.jp,ja\nnobody,ja\n,ja\ntwo@at@example.jp,ja\na b@example.jp,ja\n")
    ended = run(desk, "subscribers", "import", "--replace", path)
    assert ended.returncode == 65
    assert re.findall(rf"^{re.escape(str(path))}:(\d+): ", ended.stderr.decode(), re.M) == ["3", "4", "5", "6"]
    assert "4 bad lines" in ended.stderr.decode()
    assert out(run(desk, "subscribers", "count")).strip() == "1"
    path.write_bytes(b"\xff\xfe\x00a")
    assert run(desk, "subscribers", "import", path).returncode == 65


# ---- without a hub ----


def test_check_names_file_line_and_code(tmp_path):
    assert "VTSE41" in out(run(None, "check", SAMPLES / EXTREME))
    bad = tmp_path / "bad.xml"
    bad.write_bytes((SAMPLES / EXTREME).read_bytes()[:900])
    ended = run(None, "check", SAMPLES / EXTREME, bad)
    assert ended.returncode == 65 and "VTSE41" in ended.stdout.decode()
    assert re.search(rf"{re.escape(str(bad))}:\d+: [a-z-]+: .", ended.stderr.decode())
    assert run(None, "check", tmp_path / "nowhere").returncode == 65


def test_explain_plays_a_sequence(town):
    files = [SAMPLES / f"tsunami-{n}.xml" for n in ("1-major", "2-lowered", "3-advisory", "4-release")]
    text = out(run(town, "--json", "explain", *files))
    decoder, at, events = json.JSONDecoder(), 0, []
    while at < len(text.rstrip()):
        value, at = decoder.raw_decode(text, at)
        at += len(text[at:]) - len(text[at:].lstrip())
        events.append(value["broadcasts"][-1]["broadcast"]["event"])
    assert events == ["issued", "lowered", "lowered", "released"]
    assert run(town, "explain", files[0], "--at", "yesterday").returncode == 2


@pytest.mark.parametrize("asked, name", [("07204", "いわき市"), ("09215", "那須烏山市"), ("いわき市", "いわき市")])
def test_profile(asked, name):
    text = out(run(None, "profile", asked))
    assert name in text and ("250" in text) == (name == "いわき市")
    assert run(None, "profile", "99999").returncode == 65


def test_unix_escape_in_a_telegram_never_reaches_the_terminal(tmp_path):
    data = telegram(EXTREME, Text="津波\u009b2J\u202e\u2066警報\u0085a", Name="福島\u202e県")
    path = tmp_path / "odd.xml"
    path.write_bytes(data)
    text = out(run(None, "check", path, cwd=tmp_path)).replace(str(path), "")
    assert not [c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf")]
    path.write_bytes(telegram(EXTREME).replace(b"<Head ", b"<\x1b[31mHead "))
    ended = run(None, "check", path)
    assert ended.returncode == 65 and b"\x1b" not in ended.stderr


# ---- exit codes ----


def test_exit_codes(desk, tmp_path):
    bad = tmp_path / "bad.xml"
    bad.write_text("<not/>")
    alert = send(desk)
    assert run(desk, "show", alert).returncode == 0
    assert run(desk, "show", "ffffffff").returncode == 1
    assert run(desk, "retry", "ffffffff.1").returncode == 1
    assert run(desk, "sing").returncode == 2
    assert run(desk).returncode == 2
    assert run(desk, "show").returncode == 2
    assert run(desk, "ingest", bad).returncode == 65
    assert run(desk, "--socket", tmp_path / "nowhere", "status").returncode == 3
    assert run(desk, "ingest", "--feed", "nobody", SAMPLES / EXTREME).returncode == 2


def test_hub_away_is_three_for_every_verb_that_needs_it(tmp_path):
    for verb in (["status"], ["queue"], ["show", "a"], ["retry", "a"], ["subscribers", "count"], ["verify-log"]):
        ended = run(None, "--socket", tmp_path / "nowhere", *verb)
        assert ended.returncode == 3 and b"hanshod" in ended.stderr
        ended = run(None, "--json", "--socket", tmp_path / "nowhere", *verb)
        assert json.loads(ended.stderr)["exit"] == 3


def test_store_that_cannot_write_is_seventy_five(desk):
    import sqlite3

    desk.recipients("mail", [])
    with contextlib.closing(sqlite3.connect(desk.folder / "state" / "hansho.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        path = desk.folder / "telegram.xml"
        path.write_bytes(telegram(EXTREME))
        assert run(desk, "ingest", path).returncode == 75
        csv_path = desk.folder / "people.csv"
        csv_path.write_text("a@example.jp\n")
        assert run(desk, "subscribers", "import", csv_path).returncode == 75
        other.execute("ROLLBACK")
    assert run(desk, "ingest", path).returncode == 0
    assert run(desk, "ingest", path).returncode == 0, "a duplicate is no failure"


@pytest.mark.skipif(os.geteuid() != 0, reason="becoming another user needs root")
def test_another_user_may_not(desk):
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    socket = desk.control_path
    desk.folder.chmod(0o755)
    socket.parent.chmod(0o755)
    words = ["--socket", socket, "status"]
    closed = run(None, *words, before=nobody)
    assert closed.returncode == 4, closed.stderr
    socket.chmod(0o666)  # now the roles decide
    ended = run(None, *words, before=nobody)
    assert ended.returncode == 4 and b"role" in ended.stderr
    assert run(None, "--socket", socket, "retry", "x", before=nobody).returncode == 4


# ---- the catalogue ----


def test_every_text_has_its_japanese(tmp_path):
    sources = sorted((TOP / "cli").glob("*.c"))
    template = tmp_path / "hansho.pot"
    subprocess.run(
        ["xgettext", "-k_", "-kN_", "--from-code=UTF-8", "-o", template, *sources], check=True, capture_output=True
    )
    compared = subprocess.run(["msgcmp", TOP / "cli" / "po" / "ja.po", template], capture_output=True, text=True)
    assert compared.returncode == 0, compared.stderr
    checked = subprocess.run(
        ["msgfmt", "--check", "-o", os.devnull, TOP / "cli" / "po" / "ja.po"], capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stderr

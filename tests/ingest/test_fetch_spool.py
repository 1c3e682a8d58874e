# SPDX-License-Identifier: Apache-2.0
"""hansho-fetch-spool: files in a folder become telegrams, once, and none is lost."""
import json
import os
import random
import select
import stat
import threading
from pathlib import Path

import pytest

from fetch_rig import WAIT_S, Fetcher, Intake

SCHEMA = Path(__file__).resolve().parents[2] / "schemas" / "fetch-program.schema.json"


def spool(folder, intake, **options):
    drop = folder / "drop"
    drop.mkdir(exist_ok=True)
    values = {"folder": str(drop), "max_files": 10000, "max_bytes": 65536, "settle": 50, "rescan": 100,
              "keep": 0, **options}
    return drop, Fetcher("spool", folder, intake, values)


def put(drop, name, data):
    (drop / f"{name}.tmp").write_bytes(data)
    (drop / f"{name}.tmp").rename(drop / name)


def wait_for(true):
    """For what only the disk shows; asks again after a moment of the kernel's, not for a time."""
    poller = select.poll()
    for _ in range(int(WAIT_S * 100)):
        if true():
            return
        poller.poll(10)
    raise AssertionError("it never came to that")


def names(folder):
    return sorted(p.name for p in folder.iterdir()) if folder.exists() else []


def test_a_file_is_taken_and_moved_after_its_answer(tmp_path):
    with Intake(tmp_path) as intake:
        drop, fetcher = spool(tmp_path, intake)
        with fetcher:
            fetcher.health("ok")
            put(drop, "one.xml", b"<a/>")
            assert intake.wait(1) == [b"<a/>"]
            wait_for(lambda: names(drop / "done") == ["one.xml"])
            assert names(drop) == ["done", "refused"]


def test_lines_keep_the_schema(tmp_path):
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(SCHEMA.read_text())
    with Intake(tmp_path) as intake:
        _, fetcher = spool(tmp_path, intake)
        with fetcher:
            fetcher.health("ok")
            for line in [fetcher.hello, *fetcher.lines]:
                jsonschema.validate(line, schema)
            assert fetcher.lines[0]["op"] == "ready"


def test_what_lies_there_at_the_start_goes_in_order_of_names(tmp_path):
    (tmp_path / "drop").mkdir()
    for number in random.sample(range(40), 40):
        put(tmp_path / "drop", f"{number:03}.xml", b"<n%d/>" % number)
    with Intake(tmp_path) as intake:
        _, fetcher = spool(tmp_path, intake, max_files=7)
        with fetcher:
            assert intake.wait(40) == [b"<n%d/>" % n for n in range(40)]


def test_a_file_still_being_written_is_left_alone(tmp_path):
    with Intake(tmp_path) as intake:
        drop, fetcher = spool(tmp_path, intake)
        with fetcher:
            fetcher.health("ok")
            with open(drop / "slow.xml", "wb") as slow:
                slow.write(b"<slow>")
                slow.flush()
                put(drop, "z.xml", b"<z/>")
                assert intake.wait(1) == [b"<z/>"]
                slow.write(b"</slow>")
            assert intake.wait(2)[1] == b"<slow></slow>"


def test_a_refused_file_lies_beside_its_reason(tmp_path):
    answer = {"refused": "not-xml", "reason": "no document", "line": 1}
    with Intake(tmp_path, lambda number, data: answer) as intake:
        drop, fetcher = spool(tmp_path, intake)
        with fetcher:
            put(drop, "bad.xml", b"nonsense")
            wait_for(lambda: names(drop / "refused") == ["bad.xml", "bad.xml.reason"])
            assert (drop / "refused" / "bad.xml.reason").read_text() == "not-xml: no document\n"
            assert (drop / "refused" / "bad.xml").read_bytes() == b"nonsense"


def test_retry_keeps_the_file_and_tries_again(tmp_path):
    def answers(number, data):
        return {"retry": "store full"} if number <= 3 else {"accepted": "0011223344556677"}

    with Intake(tmp_path, answers) as intake:
        drop, fetcher = spool(tmp_path, intake)
        with fetcher:
            put(drop, "one.xml", b"<a/>")
            intake.until(lambda: intake.seen >= 3)
            assert names(drop / "done") == []
            intake.wait(1)
            wait_for(lambda: names(drop / "done") == ["one.xml"])
            assert intake.seen == 4


def test_a_hub_that_is_away_is_waited_for(tmp_path):
    with Intake(tmp_path) as intake:
        intake.close()
        drop, fetcher = spool(tmp_path, intake)
        with fetcher:
            put(drop, "one.xml", b"<a/>")
            fetcher.health("degraded", "telegrams wait")
            assert (drop / "one.xml").exists()
            intake.open()
            intake.wait(1)
            fetcher.health("ok")


def test_a_hub_that_never_answers_is_told(tmp_path):
    """It takes the bytes and says nothing: all looks well from here."""
    resume = threading.Event()

    def answers(number, data):
        assert resume.wait(WAIT_S)
        return {"accepted": "0011223344556677"}

    with Intake(tmp_path, answers) as intake:
        drop, fetcher = spool(tmp_path, intake)
        with fetcher:
            put(drop, "one.xml", b"<a/>")
            fetcher.health("degraded", "no answer")
            resume.set()
            intake.wait(1)
            fetcher.health("ok")


def test_a_connection_that_breaks_loses_nothing_and_one_that_breaks_it_lets_others_pass(tmp_path):
    def answers(number, data):
        return None if data == b"<poison/>" and number < 40 else {"accepted": "0011223344556677"}

    with Intake(tmp_path, answers) as intake:
        drop, fetcher = spool(tmp_path, intake)
        put(drop, "a.xml", b"<poison/>")
        for number in range(5):
            put(drop, f"b{number}.xml", b"<b%d/>" % number)
        with fetcher:
            intake.wait(5)
            assert sorted(intake.telegrams) == [b"<b%d/>" % n for n in range(5)]
            assert (drop / "a.xml").exists()


@pytest.mark.parametrize("name,make,reason", [
    ("folder", lambda p: p.mkdir(), "folder"),
    ("link.xml", lambda p: p.symlink_to("/etc/passwd"), "symbolic link"),
    ("pipe", os.mkfifo, "not a regular file"),
    ("big.xml", lambda p: p.write_bytes(b"x" * 70000), "max_bytes"),
    ("empty.xml", lambda p: p.touch(), "empty"),
    ("x" * 201, lambda p: p.write_bytes(b"<a/>"), "name"),
    ("two\nlines", lambda p: p.write_bytes(b"<a/>"), "name"),
    (os.fsdecode(b"\xff\xfe.xml"), lambda p: p.write_bytes(b"<a/>"), "name"),
], ids=["folder", "link", "pipe", "big", "empty", "long-name", "two-lines", "no-utf8"])
def test_what_is_no_telegram_is_refused_with_a_reason(tmp_path, name, make, reason):
    with Intake(tmp_path) as intake:
        drop, fetcher = spool(tmp_path, intake)
        make(drop / name)
        with fetcher:
            wait_for(lambda: (drop / "refused").exists() and len(names(drop / "refused")) == 2
                     and names(drop) == ["done", "refused"])
            written = next(p for p in (drop / "refused").iterdir() if p.name.endswith(".reason"))
            assert reason in written.read_text()
            put(drop, "good.xml", b"<good/>")
            assert intake.wait(1) == [b"<good/>"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_refused(tmp_path):
    with Intake(tmp_path) as intake:
        drop, fetcher = spool(tmp_path, intake)
        put(drop, "secret.xml", b"<a/>")
        (drop / "secret.xml").chmod(0)
        with fetcher:
            wait_for(lambda: len(names(drop / "refused")) == 2)


def test_the_same_name_twice_keeps_both(tmp_path):
    with Intake(tmp_path) as intake:
        drop, fetcher = spool(tmp_path, intake)
        with fetcher:
            put(drop, "same.xml", b"<first/>")
            wait_for(lambda: len(names(drop / "done")) == 1)
            put(drop, "same.xml", b"<second/>")
            wait_for(lambda: len(names(drop / "done")) == 2)
            assert {p.read_bytes() for p in (drop / "done").iterdir()} == {b"<first/>", b"<second/>"}


def test_a_file_replaced_before_its_answer_is_taken_too(tmp_path):
    drop = tmp_path / "drop"

    def answers(number, data):
        if number == 1:
            put(drop, "a.xml", b"<newer/>")
        return {"accepted": "0011223344556677"}

    with Intake(tmp_path, answers) as intake:
        drop, fetcher = spool(tmp_path, intake, rescan=3600000)
        with fetcher:
            put(drop, "a.xml", b"<old/>")
            assert intake.wait(2) == [b"<old/>", b"<newer/>"]
            wait_for(lambda: names(drop) == ["done", "refused"])


def test_done_files_go_after_their_time(tmp_path):
    with Intake(tmp_path) as intake:
        drop, fetcher = spool(tmp_path, intake)
        with fetcher:
            put(drop, "old.xml", b"<a/>")
            wait_for(lambda: names(drop / "done") == ["old.xml"])
        _, fetcher = spool(tmp_path, intake, keep=1)
        with fetcher:
            wait_for(lambda: names(drop / "done") == [])


def test_a_folder_that_goes_away_is_down_and_comes_back(tmp_path):
    with Intake(tmp_path) as intake:
        drop, fetcher = spool(tmp_path, intake)
        with fetcher:
            first = fetcher.health("ok")
            drop.rename(tmp_path / "away")
            down = fetcher.health("down", "drop")
            assert down["last_ok"] >= first["last_ok"]
            drop.mkdir()
            put(drop, "one.xml", b"<a/>")
            fetcher.health("ok")
            intake.wait(1)


def test_a_folder_that_cannot_be_written_submits_each_file_once(tmp_path):
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    with Intake(tmp_path) as intake:
        drop, fetcher = spool(tmp_path, intake)
        with fetcher:
            fetcher.health("ok")
            put(drop, "one.xml", b"<a/>")
            drop.chmod(stat.S_IRUSR | stat.S_IXUSR)
            fetcher.health("degraded", "cannot be moved")
            assert intake.seen == 1
            drop.chmod(0o755)


@pytest.mark.parametrize("seed", range(3))
def test_killed_at_any_moment_nothing_is_lost_and_nothing_stays(tmp_path, seed):
    """kill -9 between any two steps: every file ends in done/, every telegram was accepted once."""
    chance = random.Random(seed)
    drop = tmp_path / "drop"
    drop.mkdir()
    wanted = set()
    with Intake(tmp_path) as intake:
        for life in range(8):
            for number in range(20):
                data = b"<t%d-%d/>" % (life, number)
                wanted.add(data)
                put(drop, f"{life}-{number:02}.xml", data)
            _, fetcher = spool(tmp_path, intake)
            already = intake.seen
            intake.until(lambda: intake.seen >= already + chance.randrange(1, 20))
            fetcher.kill()
        _, fetcher = spool(tmp_path, intake)
        with fetcher:
            wait_for(lambda: names(drop) == ["done", "refused"])
    assert set(intake.telegrams) == wanted
    assert len(names(drop / "done")) == len(wanted)
    assert {p.read_bytes() for p in (drop / "done").iterdir()} == wanted

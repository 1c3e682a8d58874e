# SPDX-License-Identifier: Apache-2.0
"""The example of docs/driver-guide.md works, and says what the schemas want."""
import json
import signal
import subprocess
import sys

import pytest

import driver_harness as h

EXAMPLE = [sys.executable, h.TOP / "docs" / "examples" / "channel-notice-board.py"]
SCHEMAS = h.TOP / "schemas"


def start(path):
    return h.start_program(EXAMPLE, {"file": str(path)})


def validator(name, part=None):
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((SCHEMAS / name).read_text())
    if part:
        schema = {"$schema": schema["$schema"], "$defs": schema["$defs"],
                  "$ref": f"#/$defs/{part}"}
    return jsonschema.Draft202012Validator(schema)


def test_delivers_each_target(tmp_path):
    board = tmp_path / "board"
    with start(board) as d:
        d.deliver("b1/board", [h.target("entrance"), h.target("canteen", lang="en")])
        assert d.classes() == {"entrance": "delivered", "canteen": "delivered"}
        assert d.at_risk() == ["entrance", "canteen"]
        assert d.probe()["state"] == "ok"
        check = validator("channel-protocol.schema.json", "from_driver")
        for frame in d.frames:
            check.validate(frame)
    assert [line.split("\t")[1:] for line in board.read_text().splitlines()] == [
        ["entrance", "津波警報"], ["canteen", "Tsunami warning"]]


def test_drill_and_withdrawal_are_marked(tmp_path):
    board = tmp_path / "board"
    with start(board) as d:
        b = h.make_broadcast(status="exercise")
        d.deliver("b1/board", ["entrance"], b)
        assert d.classes() == {"entrance": "delivered"}
        d.withdraw("b1/board", ["entrance"], b)
        assert d.classes() == {"entrance": "delivered"}
    assert [line.split("\t")[2] for line in board.read_text().splitlines()] == [
        "【訓練】津波警報", "【訓練】【取り下げ】津波警報"]


def test_file_away_is_transient(tmp_path):
    with start(tmp_path / "gone" / "board") as d:
        d.deliver("b1/board", ["entrance"])
        assert d.classes() == {"entrance": "transient"}
        assert d.probe()["state"] == "down"


def test_passed_deadline_is_transient_and_unmarked(tmp_path):
    with start(tmp_path / "board") as d:
        d.deliver("b1/board", ["entrance"], deadline_ms=0)
        assert d.classes() == {"entrance": "transient"}
        assert d.at_risk() == []
    assert not (tmp_path / "board").exists()


def test_fault_without_file():
    d = h.start_program(EXAMPLE)
    assert d.hello({}, "board")["op"] == "fault"
    assert d.close() == 78


def test_term_is_not_the_end(tmp_path):
    with start(tmp_path / "board") as d:
        d.signal(signal.SIGTERM)
        d.deliver("b1/board", ["entrance"])
        assert d.classes() == {"entrance": "delivered"}


def test_description_fits_the_schema():
    done = subprocess.run([*EXAMPLE, "--describe"], capture_output=True, check=True,
                          timeout=h.WAIT_S)
    validator("driver-description.schema.json").validate(json.loads(done.stdout))


@pytest.mark.parametrize("name", ["fake", "banner", "mail", "mqtt", "areamail", "sms", "social"])
def test_descriptions_in_the_tree_fit_the_schema(name):
    validator("driver-description.schema.json").validate(h.describe_driver(name))

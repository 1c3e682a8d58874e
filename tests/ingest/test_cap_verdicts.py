# SPDX-License-Identifier: Apache-2.0
"""Every CAP file of the shared folder against verdicts/cap.tsv, through `hansho check --json`.

The table was written from the files and their README, not from the program's output. One row a file;
"-" is nothing. `areas` counts usable polygons, circles, codes and areas that are only named, over all
items; `defects` are the codes of all warnings, whatever their order; `sent` is in UTC. Signatures are
as a feed sees them that trusts nobody and does not accept SHA-1.
"""
import csv
import json
import os
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[2] / "shared" / "data" / "cap"
TABLE = HERE / "verdicts" / "cap.tsv"
FOLDERS = ("valid", "invalid", "feeds")


def rows():
    lines = (line for line in TABLE.read_text().splitlines() if not line.startswith("#"))
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


ROWS = rows()


@pytest.fixture(autouse=True)
def need_samples():
    if not SHARED.is_dir():
        pytest.skip("the shared samples are not here")


def check(path):
    program = Path(os.environ.get("HANSHO_BIN", "")) / "hansho"
    if not os.environ.get("HANSHO_BIN") or not program.exists():
        pytest.skip("HANSHO_BIN does not name the folder of the built programs")
    done = subprocess.run([program, "--json", "check", path], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, json.loads(done.stdout or done.stderr)


def words(cell):
    return [] if cell == "-" else cell.split()


def areas_of(alert):
    counts = {"p": 0, "c": 0, "g": 0, "n": 0}
    for item in alert["items"]:
        for area in item["areas"]:
            kind = "p" if area.get("polygon") else "c" if area.get("circle") else "g" if area.get("code") else "n"
            counts[kind] += 1
    return " ".join(f"{n}{kind}" for kind, n in counts.items())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_verdict(row):
    code, told = check(SHARED / row["file"])
    if row["verdict"].startswith("refused:"):
        assert code == 65 and f": {row['verdict'].removeprefix('refused:')}: " in told["error"], told
        return
    assert code == 0, told
    assert {name: told.get(name) for name in ("status", "action", "scope")} == {
        name: row[name] for name in ("status", "action", "scope")}
    assert told["revision"] == row["sent"] + "+00:00"
    assert [i["kind"] for i in told["items"]] == words(row["kinds"])
    assert [i["severity"] for i in told["items"]] == words(row["severities"])
    assert areas_of(told) == row["areas"]
    assert len(told["references"]) == int(row["references"])
    assert sorted(w["code"] for w in told["warnings"]) == sorted(words(row["defects"]))
    assert [s["state"] for s in told.get("signatures", [])] == words(row["signatures"])


def test_every_file_has_a_row():
    files = {f"{folder}/{path.name}" for folder in FOLDERS for path in (SHARED / folder).iterdir()}
    assert files == {row["file"] for row in ROWS}

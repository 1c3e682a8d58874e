# SPDX-License-Identifier: Apache-2.0
"""Every telegram of the shared folder against a table of verdicts, through `hansho check --json`.

The tables (verdicts/jmx_*.tsv) were written by reading the telegrams, not the program's output.
One row a file; "-" is nothing. Items are told in groups that stand parallel in four columns,
parted by ";": the kind (with ":released" when it says that something ended), its severity, its
level, and its areas: how many different codes, then some of them.
"""
import csv
import json
import os
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parents[1] / "../shared/data/jmx/samples"
COLUMNS = ["file", "verdict", "type", "status", "action", "series", "revision",
           "kinds", "severities", "levels", "areas", "note"]
TABLES = sorted((HERE / "verdicts").glob("jmx_*.tsv"))


def rows():
    for table in TABLES:
        lines = (line for line in table.read_text().splitlines()
                 if line and not line.startswith("#"))
        reader = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        assert next(reader) == COLUMNS, f"{table.name}: the first row names other columns"
        for row in reader:
            assert len(row) == len(COLUMNS), f"{table.name}: {row[0]} has {len(row)} columns"
            yield pytest.param(dict(zip(COLUMNS, row)), id=row[0])


ROWS = list(rows())


def need_samples():
    if not SAMPLES.is_dir():
        pytest.skip("../shared/data/jmx/samples is not there")


def check(path):
    program = Path(os.environ.get("HANSHO_BIN", "")) / "hansho"
    if not os.environ.get("HANSHO_BIN") or not program.exists():
        pytest.skip("HANSHO_BIN does not name the folder of the built programs")
    done = subprocess.run([program, "--json", "check", path], capture_output=True, text=True,
                          timeout=60, check=False)
    return done.returncode, json.loads(done.stdout or done.stderr)


def split(cell):
    return [] if cell == "-" else [part.strip() for part in cell.split(";")]


def expected_groups(row):
    columns = [split(row[name]) for name in ("kinds", "severities", "levels", "areas")]
    assert len({len(column) for column in columns}) == 1, "the item columns differ in length"
    return {(kind, severity, int(level)): areas.split()
            for kind, severity, level, areas in zip(*columns)}


def told_groups(alert):
    groups = {}
    for item in alert["items"]:
        kind = item["kind"] + (":released" if item["transition"] == "released" else "")
        codes = groups.setdefault((kind, item["severity"], item["level"]), set())
        codes.update(area["code"] for area in item["areas"])
    return groups


def compare_groups(row, alert):
    expected, told = expected_groups(row), told_groups(alert)
    assert set(told) == set(expected)
    for key, codes in told.items():
        count, *named = expected[key]
        assert len(codes) == int(count), f"{key}: {sorted(codes)}"
        assert codes.issuperset(named), f"{key}: {sorted(set(named) - codes)} not named"


@pytest.mark.parametrize("row", ROWS)
def test_verdict(row):
    need_samples()
    code, told = check(SAMPLES / row["file"])
    if row["verdict"].startswith("refused:"):
        assert code == 65
        assert f": {row['verdict'].removeprefix('refused:')}: " in told["error"], told
        assert row["type"] in told["error"]
        return
    assert code == 0, told
    for member in ("type", "status", "action", "series", "revision"):
        assert told[member] == row[member]
    compare_groups(row, told)


def test_no_file_stands_in_two_tables():
    files = [param.id for param in ROWS]
    assert len(files) == len(set(files))


def test_every_file_stands_in_a_table():
    need_samples()
    if len(TABLES) < 2:
        pytest.skip("only " + ", ".join(table.name for table in TABLES) + " is there")
    named = {param.id for param in ROWS}
    assert sorted(path.name for path in SAMPLES.glob("*.xml") if path.name not in named) == []

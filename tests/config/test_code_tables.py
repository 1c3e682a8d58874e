# SPDX-License-Identifier: Apache-2.0
"""The committed code tables: whole, and what the script makes of the agency's tables."""

import pathlib
import subprocess
import sys

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
CODES = TOP / "config/codes"
SHARED = TOP / "../shared/data/jmx/codes"


def rows(name):
    lines = (CODES / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


@pytest.mark.parametrize("path", sorted(CODES.glob("*.tsv")), ids=lambda path: path.name)
def test_source_is_credited(path):
    assert "出典：気象庁ホームページ" in path.read_text(encoding="utf-8")[:400]


def test_every_municipality_is_complete():
    towns = rows("municipalities.tsv")
    assert len(towns) == 1741
    offices = {row[0] for row in rows("offices.tsv")}
    for town in towns:
        assert len(town) == 10 and all(town[:9]), town
        assert offices & set(town[8].split()), f"no office for {town[:2]}"
        assert (town[4] == "0") == (town[9] == ""), town


def test_codes_of_the_towns_have_names():
    named = {(row[0], row[1]) for row in rows("areas.tsv")}
    columns = ((5, "jma.city"), (6, "jma.seismic_city"), (7, "jma.seismic_area"),
               (8, "jma.forecast"), (9, "jma.tsunami"))
    for town in rows("municipalities.tsv"):
        for column, system in columns:
            for code in town[column].split():
                assert (system, code) in named, (town[:2], system, code)


def test_inland_prefectures_have_no_tsunami():
    inland = {"09", "10", "11", "19", "20", "21", "25", "29"}
    assert not [t[:2] for t in rows("municipalities.tsv") if t[0][:2] in inland and t[9]]


def test_every_tsunami_area_is_somebodys():
    used = {code for town in rows("municipalities.tsv") for code in town[9].split()}
    assert used == {row[1] for row in rows("areas.tsv") if row[0] == "jma.tsunami"}


def test_script_makes_the_committed_tables(tmp_path):
    if not SHARED.exists():
        pytest.skip("skipped: shared data not present")
    script = TOP / "scripts/codes/make_codes.py"
    subprocess.run([sys.executable, str(script), str(SHARED), str(tmp_path)], check=True)
    for path in sorted(CODES.glob("*.tsv")):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name

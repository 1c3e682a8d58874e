# SPDX-License-Identifier: Apache-2.0
"""Days that happened: the telegrams as they came, and what a careful officer of each town would have sent, no more. The reasons
stand in each case.yaml, and were written before the hub was asked.

Where JMA's own telegrams are at hand (../shared), each case runs with them; it always runs with telegrams of our own that
say the same."""

import datetime
import json
import os
import subprocess
from pathlib import Path

import pytest
import writer
import yaml

HERE = Path(__file__).resolve().parent
REAL = HERE.parents[1].parent / "shared/data/jmx/samples"
CASES = sorted(HERE.glob("*/case.yaml"))
TIMES = ("at", "valid")


def written(telegram):
    """The telegram of one row, in our own words."""
    values = {k: v for k, v in telegram.items() if k not in ("real", "arrived", "write")}
    for key in TIMES:
        if key in values:
            values[key] = datetime.datetime.fromisoformat(values[key])
    for key in ("river", "prefecture"):
        if key in values:
            values[key] = tuple(values[key])
    return getattr(writer, telegram["write"])(**values)


def record(folder, telegrams, real):
    """Writes the recording; returns how many of JMA's own telegrams are in it."""
    folder.mkdir()
    index, own = [], 0
    for number, telegram in enumerate(telegrams):
        if "again" in telegram:
            data = (folder / f"{telegram['again']:02}.xml").read_bytes()
        elif real and "real" in telegram and (REAL / telegram["real"]).exists():
            data = (REAL / telegram["real"]).read_bytes()
            own += 1
        else:
            data = written(telegram)
        (folder / f"{number:02}.xml").write_bytes(data)
        index.append(f"{number:02}.xml\t{telegram['arrived']}\n")
    (folder / "index.tsv").write_text("".join(index))
    return own


def write_config(folder, code, rules):
    channels = [{"name": n, "driver": "fake", "drill": False, "targets": ["one"]} for n in ("siren", "mail", "web")]
    config = {
        "site": "replay", "municipalities": [{"code": code}], "channels": channels,
        "feeds": [{"name": "local", "unix": "local.sock"}],
        "rules": {"live": rules, "drill": []},
    }  # fmt: skip
    (folder / "town.yaml").write_text(yaml.safe_dump(config, allow_unicode=True))
    return folder / "town.yaml"


def replay(config, recording):
    program = Path(os.environ.get("HANSHO_BIN", "")) / "hansho"
    if not os.environ.get("HANSHO_BIN") or not program.exists():
        pytest.skip("HANSHO_BIN does not name the folder of the built programs")
    done = subprocess.run([program, "--json", "-c", config, "replay", recording], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def told(lines):
    return [[line["at"][11:19], b["broadcast"]["kind"], b["broadcast"]["event"], b["broadcast"].get("level", 0), "+".join(b["channels"])]
            + (["held"] if b["hold"] else [])
            for line in lines if line["event"] == "telegram" for b in line["broadcasts"]]  # fmt: skip


PLAYS = [(path, town) for path in CASES for town in yaml.safe_load(path.read_text())["towns"]]
NAMES = [f"{path.parent.name}-{town['code']}" for path, town in PLAYS]


@pytest.mark.parametrize("real", [False, True], ids=["own", "real"])
@pytest.mark.parametrize("path, town", PLAYS, ids=NAMES)
def test_a_careful_officer_would_have_sent(tmp_path, path, town, real):
    case = yaml.safe_load(path.read_text())
    if real and not REAL.is_dir():
        pytest.skip("shared data not present")
    used = record(tmp_path / "day", case["telegrams"], real)
    assert not real or used == sum("real" in t for t in case["telegrams"])
    lines = replay(write_config(tmp_path, town["code"], case["rules"]), tmp_path / "day")
    assert told(lines) == town["expected"], [(l["at"], l.get("verdict"), l.get("reason")) for l in lines]
    assert not [line for line in lines if line["event"] == "in_force" and line["status"] == "actual"], "nothing is left in force in the end"
    assert not [line for line in lines if line["event"] == "telegram" and line["alarm"]], "and nobody has to look"

# SPDX-License-Identifier: Apache-2.0
"""A configuration with mistakes starts nothing, and all its mistakes are named at once."""

import contextlib
import json
import os
import pathlib
import re
import subprocess

import harness
import pytest
from harness import BIN, PATIENCE, TOP

MISTAKES = """\
site: "Iwaki City"
state_dir: {folder}/state
run_dir: {folder}/run
log_levle: info
municipalities:
  - code: "07204"
feeds:
  - name: local
    unix: local.sock
    max_message: 8
  - name: open
    tcp: 0.0.0.0:4000
channels:
  - name: mail
    driver: mail
    deadline: soon
    options:
      host: 127.0.0.1
      from: bosai@city.example.jp
      prot: 25
  - name: strange
    driver: telepathy
rules:
  live:
    - name: all
      match:
        kinds: [tsunami.massive]
      channels: [mail, pigeons]
"""
FAULT = re.compile(r"^(?P<file>\S+):(?P<line>\d+):(?P<column>\d+): (?P<key>[^:]+): (?P<text>.+)$")


def run(*words, **more):
    return subprocess.run(
        [BIN / words[0], *words[1:]], capture_output=True, text=True, timeout=PATIENCE,
        env={**os.environ, "LC_ALL": "C.UTF-8"}, **more,
    )  # fmt: skip


@pytest.fixture
def bad(folder):
    path = folder / "bad.yaml"
    path.write_text(MISTAKES.format(folder=folder))
    return path


def line_of(words):
    return next(n for n, line in enumerate(MISTAKES.splitlines(), 1) if words in line)


EXPECTED = {
    "site: ": ("site", "."),
    "log_levle": ("log_levle", "unknown key|log_level"),
    "max_message": ("max_message", "unit|KiB|MiB|B"),
    "tcp: 0.0.0.0": ("tcp|sources|feeds", "sources|loopback"),
    "deadline: soon": ("deadline", "30s|unit|duration"),
    "prot: 25": ("prot", "port|unknown key"),
    "telepathy": ("driver", "no driver|telepathy|unknown"),
    "tsunami.massive": ("kinds", "kind"),
    "pigeons": ("channels", "pigeons"),
}


@pytest.mark.parametrize("command", [["hanshod", "--check", "-c"], ["hanshod", "-c"], ["hansho", "config", "check"]])
def test_every_mistake_is_named_with_its_place(folder, bad, command):
    ended = run(*command, bad)
    assert ended.returncode == (78 if command[0] == "hanshod" else 65)
    faults = [m.groupdict() for m in map(FAULT.match, ended.stderr.splitlines()) if m]
    assert all(f["file"] == str(bad) and int(f["column"]) >= 1 for f in faults)
    by_line = {}
    for fault in faults:
        by_line.setdefault(int(fault["line"]), []).append(fault)
    for words, (key, text) in EXPECTED.items():
        found = by_line.get(line_of(words))
        assert found, f"nothing about {words!r} in:\n{ended.stderr}"
        assert any(re.search(key, f["key"]) and re.search(text, f["text"]) for f in found), found
    assert f"{len(faults)} mistakes" in ended.stderr
    assert not (folder / "run").exists() and not (folder / "state").exists(), "nothing was started"


def test_mistakes_are_json_when_asked(bad):
    ended = run("hansho", "--json", "config", "check", bad)
    lines = [json.loads(line) for line in ended.stderr.splitlines()]
    assert ended.returncode == 65 and lines[-1]["exit"] == 65
    assert all({"file", "line", "column", "key", "text"} <= set(line) for line in lines[:-1])
    assert len(lines) > len(EXPECTED)


def test_a_secret_is_never_shown(folder):
    """A password written where a file name belongs must not come back in the message or the log."""
    config = harness.basic_config(folder, [])
    config["channels"] = [
        {"name": "mail", "driver": "mail", "audience": "mail",
         "options": {"host": "mail.example.jp", "from": "a@example.jp", "password": "hunter2-secret"}}
    ]  # fmt: skip
    path = folder / "hansho.yaml"
    path.write_text(json.dumps({"site": "test", **config}))
    ended = run("hanshod", "--check", "-c", path)
    assert ended.returncode == 78
    assert "password" in ended.stderr and "hunter2" not in ended.stderr + ended.stdout


@pytest.mark.parametrize("name", ["minimal", "iwaki", "nasukarasuyama"])
def test_examples_are_good(name):
    path = TOP / "config" / "examples" / f"{name}.yaml"
    assert path.exists()
    ended = run("hanshod", "--check", "-c", path)
    assert ended.returncode == 0, ended.stderr
    ended = run("hansho", "--json", "config", "check", path)
    assert ended.returncode == 0 and json.loads(ended.stdout)["good"] is True


def test_every_example_is_tried():
    names = {p.stem for p in (TOP / "config" / "examples").glob("*.yaml")}
    assert names == {"minimal", "iwaki", "nasukarasuyama"}


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "municipalities|site|empty"),
        ("a: [1, 2", "."),
        ("site: a\nsite: b\nmunicipalities: [{code: '07204'}]\n", "twice|already|duplicate"),
        ("site: a\nmunicipalities: [{code: '99999'}]\n", "99999|code"),
    ],
)
def test_odd_files_are_refused(folder, text, words):
    path = folder / "odd.yaml"
    path.write_text(text)
    ended = run("hanshod", "--check", "-c", path)
    assert ended.returncode == 78
    assert FAULT.match(ended.stderr.splitlines()[0]) and re.search(words, ended.stderr)


def test_missing_file_and_missing_program(folder):
    ended = run("hanshod", "-c", folder / "nowhere.yaml")
    assert ended.returncode == 78 and "nowhere.yaml" in ended.stderr
    config = {**harness.basic_config(folder, []), "site": "test", "state_dir": str(folder / "state"),
              "run_dir": str(folder / "run"), "http": {"listen": "off"}}  # fmt: skip
    config["http"] = {"listen": "192.0.2.1:1"}
    path = folder / "hansho.yaml"
    path.write_text(json.dumps(config))
    ended = run("hanshod", "-c", path)
    assert ended.returncode in (69, 78) and "listen" in ended.stderr
    with contextlib.suppress(FileNotFoundError):
        assert [p for p in pathlib.Path(folder / "run").iterdir() if p.name.endswith(".sock")] == []

# SPDX-License-Identifier: Apache-2.0
"""The rules of the house that a compiler does not know: floors, banned calls, form, sizes."""

import pathlib
import re
import shutil
import subprocess

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
FLOORS = ["base", "schemas", "geo", "config", "net", "store", "rules", "ingest", "channels", "dispatcher", "cli"]

# What a floor may include besides itself. channels: only the option rows of config; dispatcher:
# only the declarations of channels (docs/architecture.md, "Floors").
MAY_INCLUDE = {
    "base": set(),
    "schemas": {"base"},
    "geo": {"base"},
    "config": {"base", "schemas", "geo"},
    "net": {"base", "schemas", "config"},
    "store": {"base", "schemas"},
    "rules": {"base", "schemas", "geo", "config"},
    "ingest": {"base", "schemas", "geo", "config", "net"},
    "channels": {"base", "schemas", "config", "net"},
    "dispatcher": {"base", "schemas", "config", "store", "rules", "ingest", "channels"},
    "cli": {"base", "schemas", "config", "rules", "ingest", "channels"},
}
ONLY_HEADERS = {
    ("net", "config"): {"config/option.h"},
    ("dispatcher", "channels"): {"channels/registry.h"},
    ("dispatcher", "ingest"): {"ingest/fetch/registry.h"},
}
DELIVERY_LIBRARIES = re.compile(r"#include <(curl/|libesmtp|mosquitto|gmime/)")

BANNED = re.compile(
    r"(?<![\w.>])(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atof|alloca|system|popen|signal|tmpnam|mktemp)\s*\("
)
KEY_SHAPED = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{20,}|AKIA[0-9A-Z]{16}|xox[bap]-[0-9A-Za-z-]{20,}")

SOURCES = sorted(p for f in FLOORS + ["tests"] for p in (TOP / f).rglob("*.[ch]"))
PRODUCT = [p for p in SOURCES if p.relative_to(TOP).parts[0] != "tests"]


def tracked():
    out = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, capture_output=True, check=False)
    if out.returncode != 0:
        pytest.skip("not a git checkout")
    return [TOP / name for name in out.stdout.decode().split("\0") if name and (TOP / name).is_file()]


def rel(path):
    return str(path.relative_to(TOP))


def without_comments(text):
    """Comments and strings blanked, line numbers kept."""
    blank = lambda m: re.sub(r"[^\n]", " ", m.group(0))
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', blank, text, flags=re.S)


def includes(path):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if match:
            yield number, match.group(1)


def test_floors_include_only_downward():
    wrong = []
    for path in PRODUCT:
        floor = path.relative_to(TOP).parts[0]
        for number, header in includes(path):
            other = header.split("/")[0]
            if other == floor:
                continue
            allowed = other in MAY_INCLUDE[floor]
            only = ONLY_HEADERS.get((floor, other))
            if not allowed or (only and header not in only):
                wrong.append(f"{rel(path)}:{number}: {floor} must not include {header}")
    assert not wrong, "\n".join(wrong)


def test_drivers_do_not_include_each_other():
    wrong = []
    for path in PRODUCT:
        parts = path.relative_to(TOP).parts
        if parts[0] != "channels" or len(parts) < 3:
            continue
        for number, header in includes(path):
            there = header.split("/")
            if there[0] == "channels" and len(there) > 2 and there[1] != parts[1]:
                wrong.append(f"{rel(path)}:{number}: driver {parts[1]} includes {header}")
    assert not wrong, "\n".join(wrong)


def test_hub_links_no_delivery_library():
    wrong = [
        f"{rel(p)}: {m.group(0)}"
        for p in PRODUCT
        if p.relative_to(TOP).parts[0] not in ("channels", "net", "ingest")
        for m in [DELIVERY_LIBRARIES.search(p.read_text())]
        if m
    ]
    assert not wrong, "\n".join(wrong)


def test_private_headers_stay_in_their_folder():
    wrong = []
    for path in PRODUCT:
        for number, header in includes(path):
            if header.endswith("_private.h") and str(pathlib.Path(header).parent) != str(path.relative_to(TOP).parent):
                wrong.append(f"{rel(path)}:{number}: {header}")
    assert not wrong, "\n".join(wrong)


def test_no_banned_calls():
    wrong = []
    for path in SOURCES:
        for number, line in enumerate(without_comments(path.read_text()).splitlines(), 1):
            match = BANNED.search(line)
            if match:
                wrong.append(f"{rel(path)}:{number}: {match.group(1)}")
    assert not wrong, "\n".join(wrong)


def test_headers_start_with_pragma_once():
    wrong = [rel(p) for p in SOURCES if p.suffix == ".h" and "#pragma once" not in p.read_text()]
    assert not wrong, wrong


def test_no_dead_code_left_behind():
    wrong = []
    for path in SOURCES:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.match(r"\s*#\s*if\s+0\b", line) or re.search(r"\b(TODO|FIXME|XXX)\b", line):
                wrong.append(f"{rel(path)}:{number}: {line.strip()}")
    assert not wrong, "\n".join(wrong)


def test_no_conditional_inside_functions():
    """#ifdef chooses files and table rows, not lines of a function."""
    wrong = []
    for path in PRODUCT:
        inside = False
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if line == "{":
                inside = True
            elif line.startswith("}"):
                inside = False
            elif inside and re.match(r"\s*#\s*if", line):
                wrong.append(f"{rel(path)}:{number}: {line.strip()}")
    assert not wrong, "\n".join(wrong)


def test_files_stay_readable():
    """800 lines is where a reviewer asks why; tables of data may be longer."""
    wrong = []
    for path in PRODUCT:
        lines = len(path.read_text().splitlines())
        if lines > 800:
            wrong.append(f"{rel(path)}: {lines} lines")
    assert not wrong, "\n".join(wrong)


def test_spdx_everywhere():
    endings = {".c", ".h", ".py", ".sh", ".cmake", ".sql", ".txt"}
    wrong = []
    for path in tracked():
        data = path.read_bytes()[:400]
        named = path.name == "CMakeLists.txt" or (path.suffix in endings and path.suffix != ".txt")
        script = data.startswith(b"#!")
        if (named or script) and b"SPDX-License-Identifier: Apache-2.0" not in data:
            wrong.append(rel(path))
    assert not wrong, wrong


def test_no_key_shaped_files():
    wrong = [rel(p) for p in tracked() if KEY_SHAPED.search(p.read_bytes())]
    assert not wrong, wrong


def test_clang_format_decides():
    tool = shutil.which("clang-format")
    if not tool:
        pytest.skip("clang-format is not installed")
    run = subprocess.run(
        [tool, "--dry-run", "--Werror", *map(str, SOURCES)], cwd=TOP, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr[:4000]

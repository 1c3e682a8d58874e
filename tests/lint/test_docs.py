# SPDX-License-Identifier: Apache-2.0
"""The manual pages say what the programs do: every key, every verb, every exit code; no dead links."""

import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
MAN = TOP / "docs" / "man"
PAGES = sorted(MAN.glob("*.[1-8]"))
SECTION_OF_DRIVER = re.compile(r"^\.Ss (\w+)$", re.M)


def page(name):
    return (MAN / name).read_text()


def items(text):
    """The keys a text lists: the last part of `.It Ic a.b[].c Pq ...`."""
    return {m.rsplit(".", 1)[-1].removesuffix("[]") for m in re.findall(r"^\.It Ic ([\w.\[\]-]+)", text, re.M)}


def keys_of(node):
    """All keys of an object schema and of the tables below it, without drivers' options."""
    found = set()
    for key, value in node.get("properties", {}).items():
        found.add(key)
        found |= keys_of(value)
    for part in ("items", "additionalProperties"):
        if isinstance(node.get(part), dict):
            found |= keys_of(node[part])
    return found


@pytest.fixture(scope="module", name="schema")
def load_schema():
    return json.loads((TOP / "schemas" / "config.schema.json").read_text())


def options_of(schema, kind):
    """Name of a driver or fetch program -> the schema of its options."""
    top = schema["properties"]
    table, key = {
        "DRIVER OPTIONS": (top["channels"]["items"], "driver"),
        "FETCH PROGRAMS": (top["feeds"]["items"]["properties"]["fetch"], "program"),
    }[kind]
    return {b["if"]["properties"][key]["const"]: b["then"]["properties"]["options"] for b in table.get("allOf", [])}


def sections(kind):
    """Name of a driver or fetch program -> the text of its part of the page."""
    text = page("hansho.yaml.5")
    text = text[text.index(f".Sh {kind}") + 4 :]
    parts = SECTION_OF_DRIVER.split(text[: text.index(".Sh ")])
    return dict(zip(parts[1::2], parts[2::2]))


KINDS = ["DRIVER OPTIONS", "FETCH PROGRAMS"]


def common_part():
    text = page("hansho.yaml.5")
    text = text.replace(mail_rules_part(), "")
    return text[: text.index(".Sh DRIVER OPTIONS")] + text[text.index(".Sh RULES") :]


def mail_rules_part():
    text = page("hansho.yaml.5")
    return text[text.index(".Sh MAIL RULES") : text.index(".Sh CHANNELS")]


def program(name):
    folder = os.environ.get("HANSHO_BIN")
    path = shutil.which(name, path=folder) if folder else None
    if not path:
        pytest.skip("HANSHO_BIN does not name a folder with " + name)
    return path


def test_there_are_pages():
    assert {p.name for p in PAGES} == {"hansho.1", "hanshod.8", "hansho.yaml.5"}


def test_every_key_is_described(schema):
    wanted = keys_of(schema) | keys_of(schema["$defs"]["children"])
    assert wanted - items(common_part()) == set()


def test_no_key_is_invented(schema):
    known = keys_of(schema) | keys_of(schema["$defs"]["children"])
    assert items(common_part()) - known == set()


def test_every_key_of_mail_rules_is_described():
    schema = json.loads((TOP / "schemas" / "mail-rules.schema.json").read_text())
    assert items(mail_rules_part()) == keys_of(schema)
    assert list(differences(schema, mail_rules_part())) == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_option_is_described(schema, kind):
    texts = sections(kind)
    wanted = {name: keys_of(options) for name, options in options_of(schema, kind).items()}
    assert set(texts) == set(wanted)
    assert {d: keys - items(texts[d]) for d, keys in wanted.items() if keys - items(texts[d])} == {}
    assert {d: items(texts[d]) - keys for d, keys in wanted.items() if items(texts[d]) - keys} == {}


def headings(text):
    """Key path -> what stands in parentheses behind it."""
    return dict(re.findall(r"^\.It Ic (\S+) Pq (.*)$", text, re.M))


def rows(node, prefix=""):
    """(key path as the page writes it, schema) of an object schema and the tables below it."""
    for key, value in node.get("properties", {}).items():
        yield prefix + key, value
        yield from rows(value, f"{prefix}{key}.")
        if isinstance(value.get("items"), dict):
            yield from rows(value["items"], f"{prefix}{key}[].")
        if isinstance(value.get("additionalProperties"), dict):
            yield from rows(value["additionalProperties"], f"{prefix}{key}.NAME.")


def differences(node, text):
    shown = headings(text)
    for key, value in rows(node):
        if key not in shown:
            continue
        parts = shown[key].split("; ")
        default = [p.removeprefix("default ") for p in parts if p.startswith("default ")]
        if default != ([value["default"]] if value.get("default") else []):
            yield f"{key}: {shown[key]}: the default is {value.get('default')}"
        if value.get("type") == "integer" and f"{value['minimum']} to {value['maximum']}" not in parts:
            yield f"{key}: {shown[key]}: it goes from {value['minimum']} to {value['maximum']}"


@pytest.mark.parametrize("kind", KINDS)
def test_defaults_and_bounds_of_options(schema, kind):
    wrong = []
    for name, options in options_of(schema, kind).items():
        wrong += [f"{name}.{line}" for line in differences(options, sections(kind)[name])]
    assert wrong == []


def test_defaults_and_bounds(schema):
    parts = re.split(r"^\.S[hs] (.*)$", page("hansho.yaml.5"), flags=re.M)
    text = dict(zip(parts[1::2], parts[2::2]))
    top = schema["properties"]
    tables = {
        "TOP LEVEL": schema,
        "MUNICIPALITIES": top["municipalities"]["items"],
        "FEEDS": top["feeds"]["items"],
        "CHANNELS": top["channels"]["items"],
        "ALARMS": top["alarms"],
        "Keys of a rule": schema["$defs"]["children"],
    }
    assert [line for name, node in tables.items() for line in differences(node, text[name])] == []


def test_every_verb_is_described():
    text = subprocess.run(
        [program("hansho"), "--help"], capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C.UTF-8"}
    ).stdout
    verbs = set(re.findall(r"^  ([a-z-]+) ", text, re.M))
    described = set(re.findall(r"^\.It Ic ([a-z-]+)", page("hansho.1"), re.M))
    assert len(verbs) > 10
    assert verbs == described


def exit_codes(name):
    text = page(name)
    text = text[text.index(".Sh EXIT STATUS") :]
    text = text[: text.index(".Sh", 4)]
    return {int(n) for n in re.findall(r"^\.It (\d+)$", text, re.M)}


def test_exit_codes_of_hansho():
    header = (TOP / "cli" / "cli.h").read_text()
    codes = {int(n) for n in re.findall(r"\bCLI_[A-Z_]+ = (\d+)", header)}
    assert codes == exit_codes("hansho.1")


def test_exit_codes_of_hanshod():
    sysexits = {"OK": 0, "USAGE": 64, "UNAVAILABLE": 69, "CONFIG": 78}
    source = (TOP / "dispatcher" / "main.c").read_text()
    codes = {sysexits[n] for n in re.findall(r"\bEX_([A-Z]+)\b", source)}
    assert codes == exit_codes("hanshod.8")


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_mandoc_is_content(path):
    tool = shutil.which("mandoc")
    if not tool:
        pytest.skip("mandoc is not installed")
    run = subprocess.run([tool, "-Tlint", "-W", "warning", path], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
    shown = subprocess.run([tool, "-Tutf8", path], capture_output=True, text=True, check=True).stdout
    assert len(shown.splitlines()) > 50


def documents():
    return sorted([*TOP.glob("*.md"), *(TOP / "docs").rglob("*.md"), *(TOP / "packaging").glob("*.md")])


def test_links_lead_somewhere():
    wrong = []
    for path in documents():
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text()):
            if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists():
                wrong.append(f"{path.relative_to(TOP)}: {target}")
    assert wrong == []

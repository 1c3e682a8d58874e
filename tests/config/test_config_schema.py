# SPDX-License-Identifier: Apache-2.0
"""config.schema.json as an editor uses it: examples pass, what it can see of the mistakes fails."""

import json
import pathlib

import jsonschema
import pytest
import yaml

TOP = pathlib.Path(__file__).resolve().parents[2]
GOOD = sorted(TOP.glob("config/examples/*.yaml")) + [TOP / "config/default.yaml"]
BAD = [
    "channel-single-with-targets", "channel-unknown-driver", "driver-option-missing",
    "driver-option-unknown", "driver-options-missing", "duration-without-unit", "empty",
    "feed-unknown-format", "list-in-list", "list-is-a-text", "missing-value", "number-in-quotes",
    "number-too-big", "role-unknown", "rule-deep-mistake", "rule-level-six", "rule-unknown-event",
    "rule-without-name", "several-at-once", "size-with-wrong-unit", "table-is-a-text",
    "top-is-a-list", "unknown-key", "wrong-choice",
]


@pytest.fixture(scope="module")
def validator():
    schema = json.loads((TOP / "schemas/config.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_good_file_passes(validator, path):
    validator.validate(yaml.safe_load(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", BAD)
def test_bad_file_fails(validator, name):
    text = (TOP / "tests/config/bad" / f"{name}.yaml").read_text(encoding="utf-8")
    assert not validator.is_valid(yaml.safe_load(text))

# SPDX-License-Identifier: Apache-2.0
"""Every contract loads, its good samples pass and its bad samples fail."""

import json
import pathlib

import jsonschema
import pytest

SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "schemas"
CONTRACTS = sorted(SCHEMAS.glob("*.schema.json"))


def name_of(path):
    return path.name.removesuffix(".schema.json")


def samples(quality):
    return [
        pytest.param(contract, sample, id=f"{name_of(contract)}/{sample.name}")
        for contract in CONTRACTS
        for sample in sorted((SCHEMAS / "samples" / name_of(contract) / quality).glob("*.json"))
    ]


def validator(path):
    schema = json.loads(path.read_text())
    cls = jsonschema.validators.validator_for(schema)
    cls.check_schema(schema)
    return cls(schema)


@pytest.mark.parametrize("contract", CONTRACTS, ids=name_of)
def test_schema_is_valid_and_has_samples(contract):
    validator(contract)
    if name_of(contract) == "config":
        return  # its samples are YAML: tests/config
    for quality in ("good", "bad"):
        folder = SCHEMAS / "samples" / name_of(contract) / quality
        assert list(folder.glob("*.json")), f"{folder} has no samples"


@pytest.mark.parametrize("contract,sample", samples("good"))
def test_good_sample_passes(contract, sample):
    validator(contract).validate(json.loads(sample.read_text()))


@pytest.mark.parametrize("contract,sample", samples("bad"))
def test_bad_sample_fails(contract, sample):
    with pytest.raises(jsonschema.ValidationError):
        validator(contract).validate(json.loads(sample.read_text()))

"""The files under share/ are what their schemas say, for whoever writes such a file with another tool."""

import copy
import json
import pathlib

import jsonschema
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARE = ROOT / "share"
SCHEMAS = sorted((SHARE / "schema").glob("*.json"))
KINDS = [  # where files of a kind lie, and their schema
    ("agreements/*.json", "agreement"),
    ("packs/*.json", "pack"),
    ("packs/cases/*.json", "pack-cases"),
    ("demo/*.json", "demo"),
]
FILES = [(path, kind) for where, kind in KINDS for path in sorted(SHARE.glob(where))]


def load(path):
    return json.loads(path.read_text())


def problems(kind, document):
    schema = load(SHARE / f"schema/{kind}.schema.json")
    return list(jsonschema.Draft202012Validator(schema).iter_errors(document))


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda p: p.name)
def test_a_schema_is_one(path):
    schema = load(path)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("path,kind", FILES, ids=lambda v: v.name if isinstance(v, pathlib.Path) else v)
def test_a_shipped_file_is_what_its_schema_says(path, kind):
    found = problems(kind, load(path))
    assert not found, f"{found[0].json_path}: {found[0].message}"


def test_every_schema_has_files_and_every_file_a_schema():
    assert {f"{kind}.schema.json" for _, kind in FILES} == {path.name for path in SCHEMAS}
    data = {path for folder in ("agreements", "packs", "demo") for path in (SHARE / folder).rglob("*.json")}
    assert data == {path for path, _ in FILES}


BROKEN = [  # a shipped file, where it is changed, what stands there then (None: nothing)
    ("agreement", "agreements/india-japan.json", ["type"], "torana-rule-pack"),
    ("agreement", "agreements/india-japan.json", ["retention"], None),
    ("agreement", "agreements/india-japan.json", ["retention", "days"], "180"),
    ("agreement", "agreements/india-japan.json", ["retention", "rows", 0, "on_expiry"], "forget"),
    ("agreement", "agreements/india-japan.json", ["third_party", "originator_control"], False),
    ("agreement", "agreements/india-japan.json", ["data_categories", 0, "ruling"], "perhaps"),
    ("agreement", "agreements/india-japan.json", ["data_categories", 0, "when"], {}),
    ("agreement", "agreements/india-japan.json", ["break_glass", "officers"], 1),
    ("agreement", "agreements/india-japan.json", ["unheard_of"], {}),
    ("pack", "packs/jp.json", ["rules", 0, "ruling"], "perhaps"),
    ("pack", "packs/jp.json", ["rules", 0, "source"], None),
    ("pack", "packs/jp.json", ["owner"], None),
    ("pack", "packs/jp.json", ["format"], 2),
    ("pack-cases", "packs/cases/jp.json", ["cases", 0, "expect", "outcome"], "MAYBE"),
    ("pack-cases", "packs/cases/jp.json", ["cases", 0, "holds"], "yes"),
    ("pack-cases", "packs/cases/jp.json", ["cases"], []),
    ("demo", "demo/incident.json", ["objects", 1, "object_marking_refs"], []),
    ("demo", "demo/incident.json", ["objects", 0, "spec_version"], "2.0"),
    ("demo", "demo/incident.json", ["objects", 0, "id"], "marking-definition--1"),
]


@pytest.mark.parametrize("kind,name,where,value", BROKEN,
                         ids=[f"{b[1].rpartition('/')[2]} {'/'.join(map(str, b[2]))}" for b in BROKEN])
def test_a_broken_file_is_found(kind, name, where, value):
    document = load(SHARE / name)
    broken = copy.deepcopy(document)
    at = broken
    for step in where[:-1]:
        at = at[step]
    if value is None:
        del at[where[-1]]
    else:
        at[where[-1]] = value
    assert not problems(kind, document)
    assert problems(kind, broken)

"""What is stored and yet not as the standard has it: who asks for warnings is told."""

import json
import pathlib
import sys

import pytest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))

import one_node  # noqa: E402

UUID = "44af6c39-c09b-49c5-9de2-394224b04982"
OWNED = {"spec_version": "2.1", "created": "2017-01-01T00:00:00.000Z", "modified": "2018-01-01T00:00:00.000Z",
         "created_by_ref": "identity--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f", "name": "x"}
TOOL = {"type": "tool", "id": f"tool--{UUID}", **OWNED, "tool_types": ["hammer"], "confidence": 70}
CAMPAIGN = {"type": "campaign", "id": f"campaign--{UUID}", **OWNED}


@pytest.fixture(scope="module")
def node(request, tmp_path_factory):
    with one_node.running(request.config.getoption("--torana"), tmp_path_factory.mktemp("warnings") / "node") as it:
        yield it


def imported(node, *options):
    text = json.dumps({"type": "bundle", "id": f"bundle--{UUID}", "objects": [TOOL, CAMPAIGN]})
    done = node.run("object", "import", "-", *options, account="meera", stdin=text.encode())
    return done.stdout.decode() if isinstance(done.stdout, bytes) else done.stdout


def test_warnings_are_told_to_who_asks(node):
    answer = json.loads(imported(node, "--json", "--warnings"))
    assert (answer["new"], answer["refused"]) == (2, 0)
    assert {(p["rule"], p["level"], p["index"]) for p in answer["problems"]} == {
        ("SI-015", "warn", 0), ("SI-034", "warn", 1), ("SI-042", "warn", 0)}
    assert "SI-034  warn" in imported(node, "--warnings")
    assert json.loads(imported(node, "--json"))["problems"] == []


def test_confidence_is_shown_in_words(node):
    if not node.json("object", "list", account="meera")["objects"]:
        imported(node)
    shown = {o["type"]: (o["confidence"], o["confidence_word"])
             for o in node.json("object", "list", account="meera")["objects"] if UUID in o["id"]}
    assert shown == {"tool": (70, "High"), "campaign": (None, "")}
    lines = node.run("object", "list", account="meera").stdout
    lines = lines.decode() if isinstance(lines, bytes) else lines
    assert "CONFIDENCE" in lines and " High " in lines

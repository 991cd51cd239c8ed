"""A bundle of STIX 2.0, from the command line to the TAXII face and back to the bytes that came."""

import json
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "hostile")]

import one_node  # noqa: E402
import target  # noqa: E402

TIMES = {"created": "2017-01-01T00:00:00.000Z", "modified": "2017-01-01T00:00:00.000Z"}
UUID = "44af6c39-c09b-49c5-9de2-394224b04982"
IP = "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4"  # of 198.51.100.3
AMBER = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"

TOOL = {"type": "tool", "id": f"tool--{UUID}", **TIMES, "name": "x", "labels": ["remote-access"]}
OBSERVED = {
    "type": "observed-data", "id": f"observed-data--{UUID}", **TIMES, "number_observed": 1,
    "first_observed": "2017-01-01T00:00:00Z", "last_observed": "2017-01-01T00:00:00Z",
    "object_marking_refs": [AMBER],
    "objects": {"0": {"type": "ipv4-addr", "value": "198.51.100.3"},
                "1": {"type": "network-traffic", "src_ref": "0", "protocols": ["tcp"]}}}
BROKEN = {"type": "observed-data", "id": "observed-data--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f", **TIMES,
          "objects": {"0": {"value": "no type"}}}


@pytest.fixture(scope="module")
def node(request, tmp_path_factory):
    with one_node.running(request.config.getoption("--torana"), tmp_path_factory.mktemp("formats") / "node") as it:
        yield it


def imported(node, *objects):
    text = json.dumps({"type": "bundle", "id": f"bundle--{UUID}", "spec_version": "2.0", "objects": objects})
    done = node.run("object", "import", "--json", "-", account="meera", stdin=text.encode(), check=False)
    return done.returncode, json.loads(done.stdout)


def shown(node, name):
    return json.loads(node.run("object", "show", name, account="meera").stdout)


def test_import(node):
    code, answer = imported(node, TOOL, OBSERVED, BROKEN)
    counts = {k: answer[k] for k in ("read", "new", "same", "refused", "converted", "made")}
    assert counts == {"read": 3, "new": 4, "same": 0, "refused": 1, "converted": 2, "made": 2}
    assert code == 1
    [problem] = answer["problems"]
    assert (problem["id"], problem["pointer"]) == (BROKEN["id"], "/objects/0")
    assert {"index": 0, "id": TOOL["id"], "what": "moved", "pointer": "/labels",
            "message": "is called tool_types"} in answer["changes"]
    # The same again is the same.
    assert imported(node, TOOL, OBSERVED)[1]["same"] == 4


def test_what_came_out(node):
    assert shown(node, TOOL["id"])["tool_types"] == ["remote-access"]
    observed = shown(node, OBSERVED["id"])
    assert observed["object_refs"][0] == IP and "objects" not in observed
    for name in observed["object_refs"]:
        assert shown(node, name)["object_marking_refs"] == [AMBER]
    assert shown(node, observed["object_refs"][1])["src_ref"] == IP


def test_what_came_in_is_kept(node):
    for thing in (TOOL, OBSERVED):
        done = node.run("object", "original", thing["id"], account="meera")
        assert json.loads(done.stdout) == thing
    told = node.json("object", "original", TOOL["id"], account="meera")
    assert told["format"] == "stix-2.0" and told["changes"]
    assert node.run("object", "original", IP, account="meera", check=False).returncode == 1


def test_others_stay_strict(node):
    """DEC-9: what a machine sends is refused, and the error names the command."""
    answer = target.Target(node).post_objects(TOOL | {"id": "tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"})
    assert answer.status == 202 and "torana object import" in answer.json["failures"][0]["message"]
    checked = node.run("object", "check", "-", stdin=json.dumps(TOOL).encode(), check=False)
    assert checked.returncode == 1 and b"torana object import" in checked.stdout


def test_stix1_is_refused_with_advice(node):
    for text in (b'<stix:STIX_Package xmlns:stix="http://stix.mitre.org/stix-1"/>',
                 b'{"id": "a:Package-1", "version": "1.2", "stix_header": {"title": "x"}}'):
        done = node.run("object", "import", "-", account="meera", stdin=text, check=False)
        assert done.returncode == 1 and b"stix2-elevator" in done.stderr

"""Step 12: real data at its real size, in through the command line and out through TAXII.

Needs $TORANA_DATA; without it the test is skipped.
"""

import json
import os
import pathlib

import pytest

import story

MEDIA = "application/taxii+json;version=2.1"


@pytest.fixture(scope="module")
def attack():
    path = pathlib.Path(os.environ.get("TORANA_DATA", "/nonexistent")) / "attack/enterprise-attack.json"
    if not path.exists():
        pytest.skip("no $TORANA_DATA with attack/enterprise-attack.json on this machine")
    return path


def raw_objects(text):
    """Identifier → the exact bytes of each object of a bundle or envelope."""
    decoder, out = json.JSONDecoder(), {}
    at = text.index("[", text.index('"objects"')) + 1
    while True:
        while text[at] in " \n\r\t,":
            at += 1
        if text[at] == "]":
            return out
        value, end = decoder.raw_decode(text, at)
        out.setdefault((value["id"], value.get("modified")), text[at:end].encode())
        at = end


def test_step_12_ids_and_bytes_are_equal(request, tmp_path, attack):
    exe = pathlib.Path(request.config.getoption("--torana")).resolve()
    node = story.Node(exe, tmp_path / "in", party="IN", org="IN:CERT-IN", name="in.example",
                      display="CERT-In", people=[("meera", "analyst officer")])
    node.init("https://127.0.0.1:1")
    try:
        node.start()
        done = node.run("object", "import", "--json", str(attack), account="meera")
        got = json.loads(done.stdout)
        wanted = raw_objects(attack.read_text())
        assert (got["read"], got["refused"]) == (24771, 0)
        assert got["new"] + got["same"] == 24771
        collections = node.request("GET", "/local/collections/", None, "meera", {"Accept": MEDIA}).json
        local = next(c for c in collections["collections"] if c.get("alias") == "local")
        out, after = {}, ""
        while True:
            page = node.request(
                "GET", f"/local/collections/{local['id']}/objects/?limit=1000&match[version]=all{after}",
                None, "meera", {"Accept": MEDIA})
            assert page.status == 200
            text = page.body.decode()
            out |= raw_objects(text)
            if not page.json.get("more"):
                break
            after = f"&next={page.json['next']}"
        missing = {k for k in wanted if k not in out}
        assert missing == set()
        assert all(out[k] == wanted[k] for k in wanted)
    finally:
        node.stop()

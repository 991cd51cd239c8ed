"""share/clients/: what is pasted into other products names addresses that a node serves."""

import json
import pathlib
import re
import sys
import urllib.parse

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import story  # noqa: E402

CLIENTS = ROOT / "share/clients"
FILES = sorted(p for p in CLIENTS.rglob("*") if p.is_file())
BASE, NO_ID = "https://in.example:8440", "00000000-0000-4000-8000-000000000000"
TAXII = "application/taxii+json;version=2.1"


def texts(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [t for v in value for t in texts(v)]
    return [str(value)]


def load(path):
    return json.loads(path.read_text()) if path.suffix == ".json" else yaml.safe_load(path.read_text())


def addresses(path):
    return {u for t in texts(load(path)) for u in re.findall(r"https://[^\s\"]+", t)}


@pytest.fixture(scope="module")
def node(program, tmp_path_factory):
    n = story.Node(program, tmp_path_factory.mktemp("clients") / "in", party="IN", org="IN:CERT-IN", name="in.example",
                   display="CERT-In", ports=story.free_ports(2), people=[("siem", "analyst")])
    n.init("https://in.example:8441")
    n.start()
    n.json("object", "import", str(story.SHARE / "demo/incident.json"), account="siem", check=False)
    yield n
    n.stop()


def get(node, path, **headers):
    return node.request("GET", path, account="siem", headers={"Accept": TAXII, **headers})


@pytest.fixture(scope="module")
def collection(node):
    return get(node, "/local/collections/").json["collections"][0]["id"]


def test_every_product_of_the_page_has_its_files():
    page = (ROOT / "docs/clients.md").read_text()
    named = set(re.findall(r"`(share/clients/[\w./-]+\.\w+)`", page))
    assert named == {str(p.relative_to(ROOT)) for p in FILES}
    assert len({p.parent for p in FILES}) == 6


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}-{p.name}")
def test_every_address_is_served(path, node, collection):
    found = addresses(path)
    assert found and all(u.startswith(BASE + "/") for u in found), found
    for url in found:
        answer = get(node, url.removeprefix(BASE).replace(NO_ID, collection))
        assert (answer.status, answer.headers["Content-Type"]) == (200, TAXII), url


def test_no_secret_stands_in_them():
    for path in FILES:
        for word in re.findall(r"(?i)(?:password|token)\"?\s*[:=]\s*\"?([^\s\",]+)", path.read_text()):
            assert word in ("PASSWORD", "TOKEN-OF-YOUR-OPENCTI", "false"), (path, word)


def test_pages_as_elastic_asks_for_them(node, collection):
    """The first page by date, the others by next and limit alone."""
    path = f"/local/collections/{collection}/objects/"
    whole = [o["id"] for o in get(node, path).json["objects"]]
    query, got = {"added_after": "2020-01-01T00:00:00Z", "limit": "20"}, []
    while query:
        body = get(node, f"{path}?{urllib.parse.urlencode(query)}").json
        got += [o["id"] for o in body["objects"]]
        query = {"next": body["next"], "limit": "20"} if body.get("next") else None
    assert got == whole and len(got) > 40


def test_a_missing_slash_is_said_as_opencti_needs_it(node, collection):
    answer = get(node, f"/local/collections/{collection}/objects")
    assert answer.status == 308 and answer.headers["Location"].endswith(f"{collection}/objects/")

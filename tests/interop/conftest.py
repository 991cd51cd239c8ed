"""A node of the release build, and what it holds; its certificate is the only authority."""

import json
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import story  # noqa: E402


@pytest.fixture(scope="module", autouse=True)
def only_our_certificate():
    """requests lets these variables win over the certificate that a client was given."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="module")
def node(program, tmp_path_factory):
    """One node with a person on it, reached under the name of its certificate."""
    ports = story.free_ports(2)
    n = story.Node(program, tmp_path_factory.mktemp("interop") / "in", party="IN", org="IN:CERT-IN",
                   name="in.example", display="CERT-In", ports=ports,
                   people=[("meera", "analyst officer"), ("audit", "auditor")])
    n.init(f"https://localhost:{ports[1]}")
    config = n.folder / "torana.conf"
    before = config.read_text()
    after = before.replace("\nbase-url =", f"\nbase-url = https://localhost:{ports[0]}")
    assert after != before
    config.write_text(after)
    n.start()
    yield n
    n.stop()


@pytest.fixture(scope="module")
def imported(node):
    """What the file held and the node took, by identifier."""
    path = story.SHARE / "demo/incident.json"
    # Exit code 1 says that an object was refused: there is one, on purpose.
    answer = node.json("object", "import", str(path), account="meera", check=False)
    refused = {p["id"] for p in answer["problems"]}
    objects = {o["id"]: o for o in json.loads(path.read_text())["objects"] if o["id"] not in refused}
    assert len(objects) == answer["new"] > 50
    return objects

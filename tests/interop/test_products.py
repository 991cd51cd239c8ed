"""What products run: the import module of MISP with the settings in share/clients/, and Cyware's client.

Both are a guest of the node, as docs/clients.md advises.
"""

import importlib.util
import json
import sysconfig

import pytest
import requests
from cytaxii2.cytaxii2 import cytaxii2

import story

SETTINGS = story.SHARE / "clients/misp/taxii21.json"


@pytest.fixture(scope="module")
def guest(node, imported, tmp_path_factory):
    """Name and password of an account that may read the local collection, and nothing else."""
    secret = tmp_path_factory.mktemp("guest") / "password"
    secret.write_text(story.PASSWORD + "\n")
    secret.chmod(0o600)
    node.run("account", "add", "siem", "--roles", "guest", "--new-password-file", str(secret))
    node.run("collection", "access", "local", "--account", "siem", "--rights", "read")
    return {"username": "siem", "password": story.PASSWORD}


@pytest.fixture(autouse=True)
def authority(node, monkeypatch):
    """Neither of them has a setting for one."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(node.realm / "tls/people.crt"))


@pytest.fixture(scope="module")
def collection_id(node):
    [local] = [c for c in node.json("collection", "list")["collections"] if c["alias"] == "local"]
    return local["id"]


@pytest.fixture
def cyware(node, guest):
    return cytaxii2(f"https://localhost:{node.people_port}/taxii2/", **guest)


# ---- MISP ----


@pytest.fixture(scope="module")
def misp():
    """The module alone: misp-modules is a service around two hundred of them."""
    path = sysconfig.get_path("purelib") + "/misp_modules/modules/import_mod/taxii21.py"
    spec = importlib.util.spec_from_file_location("taxii21", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def imported_by_misp(misp, node, collection_id, login, **more):
    settings = json.loads(SETTINGS.read_text()) | login | more
    settings["url"] = f"https://localhost:{node.people_port}/local/collections/{collection_id}/"
    return misp.handler(json.dumps({"config": settings}))


def first_added(node, collection_id):
    """When the first indicator entered the collection."""
    answer = requests.get(f"https://localhost:{node.people_port}/local/collections/{collection_id}/manifest/",
                          params={"match[type]": "indicator", "limit": 1}, auth=("siem", story.PASSWORD),
                          headers={"Accept": "application/taxii+json;version=2.1"})
    return answer.json()["objects"][0]["date_added"]


def values_of(answer):
    objects = [a for o in answer["results"]["Object"] for a in o["Attribute"]]
    return {a["value"] for a in answer["results"]["Attribute"] + objects}


def addresses(imported):
    """Of indicators that say one address and nothing else."""
    return {o["pattern"].split("'")[1] for o in imported.values() if o["type"] == "indicator"
            and o["pattern"].startswith("[ipv4-addr:value = '") and o["pattern"].count("'") == 2}


def test_misp_imports_the_indicators(misp, node, imported, collection_id, guest):
    wanted = addresses(imported)
    assert wanted and wanted <= values_of(imported_by_misp(misp, node, collection_id, guest))


def test_misp_takes_only_what_came_later(misp, node, collection_id, guest, cyware):
    page = cyware.poll_request(collection_id, object_type="indicator", limit=1)["response"]
    [first], settings = page["objects"], {"added_after": first_added(node, collection_id)}
    later = values_of(imported_by_misp(misp, node, collection_id, guest, **settings))
    all_of_it = values_of(imported_by_misp(misp, node, collection_id, guest))
    assert later and later < all_of_it
    assert any(value in first["pattern"] for value in map(str, all_of_it - later))


def test_misp_says_that_a_password_is_wrong(misp, node, collection_id, guest):
    answer = imported_by_misp(misp, node, collection_id, guest | {"password": "wrong"})
    assert answer == {"error": "Access was denied."}


# ---- Cyware ----


def test_cyware_finds_the_collection(cyware, collection_id):
    answer = cyware.collection_request()
    assert answer["status_code"] == 200
    assert collection_id in [c["id"] for c in answer["response"]["collections"] if c["can_read"]]


def test_cyware_polls_page_by_page(cyware, imported, collection_id):
    found, following = [], {}
    while following is not None:
        answer = cyware.poll_request(collection_id, limit=20, **following)
        assert answer["status_code"] == 200, answer
        found += [o["id"] for o in answer["response"].get("objects", [])]
        following = {"next": answer["response"]["next"]} if answer["response"].get("more") else None
    assert len(found) == len(set(found)) and set(found) >= set(imported)


def test_cyware_may_not_write(cyware, imported, collection_id):
    one = json.dumps({"objects": [next(iter(imported.values()))]})
    assert cyware.inbox_request(collection_id, one)["status_code"] == 403

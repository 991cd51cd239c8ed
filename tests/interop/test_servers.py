"""Servers that other people run, medallion and OpenTAXII, as feeds of a node of the release build."""

import collections
import json
import pathlib
import subprocess
import sys

import pytest
import stix2
import taxii2client.v21 as taxii

HERE = pathlib.Path(__file__).parent
PASSWORD = "secret"

Foreign = collections.namedtuple("Foreign", "name url collection")
ACCOUNTS = {"medallion": "meera", "opentaxii": None}  # the second lets everybody in


@pytest.fixture(scope="module", params=["medallion", "opentaxii"])
def foreign(request, node, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    tls = node.realm / "tls"
    said = open(folder / "log", "wb")
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", HERE / "serve.py", request.param, folder / "data", tls / "people.crt",
         tls / "people.key"], stdout=subprocess.PIPE, stderr=said, text=True)
    ready = json.loads(process.stdout.readline() or "null")
    assert ready, (folder / "log").read_text()[-2000:]
    base = f"https://localhost:{ready['port']}"
    user = ACCOUNTS[request.param]
    server = taxii.Collection(base + ready["collection"], user=user, password=user and PASSWORD,
                              verify=str(tls / "people.crt"))
    yield Foreign(request.param, f"{base}/taxii2/", server)
    process.kill()
    process.wait()
    process.stdout.close()
    said.close()


def indicators(n, **more):
    return [json.loads(stix2.Indicator(
        name=f"number {i}", indicator_types=["malicious-activity"], pattern=f"[ipv4-addr:value = '198.51.100.{i}']",
        pattern_type="stix", valid_from="2026-01-01T00:00:00Z", **more).serialize()) for i in range(n)]


def post(foreign, things):
    status = foreign.collection.add_objects({"objects": things}, wait_for_completion=True)
    assert status.failure_count == 0
    return things


@pytest.fixture(scope="module")
def feed(node, foreign):
    """30 objects of one POST, and a feed that has read them."""
    things = post(foreign, indicators(30))
    secret = node.folder / "feed-secret"
    secret.write_text(PASSWORD)
    user = ACCOUNTS[foreign.name]
    login = ["--user", user, "--login-file", str(secret)] if user else []
    node.run("feed", "add", foreign.name, "--url", foreign.url, "--collection", foreign.collection.id,
             "--ca", str(node.realm / "tls/people.crt"), *login)
    return things


def poll(node, foreign):
    """What the node has of it, by identifier."""
    seen = json.loads(node.run("feed", "poll", foreign.name, "--json").stdout)
    assert seen["problem"] == ""
    path = f"/local/collections/feed-{foreign.name}/objects/?limit=1000"
    answer = node.request("GET", path, account="meera", headers={"Accept": "application/taxii+json;version=2.1"})
    return {o["id"]: o for o in answer.json.get("objects", [])}


def test_all_pages_of_one_post_arrive(node, foreign, feed):
    assert poll(node, foreign) == {o["id"]: o for o in feed}


def test_what_came_later_arrives(node, foreign, feed):
    feed += post(foreign, indicators(20))
    assert poll(node, foreign) == {o["id"]: o for o in feed}
    assert len(poll(node, foreign)) == 50


def test_a_newer_version_takes_the_place(node, foreign, feed):
    newer = json.loads(stix2.parse(feed[0]).new_version(name="better known now").serialize())
    post(foreign, [newer])
    feed[0] = newer
    assert poll(node, foreign)[newer["id"]] == newer


def test_after_a_restart_nothing_is_lost(node, foreign, feed):
    node.stop()
    feed += post(foreign, indicators(9))
    node.start()
    assert poll(node, foreign) == {o["id"]: o for o in feed}

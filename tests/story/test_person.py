"""What is TLP:RED: from one person's machine to another's, past both nodes' roads."""

import json
import pathlib
import subprocess

import pytest

import story

RED = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
SECRET = {"type": "indicator", "spec_version": "2.1",
          "id": "indicator--00000000-0000-4000-8000-0000000000ed",
          "created": "2026-11-20T00:00:00.000Z", "modified": "2026-11-20T00:00:00.000Z",
          "name": "For one pair of eyes", "pattern": "[ipv4-addr:value = '203.0.113.237']",
          "pattern_type": "stix", "valid_from": "2026-11-20T00:00:00Z",
          "object_marking_refs": [RED]}


@pytest.fixture(scope="module")
def pair(request, tmp_path_factory):
    exe = pathlib.Path(request.config.getoption("--torana")).resolve()
    s = story.Story(exe, tmp_path_factory.mktemp("person") / "nodes")
    try:
        s.make()
        assert s.add_peer(s.JP, s.IN).returncode == 0
        s.agree()
        (s.folder / "red.json").write_text(json.dumps(
            {"type": "bundle", "id": "bundle--00000000-0000-4000-8000-0000000000ed",
             "objects": [SECRET]}))
        s.IN.run("object", "import", str(s.folder / "red.json"), account="meera")
        yield s
    finally:
        s.stop()


def alone(s, *args):
    """A command on a person's own machine, where there is no node."""
    return subprocess.run([s.IN.torana, *args], capture_output=True, timeout=60)


@pytest.fixture(scope="module")
def card(pair):
    """Hiroshi's, signed by his node, heard by two people of ours."""
    key = alone(pair, "person", "key", str(pair.folder / "hiroshi.key"), "--realm", "demo")
    assert key.returncode == 0, key.stderr
    done = pair.JP.run("person", "card", "hiroshi", "--key", key.stdout.decode().strip(), "--days", "30")
    (pair.folder / "hiroshi.card").write_bytes(done.stdout)
    words = done.stderr.decode().splitlines()[1].strip()
    added = pair.IN.run("person", "add", str(pair.folder / "hiroshi.card"), "--fingerprint", words)
    name = added.stdout.decode().split()[1]
    refused = order(pair, name)
    assert refused.returncode != 0 and b"second person" in refused.stderr
    pair.IN.run("person", "verify", name, "--fingerprint", words, account="arjun")
    return name


def order(pair, card):
    return pair.IN.run("release", "person", SECRET["id"], "--to", "JP:JPCERT", "--purpose",
                       "incident-response", "--area", "CI", "--person", card, account="meera",
                       check=False)


def test_red_is_routed_to_a_person_and_not_sent(pair):
    decisions = pair.IN.api("POST", "/preview", {
        "to": "JP:JPCERT", "purpose": "incident-response", "area": "CI", "ids": [SECRET["id"]]},
        account="meera")["decisions"]
    decided = next(d for d in decisions if d["id"] == SECRET["id"])
    assert decided["outcome"] == "ROUTE" and "M-RED" in decided["codes"]


def test_a_person_gets_it_and_no_node(pair, card):
    done = order(pair, card)
    assert done.returncode == 0, done.stderr + done.stdout
    for item in pair.holds():
        answer = pair.approve(item, account="arjun")
        assert answer.status < 300, answer.body
    sealed = pair.IN.json("person", "envelopes", account="meera")["items"]
    assert [(e["source_id"], e["organisation"], e["name"]) for e in sealed] == [
        (SECRET["id"], "JP:JPCERT", "hiroshi")]
    envelope = pair.IN.run("person", "envelope", sealed[0]["order_id"], str(sealed[0]["ordinal"]),
                           account="meera").stdout
    (pair.folder / "hiroshi.envelope").write_bytes(envelope)
    assert b"203.0.113.237" not in envelope and SECRET["id"].encode() not in envelope
    opened = alone(pair, "person", "open", str(pair.folder / "hiroshi.envelope"),
                   "--key", str(pair.folder / "hiroshi.key"), "--realm", "demo",
                   "--invitation", str(pair.JP.folder / "IN.invitation"))
    assert opened.returncode == 0, opened.stderr
    assert json.loads(opened.stdout)["pattern"] == SECRET["pattern"]
    # Nothing of it on the roads from node to node.
    held = {o["id"] for o in pair.JP.api("GET", "/objects?limit=500", account="haruka")["objects"]}
    assert SECRET["id"] not in held


def test_another_key_realm_or_byte_opens_nothing(pair, card):
    alone(pair, "person", "key", str(pair.folder / "other.key"), "--realm", "demo")
    good = (pair.folder / "hiroshi.envelope").read_bytes()
    bent = json.loads(good)
    bent["payload"] = bent["payload"][:-8] + "AAAA" + bent["payload"][-4:]
    (pair.folder / "bent.envelope").write_text(json.dumps(bent))
    for file, key, realm, sender in (
            ("hiroshi", "other", "demo", pair.JP.folder / "IN.invitation"),
            ("hiroshi", "hiroshi", "real", pair.JP.folder / "IN.invitation"),
            ("hiroshi", "hiroshi", "demo", pair.JP.folder / "JP.invitation"),
            ("bent", "hiroshi", "demo", pair.JP.folder / "IN.invitation")):
        done = alone(pair, "person", "open", str(pair.folder / f"{file}.envelope"),
                     "--key", str(pair.folder / f"{key}.key"), "--realm", realm,
                     "--invitation", str(sender))
        assert done.returncode != 0 and done.stdout == b"", (file, key, realm)


def test_nothing_is_sealed_for_a_revoked_card(pair, card):
    pair.IN.run("person", "revoke", card)
    done = order(pair, card)
    assert done.returncode != 0 and b"revoked" in done.stderr
    envelope = pair.IN.json("person", "envelopes", account="meera")["items"][0]
    done = pair.IN.run("person", "envelope", envelope["order_id"], str(envelope["ordinal"]),
                       account="meera", check=False)
    assert done.returncode != 0 and b"revoked" in done.stderr and not done.stdout
    pair.IN.run("person", "received", envelope["order_id"], str(envelope["ordinal"]),
                "--text", "Hiroshi, by telephone", account="meera")
    envelopes = pair.IN.json("person", "envelopes", account="meera")["items"]
    assert [e["receipt"] for e in envelopes] == ["Hiroshi, by telephone"]
    assert pair.verify(pair.copy_of_india("person"))["ok"]

"""Step 10, among three: what goes round a ring of agreements comes to rest and never comes back."""

import json
import pathlib
import time

import pytest

import story

IDLE_S = 60
CLEAR = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"
GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"


def bilateral(a, b):
    """A model agreement between two parties, made from the shipped one."""
    text = json.loads((story.SHARE / "agreements/india-japan.json").read_text())
    text["header"]["id"] = f"{a.party}-{b.party}-MODEL"
    text["parties"] = [{"code": n.party, "name": n.party, "node": "", "agreement_key": "",
                        "organisations": [{"code": n.org, "name": n.org, "kind": "private-body",
                                           "identity": ""}]} for n in (a, b)]
    for area in text["areas"]:
        del area["lead_party"]
    del text["marking_policy"]["community_definition"], text["personal_data"]["grounds_by_party"]
    del text["legal_bases"], text["contacts"]
    return json.dumps(text).encode()


def ring_node(exe, folder, party, ports):
    name = party.lower()
    return story.Node(exe, folder / name, party=party, org=f"{party}:CERT", name=f"{name}.example",
                      display=f"CERT of {party}", ports=ports,
                      people=[("ana", "analyst officer"), ("bo", "approver")])


def join(a, b, folder):
    for x, y in ((a, b), (b, a)):
        (x.folder / f"{y.party}.invitation").write_bytes(y.invitation())
        done = x.run("peer", "add", str(x.folder / f"{y.party}.invitation"), "--fingerprint", y.words)
        assert done.returncode == 0
    template, envelope = folder / "template", folder / "envelope"
    template.write_bytes(bilateral(a, b))
    envelope.write_bytes(a.run("agreement", "make", str(template)).stdout)
    b.run("agreement", "add", str(envelope))
    envelope.write_bytes(b.run("agreement", "sign", f"{a.party}-{b.party}-MODEL").stdout)
    a.run("agreement", "add", str(envelope))


def indicator(n):
    return {"type": "indicator", "spec_version": "2.1",
            "id": f"indicator--00000000-0000-4000-8000-{n:012}",
            "created": "2026-11-20T00:00:00.000Z", "modified": "2026-11-20T00:00:00.000Z",
            "name": f"Address {n}", "pattern": f"[ipv4-addr:value = '203.0.113.{n}']",
            "pattern_type": "stix", "valid_from": "2026-11-20T00:00:00Z",
            "object_marking_refs": [CLEAR if n % 2 == 0 else GREEN]}


def send(node, to, ids):
    body = {"to": to, "purpose": "incident-response", "area": "CI", "ids": ids}
    preview = node.api("POST", "/preview", body, account="ana")
    return node.api("POST", "/orders", body | {
        "at": preview["at"], "expect": {d["id"]: d["bytes_sha256"] for d in preview["decisions"]
                                        if d["id"] in ids}}, account="ana")


def sent_of(node, to, ids):
    decided = send(node, to, ids)["decisions"]
    return {d["id"] for d in decided if d["state"] == "released" and d["id"] in ids}


def rest(node):
    objects = node.api("GET", "/objects?limit=500", account="ana")["objects"]
    log = node.api("GET", "/node")["log"]
    return sorted(o["id"] for o in objects), log["size"], log["root"], log["published"]


@pytest.mark.long
def test_step_10_three_nodes_in_a_ring_come_to_rest(request, tmp_path):
    exe = pathlib.Path(request.config.getoption("--torana")).resolve()
    ports = story.free_ports(6)
    nodes = [ring_node(exe, tmp_path, p, ports[2 * i:2 * i + 2]) for i, p in enumerate(("AA", "BB", "CC"))]
    for node in nodes:
        node.init(f"https://127.0.0.1:{node.ports[1]}")
    for a, b in ((0, 1), (1, 2), (2, 0)):
        join(nodes[a], nodes[b], tmp_path)
    try:
        for node in nodes:
            node.start()
        for i, node in enumerate(nodes):
            path = tmp_path / f"{i}.json"
            path.write_text(json.dumps({"type": "bundle", "id": f"bundle--00000000-0000-4000-8000-00000000000{i}",
                                        "objects": [indicator(10 * i + k) for k in range(5)]}))
            node.run("object", "import", str(path), account="ana")
        own = [[indicator(10 * i + k)["id"] for k in range(5)] for i in range(3)]
        for i, node in enumerate(nodes):
            assert send(node, nodes[(i + 1) % 3].org, own[i])["released"] >= 5
        for i, node in enumerate(nodes):
            assert story.until(lambda n=node, o=own[i - 1]: set(o) <= set(rest(n)[0]))
        # GREEN is for the community it was given to, CLEAR for everybody, and
        # nothing goes back to its giver.
        clear = [{identifier for k, identifier in enumerate(o) if (10 * i + k) % 2 == 0}
                 for i, o in enumerate(own)]
        for i, node in enumerate(nodes):
            assert sent_of(node, nodes[(i + 1) % 3].org, own[i - 1]) == clear[i - 1]
            assert sent_of(node, nodes[i - 1].org, own[i - 1]) == set()
        # The third node has them now; its next is their originator, who gets nothing back.
        for i, node in enumerate(nodes):
            assert story.until(lambda n=node, c=clear[i - 2]: c <= set(rest(n)[0]))
            assert sent_of(node, nodes[(i + 1) % 3].org, sorted(clear[i - 2])) == set()
        time.sleep(5)
        before = [rest(n) for n in nodes]
        time.sleep(IDLE_S)
        assert [rest(n) for n in nodes] == before
    finally:
        for node in nodes:
            node.stop()

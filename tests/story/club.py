"""Nodes that are bound to each other by agreements made from the shipped one."""

import json

import story

CLEAR = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"
GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
AMBER = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
PEOPLE = [("ana", "analyst officer"), ("bo", "approver")]


def text_among(nodes, name):
    """A model agreement of these parties and no others."""
    text = json.loads((story.SHARE / "agreements/india-japan.json").read_text())
    text["header"]["id"] = name
    text["parties"] = [{"code": n.party, "name": n.party, "node": "", "agreement_key": "",
                        "organisations": [{"code": n.org, "name": n.org, "kind": "private-body",
                                           "identity": ""}]} for n in nodes]
    for area in text["areas"]:
        del area["lead_party"]
    del text["marking_policy"]["community_definition"], text["personal_data"]["grounds_by_party"]
    del text["legal_bases"], text["contacts"]
    return json.dumps(text).encode()


def member(exe, folder, party, ports, people=PEOPLE):
    name = party.lower()
    return story.Node(exe, folder / name, party=party, org=f"{party}:CERT", name=f"{name}.example",
                      display=f"CERT of {party}", ports=ports, people=people)


def introduce(a, b):
    for x, y in ((a, b), (b, a)):
        (x.folder / f"{y.party}.invitation").write_bytes(y.invitation())
        done = x.run("peer", "add", str(x.folder / f"{y.party}.invitation"), "--fingerprint", y.words)
        assert done.returncode == 0


def agree(nodes, name, folder):
    """All sign one after the other; each then has the envelope that all have signed."""
    template, envelope = folder / "template", folder / "envelope"
    template.write_bytes(text_among(nodes, name))
    envelope.write_bytes(nodes[0].run("agreement", "make", str(template)).stdout)
    for node in nodes[1:]:
        node.run("agreement", "add", str(envelope))
        envelope.write_bytes(node.run("agreement", "sign", name).stdout)
    for node in nodes[:-1]:
        node.run("agreement", "add", str(envelope))


def indicator(n, marking):
    return {"type": "indicator", "spec_version": "2.1",
            "id": f"indicator--00000000-0000-4000-8000-{n:012}",
            "created": "2026-11-20T00:00:00.000Z", "modified": "2026-11-20T00:00:00.000Z",
            "name": f"Address {n}", "pattern": f"[ipv4-addr:value = '203.0.113.{n}']",
            "pattern_type": "stix", "valid_from": "2026-11-20T00:00:00Z",
            "object_marking_refs": [marking]}


def take_in(node, objects):
    path = node.folder / "bundle.json"
    path.write_text(json.dumps({"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000000",
                                "objects": objects}))
    node.run("object", "import", str(path), account="ana")


def preview(node, to, ids):
    return node.api("POST", "/preview", {"to": to, "purpose": "incident-response", "area": "CI", "ids": ids},
                    account="ana")


def send(node, to, ids):
    seen = preview(node, to, ids)
    body = {"to": to, "purpose": "incident-response", "area": "CI", "ids": ids}
    return node.api("POST", "/orders", body | {
        "at": seen["at"], "expect": {d["id"]: d["bytes_sha256"] for d in seen["decisions"]
                                     if d["id"] in ids}}, account="ana")


def sent_of(node, to, ids):
    decided = send(node, to, ids)["decisions"]
    return {d["id"] for d in decided if d["state"] == "released" and d["id"] in ids}


def held_here(node):
    return sorted(o["id"] for o in node.api("GET", "/objects?limit=500", account="ana")["objects"])

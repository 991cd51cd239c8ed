"""Releasing a whole collection to two organisations, beside importing it."""

import json

import story

PURPOSE, AREA = "prevention", "INFO"
RECIPIENTS = ("JP:JPCERT", "JP:NCO")
SOURCE = "bench"
LABEL = "bench-copy"  # what carries it leaves as a copy
MIXED_EVERY = 3


def agreement(folder):
    """The shipped template, for parties that share a collection of techniques: its own
    types are named, and what is labelled leaves without its description."""
    document = json.loads((story.SHARE / "agreements/india-japan.json").read_text())
    rows = document["data_categories"]
    technique = next(row for row in rows if row["code"] == "technique")
    technique["when"]["types"] += [
        f"x-mitre-{kind}" for kind in ("analytic", "data-component", "data-source", "detection-strategy", "tactic")
    ]
    rows.append({
        "code": "bench", "clause": technique["clause"], "when": {"labels": [LABEL]}, "ruling": "redact",
        "reason": "D-CATEGORY", "max_tlp": "AMBER", "redact": [{"pointer": "/description", "method": "drop"}]})
    path = folder / "agreement.json"
    path.write_text(json.dumps(document))
    return path


def unmarked(text, mixed):
    """The bundle without markings; a third of it labelled when it is to be mixed."""
    bundle = json.loads(text)
    for o in bundle["objects"]:
        o.pop("object_marking_refs", None)
    chosen = [o for o in bundle["objects"] if o["type"] == "relationship"] if mixed else []
    for o in chosen[:len(bundle["objects"]) // MIXED_EVERY]:
        o["labels"] = [LABEL]
    return bundle


class Orders:
    """India's node, under an agreement with a Japan that is away."""

    def __init__(self, torana, folder, cpu_s):
        self.cpu_s = cpu_s
        self.story = story.Story(torana, folder)
        self.node = self.story.IN
        self.story.make()
        self.story.wrong_fingerprint()
        self.story.agree(agreement(folder))
        self.story.JP.stop()

    def stop(self):
        self.story.stop()

    def spent(self, work):
        """CPU seconds of the node while it answers."""
        before = self.cpu_s(self.node.process.pid)
        result = work()
        return self.cpu_s(self.node.process.pid) - before, result

    def bring(self, bundle):
        """CPU seconds an object of the import, and the identifiers."""
        creators = sorted({o["created_by_ref"] for o in bundle["objects"] if "created_by_ref" in o})
        self.node.api("POST", "/sources", {
            "type": "torana-source-policy", "format": 1, "source": SOURCE, "version": 1,
            "marking": "CLEAR", "reason": "published for everybody", "creators": creators}, account="arjun")
        text = json.dumps(bundle, indent=4).encode()
        spent, answer = self.spent(lambda: self.node.request(
            "POST", f"/api/v1/import?source={SOURCE}&named={SOURCE}", text, "meera"))
        if answer.status != 200:
            raise story.Wrong(f"import: {answer.status} {answer.body[:300]}")
        return spent / answer.json["read"], sorted({o["id"] for o in bundle["objects"]})

    def order(self, ids, to):
        """An order on what was previewed: looking is not releasing, and is not counted."""
        ask = {"to": to, "purpose": PURPOSE, "area": AREA, "ids": ids}
        seen = self.node.api("POST", "/preview", {**ask, "brief": True}, account="meera")
        wanted = set(ids)
        expect = {d["id"]: d["bytes_sha256"] for d in seen["decisions"] if d["id"] in wanted}
        redacted = sum(d["outcome"] == "ALLOW_WITH_REDACTION" for d in seen["decisions"])
        return {**ask, "at": seen["at"], "expect": expect}, redacted / len(ids)

    def release(self, ids):
        """CPU seconds an (object, recipient), the share released and the share of copies."""
        spent = released = copies = 0
        for to in RECIPIENTS:
            order, redacted = self.order(ids, to)
            seconds, sent = self.spent(lambda: self.node.api("POST", "/orders", order, account="meera"))
            spent += seconds
            released += sent["released"]
            copies += redacted
        pairs = len(ids) * len(RECIPIENTS)
        return spent / pairs, min(1, released / pairs), copies / len(RECIPIENTS)


def measure(torana, folder, cpu_s, text, mixed):
    """Import and release per object in CPU seconds, share released, share of copies."""
    orders = Orders(torana, folder, cpu_s)
    try:
        bring_s, ids = orders.bring(unmarked(text, mixed))
        return bring_s, *orders.release(ids)
    finally:
        orders.stop()

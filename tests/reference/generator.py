"""Cases for the gate: an agreement, packs, objects and a request, out of a seed."""

import copy
import json
import pathlib
import random
import uuid

SHARE = pathlib.Path(__file__).resolve().parents[2] / "share"
AGREEMENT = json.loads((SHARE / "agreements/india-japan.json").read_text())
PACKS = [json.loads((SHARE / f"packs/{p}.json").read_text()) for p in ("in", "jp")]
TLP = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")
MARK = {
    "CLEAR": "94868c89-83c2-464b-929b-a1a8aa3c8487",
    "GREEN": "bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "AMBER": "55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "AMBER+STRICT": "939a9414-2ddd-4d32-a0cd-375ea402b003",
    "RED": "e828b379-4e03-4974-9ac4-e53a884c97c1",
    "WHITE 1": "613f2e26-407d-48c7-9eca-b8e91df99dc9",
    "AMBER 1": "f88d31f6-486f-44da-b317-01333bde0b82",
    "unknown": "00000000-0000-4000-8000-00000000dead",
}
USUAL = ("CLEAR", "GREEN", "GREEN", "GREEN", "AMBER", "AMBER", "AMBER", "AMBER+STRICT", "RED",
         "AMBER 1", "WHITE 1")
ODD = ("unknown", None)
TYPES = ("indicator", "malware", "incident", "report", "note", "observed-data", "relationship",
         "sighting", "identity", "email-addr", "ipv4-addr", "domain-name", "url", "attack-pattern",
         "threat-actor", "campaign", "x-unheard-of", "marking-definition")
PREDICATES = ("identity.organisation", "identity.class", "victim", "tied", "mentions", "personal",
              "classified", "marking.granular", "marking.definition", "revoked", "consent.name",
              "consent.personal", "consent.technique", "received", "own-observation", "tlp.clear",
              "tlp.green", "tlp.amber", "tlp.amber-strict", "tlp.red", "tlp.1")
CLASSES = ("email", "account", "message", "person")
LABELS = ("cii-topology", "controlled-unclassified", "exploit", "phishing", "secret")
NAMES = ("Gujarat Vidyut Vitran", "Kawasaki Seimei Byoin", "Surat Textile Works")
CODES = ("IN:CERT-IN", "IN:NCIIPC", "JP:JPCERT", "JP:NCO")
NOON = "2026-11-20T09:00:00Z"


class Case:
    def __init__(self, seed):
        self.dice = random.Random(seed)
        self.ids = []

    def often(self, chance):
        return self.dice.random() < chance

    def some(self, of, at_most):
        return self.dice.sample(of, self.dice.randint(1, at_most))

    # ---- documents ----

    def agreement(self):
        g = copy.deepcopy(AGREEMENT)
        for n, p in enumerate(g["parties"]):
            p["node"], p["agreement_key"] = f"n{n}.example", f"0{n + 1}" * 32
        rows = g["data_categories"]
        if self.often(0.5):
            for row in self.some(rows, 3):
                row["max_tlp"] = self.dice.choice(TLP)
                if row["ruling"] == "deny" and self.often(0.5):
                    row["ruling"] = "redact"
        if self.often(0.2):
            rows.remove(self.dice.choice(rows))
        for n in range(self.dice.randint(0, 2)):
            rows.append({"code": f"extra-{n}", "clause": "2", "max_tlp": self.dice.choice(TLP),
                         **self.ruling(("allow", "redact", "hold", "deny")), "when": self.when()})
        if self.often(0.3):
            for channel in ("auto", "officer"):
                g["marking_policy"]["ceiling_by_channel"][channel] = self.dice.choice(TLP[:4])
        if self.often(0.2):
            for who in ("victim", "reporter", "analyst"):
                g["identity_protection"][who] = self.dice.choice(("withhold", "tell"))
        if self.often(0.3):
            g["third_party"]["reuse_own_observation"] = False
        if self.often(0.3):
            g["classified"]["marks"] = [self.dice.choice(("TLP", "plant", "EYES//"))]
        if self.often(0.4):
            g["personal_data"]["allowed_classes"] = self.some(CLASSES, 3)
        if self.often(0.1):
            del g["personal_data"]["allowed_classes"]
        if self.often(0.5):
            del g["personal_data"]["grounds_by_party"]
        if self.often(0.3):
            g["records"]["statistics_cell"] = self.dice.choice((0, 1, 2, 100))
        if self.often(0.4):
            g["personal_data"]["redactions"] = [
                {"class": c, "method": self.dice.choice(("drop", "generalise", "pseudonym", "count"))}
                for c in ("victim", "person", "email", "account") if self.often(0.6)]
        return g

    def ruling(self, rulings):
        ruling = self.dice.choice(rulings)
        row = {"ruling": ruling, "reason": "C-CONTROLLED"}
        if ruling == "redact" and self.often(0.5):
            row["redact"] = [{"pointer": self.dice.choice(("/x_site", "/name", "/labels/*")),
                              "method": self.dice.choice(("drop", "mask", "generalise",
                                                          "pseudonym", "count"))}]
        return row

    def when(self):
        when = {}
        if self.often(0.6):
            when["types"] = self.some(TYPES, 4)
        if self.often(0.2):
            when["has"] = [self.dice.choice(("/x_site", "/labels", "/name", "/labels/0"))]
        if self.often(0.2):
            when["equals"] = {"/labels": self.some(LABELS, 2)}
        if self.often(0.3):
            when["facts"] = self.some(PREDICATES, 3)
        if self.often(0.2):
            when["not_facts"] = self.some(PREDICATES, 2)
        if self.often(0.2):
            when["to"] = [self.dice.choice(("state-body", "private-body", "JP", "JP:NCO"))]
        if self.often(0.1):
            when["purposes"] = ["prevention"]
        if self.often(0.1):
            when["not_purposes"] = ["prevention"]
        if self.often(0.1):
            when["from"] = [self.dice.choice(("state-body", "private-body", "IN", "JP:NCO"))]
        if self.often(0.1):
            when["labels"] = [self.dice.choice(("*", "CII-*", "Exploit"))]
        if self.often(0.1):
            when["persons_over"] = self.dice.choice((1, 2, 500))
        if self.often(0.1):
            when[self.dice.choice(("basis", "not_basis"))] = ["UNCC"]
        return when or {"types": ["indicator"]}

    def packs(self):
        packs = copy.deepcopy(self.some(PACKS, 2)) if self.often(0.4) else []
        if self.often(0.4):
            rules = [{"id": f"T-{n}", "text": "t", "source": "s", "certainty": "H", "enabled": True,
                      "from": self.dice.choice(("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z")),
                      "shared": "L-BASIS", "when": self.when(),
                      **self.ruling(("redact", "hold", "deny"))} for n in range(3)]
            if self.often(0.3):
                rules[0]["from"], rules[0]["until"] = "2026-01-01T00:00:00Z", NOON
            if self.often(0.3):
                rules[1].update(enabled=False, why_not="not sure")
            if self.often(0.3):
                rules[2]["early"] = self.dice.choice(("advisory", "apply"))
            packs.append({"type": "torana-rule-pack", "format": 1, "id": "t", "version": 1,
                          "owner": "o", "review_on": "2030-01-01T00:00:00Z",
                          "party": self.dice.choice(("", "IN", "JP")), "rules": rules})
        return packs

    # ---- objects ----

    def text(self):
        words = ["writes at night", "seen again", "a loader", "no more is known"]
        if self.often(0.1):
            words.append(self.dice.choice(NAMES))
        if self.often(0.02):
            words.append("TOP SECRET")
        self.dice.shuffle(words)
        return " ".join(words[:3])

    def other(self, kinds=None):
        known = [i for i in self.ids if kinds is None or i.partition("--")[0] in kinds]
        if not known or self.often(0.05):
            return f"malware--{uuid.UUID(int=self.dice.getrandbits(128), version=4)}"
        return self.dice.choice(known)

    def object(self, kind, identifier):
        obj = {"type": kind, "spec_version": "2.1", "id": identifier}
        if kind not in ("email-addr", "ipv4-addr", "domain-name", "url"):
            obj |= {"created": "2026-11-19T07:31:42.123Z", "modified": "2026-11-19T07:31:42.123Z"}
        obj |= getattr(self, "a_" + kind.replace("-", "_"), self.a_thing)()
        if kind in ("marking-definition",):
            del obj["modified"]
        if self.often(0.2):
            obj["labels"] = self.some(LABELS, 2)
        if self.often(0.2):
            obj["x_site"] = "Hall " + self.dice.choice(("Alexandria", "Bartholomew"))
        if self.often(0.2) and "created" in obj:
            obj["created_by_ref"] = self.other(("identity",))
        level = self.dice.choice(ODD if self.often(0.05) else USUAL)
        if level:
            obj["object_marking_refs"] = ["marking-definition--" + MARK[level]]
        if self.often(0.15) and "description" in obj:
            obj["granular_markings"] = [{
                "marking_ref": "marking-definition--" + MARK[self.dice.choice(USUAL)],
                "selectors": ["description"]}]
        if self.often(0.05):
            obj["revoked"] = True
        return obj

    def a_thing(self):
        return {"name": "Thing", "description": self.text()}

    def a_identity(self):
        kind = self.dice.choice(("organization", "organization", "individual", "class"))
        name = {"class": "Power companies"}.get(kind, self.dice.choice(NAMES + ("CERT-In",)))
        return {"name": name, "identity_class": kind, "sectors": ["energy"]}

    def a_indicator(self):
        return {"name": "Address", "pattern": "[ipv4-addr:value = '203.0.113.7']",
                "pattern_type": "stix", "valid_from": "2026-11-19T07:31:42Z",
                "description": self.text()}

    def a_malware(self):
        return {"name": "Loader", "is_family": False, "description": self.text()}

    def a_relationship(self):
        return {"relationship_type": "related-to", "source_ref": self.other(),
                "target_ref": self.other()}

    def a_sighting(self):
        return {"sighting_of_ref": self.other(), "where_sighted_refs": [self.other(("identity",))]}

    def a_report(self):
        return {"name": "Report", "published": "2026-11-19T07:31:42Z", "description": self.text(),
                "object_refs": [self.other() for _ in range(3)]}

    def a_note(self):
        return {"content": self.text(), "object_refs": [self.other()]}

    def a_observed_data(self):
        return {"first_observed": "2026-11-19T07:31:42Z", "last_observed": "2026-11-19T07:31:42Z",
                "number_observed": 1, "object_refs": [
                    self.other(("email-addr", "ipv4-addr", "domain-name")) for _ in range(2)]}

    def a_email_addr(self):
        return {"value": self.dice.choice(("k.patelwala", "m.kobayashi")) + "@gvvlgrid.example"}

    def a_ipv4_addr(self):
        return {"value": f"198.51.100.{self.dice.randint(100, 250)}"}

    def a_domain_name(self):
        return {"value": f"c{self.dice.randint(1000, 9999)}.attacker.example"}

    def a_url(self):
        return {"value": f"https://c{self.dice.randint(1000, 9999)}.attacker.example/x"}

    def a_marking_definition(self):
        return {"definition_type": "statement", "definition": {
            "statement": self.dice.choice(("Copyright", "TLP:AMBER if you please"))}}

    def item(self, obj):
        item = {"object": obj, "selected": self.often(0.85), "originator": "IN:CERT-IN",
                "approved": self.often(0.1)}
        if self.often(0.15):
            item["originator"] = self.dice.choice(CODES + ("US:CISA",))
        if self.often(0.15):
            item["giver"] = self.dice.choice(CODES + ("US:CISA",))
            item["own_observation"] = self.often(0.3)
        if self.often(0.05):
            item["path"] = " ".join(self.some(CODES, 2))
        if self.often(0.05):
            item["received_under"] = self.dice.choice(("IJ-MODEL", "QUAD-MODEL"))
        if self.often(0.1):
            item["default_tlp"] = self.dice.choice(TLP)
        if self.often(0.05):
            item["delivered"] = self.dice.choice(("original", "copy"))
        return item

    def consent(self):
        return {"identity": self.other(("identity", "email-addr")),
                "scope": self.dice.choice(("name", "personal", "technique")),
                "to": self.dice.choice(("", "JP", "JP:JPCERT", "IN")),
                "until": self.dice.choice(("2027-01-01T00:00:00Z", NOON)),
                "withdrawn": self.often(0.1)}

    def request(self):
        r = {"realm": "demo", "order_realm": "demo", "from": "IN:CERT-IN", "to": "JP:JPCERT",
             "channel": "officer", "purpose": "incident-response", "area": "INFO", "at": NOON,
             "verified": True, "signed": True, "poc_failed": 0, "key_until": "",
             "redaction_identity": "identity--00000000-0000-4000-8000-00000000f00d"}
        if self.often(0.2):
            r["to"] = self.dice.choice(CODES + ("JP:NCO", "JP:NCO", "US:CISA", "PUBLIC"))
        if self.often(0.2):
            r["channel"] = "auto"
        elif self.often(0.2):
            r |= {"channel": "person", "person": self.dice.choice(("", "k", "k"))}
        if self.often(0.3):
            r["legal_basis"] = self.dice.choice(("IN-CERT-FUNCTION", "IN-CERT-FUNCTION", "JP-CONSENT",
                                                 "UNCC", "nonsense"))
        if self.often(0.2):
            r["strict"] = True
        if self.often(0.2):
            r["purpose"] = self.dice.choice(("prevention", "prevention", "prevention", "gossip"))
        odd = [("order_realm", "real"), ("verified", False), ("signed", False), ("area", "X"),
               ("area", ""), ("suspended", True), ("terminated", True), ("poc_failed", 2),
               ("suspended_areas", ["CI"]), ("suspended_areas", ["INFO"]),
               ("at", "2031-01-01T00:00:00Z"), ("key_until", NOON), ("from", "IN:NOBODY")]
        if self.often(0.1):
            r |= dict(self.some(odd, 2))
        return r

    def versions(self, made):
        """What others hold of some of the objects; the rest of the case stays as it is without."""
        before = self.dice.getstate()
        found = [{"object": self.object(o["type"], o["id"]), "selected": False, "other": True}
                 for o in made if o["type"] != "marking-definition" and self.often(0.1)]
        self.dice.setstate(before)
        return found

    def make(self, objects=14):
        kinds = [self.dice.choice(TYPES) for _ in range(objects)]
        self.ids = [f"{k}--{uuid.UUID(int=self.dice.getrandbits(128), version=4)}" for k in kinds]
        made = [self.object(k, i) for k, i in zip(kinds, self.ids)]
        return {"agreement": self.agreement(), "packs": self.packs(), "request": self.request(),
                "items": [self.item(o) for o in made] + self.versions(made),
                "consents": [self.consent() for _ in range(self.dice.randint(0, 3))]}

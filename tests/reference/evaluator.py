"""What may not leave, by the words of docs/agreement.md.

Slow and plain on purpose, and written from the page, not from the program: a
rule that both misread alike is read wrongly by two.  It says for each object
the least strict outcome that the page permits.  It does not build copies; of
stage 10 it knows only what bytes() checks in what the program lets out.
"""

import re

from reading import any_word, at_pointer, fold, instant, label_is, references, texts

ORDER = ["ALLOW", "ALLOW_WITH_REDACTION", "HOLD", "ROUTE", "DENY"]
TLP = ["none", "CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"]
PREDEFINED = {  # identifier: level, version of TLP
    "613f2e26-407d-48c7-9eca-b8e91df99dc9": ("CLEAR", 1),
    "34098fce-860f-48ae-8e50-ebd3cc5e41da": ("GREEN", 1),
    "f88d31f6-486f-44da-b317-01333bde0b82": ("AMBER", 1),
    "5e57c739-391a-4eb3-b6be-7d15ca92d5ed": ("RED", 1),
    "94868c89-83c2-464b-929b-a1a8aa3c8487": ("CLEAR", 2),
    "bab4a63c-aed9-4cf5-a766-dfca5abac2bb": ("GREEN", 2),
    "55d920b0-5e8b-4f79-9ee9-91f868d9b421": ("AMBER", 2),
    "939a9414-2ddd-4d32-a0cd-375ea402b003": ("AMBER+STRICT", 2),
    "e828b379-4e03-4974-9ac4-e53a884c97c1": ("RED", 2),
}
CLASS = {"email-addr": "email", "user-account": "account", "email-message": "message"}
PERSONAL = tuple(CLASS)
ANNOTATIONS = ("relationship", "sighting", "note", "opinion", "report", "grouping",
               "language-content")
OBSERVABLES = ("artifact", "autonomous-system", "directory", "domain-name", "email-addr",
               "email-message", "file", "ipv4-addr", "ipv6-addr", "mac-addr", "mutex",
               "network-traffic", "process", "software", "url", "user-account",
               "windows-registry-key", "x509-certificate")
CLASSIFIED_LABELS = ("top secret", "secret", "classified", "noforn")
CLASSIFIED_WORDS = ("TOP SECRET", "SECRET//", "極秘", "特定秘密")
CREDENTIALS = ("credential", "credential-dump", "personal.credential")
KITS, TOOLS = ("exploit-kit",), ("exploitation",)
ARMED = ("exploit", "exploit-kit", "implant-builder", "implant-source", "c2-framework-source")
POC_FAILED = 2
LETTERS_MIN = 5  # shorter values are left to the program's own tests
VOCABULARY = ("phishing",)  # words of STIX that stand in cases


def rank(tlp):
    return TLP.index(tlp)


class Evaluation:
    """One case, as the program gets it."""

    def __init__(self, case):
        self.agreement = case["agreement"]
        self.packs = case["packs"]
        self.request = case["request"]
        self.items = {i["object"]["id"]: i for i in case["items"] if not i.get("other")}
        self.versions = [i["object"] for i in case["items"]]  # of each object all that are held
        self.consents = case["consents"]
        self.at = instant(self.request["at"])
        self.organisations = {o["code"]: (p, o) for p in self.agreement["parties"]
                              for o in p["organisations"]}
        self.to = self.organisations.get(self.request["to"])
        self.public = {o["identity"] for _, o in self.organisations.values() if o.get("identity")}
        self.public.add(self.request["redaction_identity"])
        self.withheld = {obj["id"] for obj in self.versions if self.is_withheld(obj)}
        self.tied = self.find_tied()
        secret = self.secret()
        self.names = {fold(v) for obj in self.versions if obj["id"] in secret
                      for v in self.values(obj)}
        self.places = {i: set() for i in self.items}
        self.mentioning = set()
        self.take_out()

    # ---- consents ----

    def consents_to(self, identity, scope):
        return any(c["identity"] == identity and c["scope"] == scope and not c.get("withdrawn")
                   and self.at < instant(c["until"])
                   and c.get("to", "") in ("", self.request["to"], self.to and self.to[0]["code"])
                   for c in self.consents if identity)

    # ---- withheld, tied, mentioned ----

    def is_organisation(self, obj):
        return obj["id"] in self.public or (
            obj.get("identity_class") == "organization"
            and obj.get("name") in [o["name"] for _, o in self.organisations.values()])

    def is_withheld(self, obj):
        allowed = self.agreement["personal_data"].get("allowed_classes", [])
        if obj["type"] in PERSONAL:
            return CLASS[obj["type"]] not in allowed or not self.personal_consent(obj["id"])
        if obj["type"] != "identity" or self.is_organisation(obj) \
                or obj.get("identity_class") == "class":
            return False
        if obj.get("identity_class") == "individual" and "person" not in allowed:
            return True
        if self.consents_to(obj["id"], "name"):
            return False
        protect = self.agreement["identity_protection"]
        telling = [protect.get(k, "withhold") != "tell" for k in ("victim", "reporter", "analyst")]
        if obj.get("identity_class") == "individual":
            return telling[2] or telling[0]
        return telling[0] or telling[1]

    def personal_consent(self, object_id):
        if self.consents_to(object_id, "personal"):
            return True
        return any(item["object"]["type"] == "relationship" and all(
            self.links_with_consent(obj, object_id) for obj in self.versions
            if obj["id"] == link) for link, item in self.items.items())

    def links_with_consent(self, link, object_id):
        ends = [i for k, i in references(link) if k != "created_by_ref"]
        return object_id in ends and any(self.consents_to(i, "personal") for i in ends)

    def find_tied(self):
        tied, about = set(), set()
        refs = {i: [] for i in self.items}
        for obj in self.versions:
            refs[obj["id"]] += references(obj)
        kind = {i: item["object"]["type"] for i, item in self.items.items()}
        for i in self.items:  # 1: refers to something withheld
            for key, target in refs[i]:
                if target in self.withheld:
                    tied.add(i)
                    if key != "created_by_ref" and kind[target] == "identity":
                        about.add(i)
        for link in self.versions:  # 2: linked with something withheld
            i = link["id"]
            if kind[i] not in ("relationship", "sighting"):
                continue
            ends = [t for k, t in references(link) if k != "created_by_ref" and t in self.items]
            if any(t in self.withheld for t in ends):
                tied.update(ends)
                if kind[i] == "relationship" and any(
                        t in self.withheld and kind[t] == "identity" for t in ends):
                    about.update(t for t in ends if t not in self.withheld)
        for i in about:  # 3: observables of observed data about an identity
            if kind[i] == "observed-data":
                tied.update(t for _, t in refs[i] if kind.get(t) in OBSERVABLES)
        tied.update([i for i in self.items if kind[i] == "domain-name" and any(  # 4
            k != "created_by_ref" and (t in tied or t in self.withheld) for k, t in refs[i])])
        while True:  # 5: only speaks of something tied
            more = [i for i in self.items if i not in tied and kind[i] in ANNOTATIONS and any(
                k != "created_by_ref" and (t in tied or t in self.withheld) for k, t in refs[i])]
            if not more:
                return tied
            tied.update(more)

    def secret(self):
        return self.withheld | {i for i in self.tied & self.items.keys()
                                if self.items[i]["object"]["type"] in OBSERVABLES}

    def values(self, obj):
        """The plainest spellings of what is withheld; the program knows many more."""
        known = [obj.get(k, "") for k in ("name", "value", "user_id", "display_name")]
        custom = [t for k in obj if k.startswith("x_") for _, t in texts(obj[k])]
        yield from (v for v in known + custom if len(fold(v)) >= LETTERS_MIN)
        yield obj["id"].partition("--")[2]

    def mentions(self, obj):
        """Once found it stays a fact, also when the member that names it is taken out."""
        if obj["id"] not in self.mentioning and self.names_one(obj):
            self.mentioning.add(obj["id"])
        return obj["id"] in self.mentioning

    def names_one(self, obj):
        rest = {k: v for k, v in obj.items() if k not in self.places[obj["id"]]}
        own = [fold(t) for k, t in texts(rest) if not k.endswith(("_ref", "_refs"))]
        return any(name in text for name in self.names for text in own)

    def take_out(self):
        """What is taken out is withheld wherever it stands, so that more may mention it.

        All are looked at before anything is taken out: what mentions what must not hang on
        the order in which they were selected.
        """
        more = self.to is not None
        while more:
            found = {i: self.members_to_go(i) for i, item in self.items.items() if item["selected"]}
            more = any(not members <= self.places[i] for i, members in found.items())
            for identifier, members in found.items():
                self.places[identifier] |= members
                obj = self.items[identifier]["object"]
                self.names |= {fold(t) for m in members for k, t in texts(obj[m], m)
                               if len(fold(t)) >= LETTERS_MIN and t not in VOCABULARY}

    def members_to_go(self, identifier):
        item = self.items[identifier]
        obj, facts = item["object"], self.facts(item)
        pointers = {r["pointer"] for row in self.redacting(obj, facts) for r in row.get("redact", [])}
        if facts["marking.parted"]:
            pointers |= {"/" + s for _, sel in self.marking(obj)[2] for s in sel}
        return {p.split("/")[1] for p in pointers} & obj.keys()

    def redacting(self, obj, facts):
        for c in self.agreement["data_categories"]:
            if c["ruling"] == "redact" and self.fits(c["when"], obj, facts):
                yield c
        yield from (r for r in self.binding() if r["ruling"] == "redact"
                    and self.fits(r["when"], obj, facts))

    def binding(self):
        """Rules that are in force and bind the one who releases."""
        sender = self.organisations.get(self.request["from"])
        for pack in self.packs:
            if sender is None or pack.get("party", "") not in ("", sender[0]["code"]):
                continue
            for r in pack["rules"]:
                if r.get("kind", "release") != "release" or not r["enabled"]:
                    continue
                begun = instant(r["from"]) <= self.at or r.get("early") == "apply"
                over = "until" in r and self.at >= instant(r["until"])
                if begun and not over:
                    yield r

    # ---- markings ----

    def definition(self, identifier):
        """("tlp", level, version), ("other",) or None: nobody understands it."""
        known = PREDEFINED.get(identifier.partition("--")[2])
        if identifier.startswith("marking-definition--") and known:
            level, version = known
            if version == 1:
                old = "WHITE" if level == "CLEAR" else level
                level = self.agreement["marking_policy"].get("tlp1_map", {}).get(old, level)
            return "tlp", level, version
        item = self.items.get(identifier)
        if item is None or item["object"]["type"] != "marking-definition":
            return None
        obj = item["object"]
        if obj.get("definition_type") == "statement" and "extensions" not in obj \
                and not obj["definition"]["statement"].strip().upper().startswith("TLP"):
            return ("other",)
        return None

    def marking(self, obj):
        """(strictest level, of the object itself, parts, unknown, TLP 1.x)."""
        own = [self.definition(i) for i in obj.get("object_marking_refs", [])]
        parts = [(self.definition(g.get("marking_ref", "")), g["selectors"])
                 for g in obj.get("granular_markings", [])
                 if "marking_ref" in g or "lang" not in g]
        everything = own + [d for d, _ in parts]
        levels = [d[1] for d in everything if d and d[0] == "tlp"]
        whole = max([d[1] for d in own if d and d[0] == "tlp"], key=rank, default="none")
        return (max(levels, key=rank, default="none"), whole, parts, None in everything,
                any(d and d[0] == "tlp" and d[2] == 1 for d in everything))

    # ---- facts ----

    def kept(self, marked, unknown):
        """The level of what is left when parts above the ceiling go, and whether any goes."""
        strictest, whole, parts, _, _ = marked
        ceiling = self.agreement["marking_policy"]["ceiling_by_channel"][self.request["channel"]]
        if not parts or unknown or whole == "none" or rank(whole) > rank(ceiling) \
                or rank(strictest) <= rank(ceiling):
            return strictest, False
        return max([whole] + [d[1] for d, _ in parts
                              if d[0] == "tlp" and rank(d[1]) <= rank(ceiling)], key=rank), True

    def facts(self, item):
        obj = item["object"]
        marked = self.marking(obj)
        others = [self.marking(o) for o in self.versions if o["id"] == obj["id"] and o is not obj]
        _, _, parts, unknown, old = marked
        unknown = unknown or any(o[3] for o in others)
        tlp, parted = self.kept(marked, unknown)
        if tlp == "none" and obj["type"] == "marking-definition" and self.definition(obj["id"]):
            tlp = "CLEAR"
        if tlp == "none":
            tlp = item.get("default_tlp", "none")
        if tlp == "none" and not unknown \
                and self.agreement["marking_policy"]["unmarked"] == "AMBER+STRICT":
            tlp = "AMBER+STRICT"
        if tlp != "none":  # the strictest of all versions
            tlp = max([tlp] + [self.kept(o, o[3])[0] for o in others], key=rank)
        identity = obj["type"] == "identity"
        withheld = obj["id"] in self.withheld
        personal = obj["type"] in PERSONAL or any(
            i.partition("--")[0] in PERSONAL for _, i in references(obj))
        originator = self.organisations.get(item.get("originator", ""))
        return {
            "tlp": tlp, "unknown": unknown, "item": item,
            "identity.organisation": identity and self.is_organisation(obj),
            "identity.person": identity and obj.get("identity_class") == "individual",
            "identity.class": identity and obj.get("identity_class") == "class",
            "victim": identity and withheld,
            "withheld": withheld,
            "stand-in": withheld and self.stands_in(obj),
            "tied": obj["id"] in self.tied,
            "mentions": not withheld and self.mentions(obj),
            "personal": personal,
            "classified": self.classified(obj),
            "marking.granular": bool(parts),
            "marking.parted": parted,
            "marking.definition": obj["type"] == "marking-definition",
            "revoked": obj.get("revoked", False),
            "credential": (obj["type"] == "user-account" and "credential" in obj)
            or any_word(obj.get("labels"), CREDENTIALS),
            "exploit": (obj["type"] == "malware" and any_word(obj.get("malware_types"), KITS))
            or (obj["type"] == "tool" and any_word(obj.get("tool_types"), TOOLS))
            or any_word(obj.get("labels"), ARMED),
            "persons": self.persons(item, personal),
            "consent.name": identity and self.consents_to(obj["id"], "name"),
            "consent.personal": personal and obj["type"] in OBSERVABLES and not withheld,
            "consent.technique": self.consents_to(obj.get("created_by_ref", ""), "technique")
            or bool(originator) and self.consents_to(originator[1].get("identity", ""),
                                                     "technique"),
            "received": bool(item.get("giver") or item.get("received_under")),
            "own-observation": item.get("own_observation", False),
            "tlp.1": old,
            **{"tlp." + t.lower().replace("+", "-"): tlp == t for t in TLP[1:]},
        }

    def persons(self, item, personal):
        """As told, or as many as the selection has mailboxes and accounts."""
        told = item["object"].get("x_torana_persons", 0)
        told = told if isinstance(told, int) and told > 0 else 0
        accounts = sum(i["selected"] and i["object"]["type"] in ("email-addr", "user-account")
                       for i in self.items.values())
        return max(told, item.get("persons", 0), accounts if personal else 0)

    def stands_in(self, obj):
        kind = {"email-addr": "email", "user-account": "account"}.get(obj["type"])
        if obj["type"] == "identity":
            kind = "person" if obj.get("identity_class") == "individual" else "victim"
        rows = self.agreement["personal_data"].get("redactions", [])
        method = next((r["method"] for r in rows if r["class"] == kind), "drop")
        return method == "pseudonym" or (method == "generalise" and obj["type"] == "identity")

    def classified(self, obj):
        agreed = self.agreement.get("classified", {}).get("marks", [])
        marked = [obj] + [self.items[i]["object"] for i in obj.get("object_marking_refs", [])
                          if i in self.items]
        return any((k == "labels" and t.strip().casefold() in CLASSIFIED_LABELS)
                   or any(w in t for w in (*CLASSIFIED_WORDS, *agreed))
                   for o in marked for k, t in texts(o))

    # ---- conditions ----

    def fits(self, when, obj, facts):
        if "types" in when and obj["type"] not in when["types"]:
            return False
        if "has" in when and all(at_pointer(obj, p) is None for p in when["has"]):
            return False
        for pointer, wanted in when.get("equals", {}).items():
            value = at_pointer(obj, pointer)
            if not any(v in wanted for v in (value if isinstance(value, list) else [value])):
                return False
        if "labels" in when and not any(
                label_is(text, wanted) for text in obj.get("labels", [])
                for wanted in when["labels"]):
            return False
        if facts["persons"] <= when.get("persons_over", 0) and when.get("persons_over", 0):
            return False
        if "facts" in when and not any(facts[f] for f in when["facts"]):
            return False
        if any(facts[f] for f in when.get("not_facts", [])):
            return False
        party, organisation = self.to
        names = (organisation["code"], party["code"], organisation["kind"])
        if "to" in when and not any(n in when["to"] for n in names):
            return False
        party, organisation = self.organisations.get(self.request["from"], ({}, {}))
        names = (organisation.get("code"), party.get("code"), organisation.get("kind"))
        if "from" in when and not any(n in when["from"] for n in names):
            return False
        basis = self.request.get("legal_basis", "")
        if self.request["purpose"] in when.get("not_purposes", []) \
                or basis not in when.get("basis", [basis]) or basis in when.get("not_basis", []):
            return False
        return self.request["purpose"] in when.get("purposes", [self.request["purpose"]]) \
            and self.request["area"] in when.get("areas", [self.request["area"]])

    # ---- the stages ----

    def decide(self, item):
        """The least strict outcome, and why: in a strict selection that of the strictest."""
        if not self.request.get("strict"):
            return self.decide_alone(item)
        found = {i: self.decide_alone(o) for i, o in self.items.items() if o["selected"]}
        own, why = found[item["object"]["id"]]
        worst = max((o for o, _ in found.values()), key=ORDER.index)
        if worst in ("ROUTE", "DENY") and own not in ("ROUTE", "DENY"):
            return "DENY", ["B-STRICT"]
        if worst == "HOLD" and own in ORDER[:2] and not item.get("approved"):
            return "HOLD", ["B-STRICT"]
        return own, why

    def decide_alone(self, item):
        found = self.first_three(item)
        if found:
            return ORDER[-1], [found]
        facts = self.facts(item)
        if self.is_stale(facts):
            return ORDER[-1], ["K-POC-STALE"]
        if self.to is None:
            return self.published(item, facts)
        findings = [*self.bars(facts), *self.originator(item, facts), *self.marked(facts),
                    *self.purpose(), *self.grounds(item["object"], facts), *self.categories(item["object"], facts),
                    *self.rules(item["object"], facts), *self.identity(facts)]
        if item.get("approved"):
            findings = [f for f in findings if f[0] != "HOLD"]
        worst = max((f[0] for f in findings), key=ORDER.index, default="ALLOW")
        return worst, sorted({f[1] for f in findings if f[0] == worst})

    def is_stale(self, facts):
        """The recipient's contact does not answer: the end, but for what everybody may have."""
        return self.request.get("poc_failed", 0) >= POC_FAILED \
            and rank(facts["tlp"]) > rank("GREEN")

    def published(self, item, facts):
        """To everybody goes what is CLEAR and our own; no category speaks of everybody."""
        own = item.get("originator", "") in ("", self.request["from"]) \
            and not item.get("received_under") \
            and (item.get("giver", "") in ("", self.request["from"]) or self.seen(item))
        if facts["tlp"] != "CLEAR" or not own or facts["unknown"]:
            return "DENY", ["M-CEIL"]
        worst = max((f[0] for f in [*self.bars(facts), *self.purpose(), *self.identity(facts)]),
                    key=ORDER.index, default="ALLOW")
        return worst, ["published"]

    def first_three(self, item):
        r, life = self.request, self.agreement["lifecycle"]
        if not r["realm"] or r["realm"] != r["order_realm"]:
            return "R-REALM"
        if not r["signed"] or r.get("terminated") or r.get("suspended") \
                or not instant(life["in_force_from"]) <= self.at < instant(life["expires_on"]):
            return "A-NOTINFORCE"
        areas = [a["code"] for a in self.agreement["areas"]]
        closed = r.get("suspended_areas", [])
        if (r["area"] and r["area"] not in areas) or r["area"] in closed \
                or (not r["area"] and closed):
            return "A-AREA-SUSPENDED"
        sender = self.organisations.get(r["from"])
        if self.request["to"] == "PUBLIC" and sender is not None:
            return None  # what may be published: see published()
        if self.to is None or sender is None or self.to[0]["code"] == sender[0]["code"]:
            return "A-SCOPE"
        if not r["verified"] or (r.get("key_until") and self.at >= instant(r["key_until"])):
            return "K-KEY"
        return None

    def bars(self, facts):
        if facts["classified"]:
            yield "DENY", "C-CLASSIFIED"
        if facts["tlp"] == "RED" and not self.to_person():
            yield "ROUTE", "M-RED"

    def to_person(self):
        return self.request["channel"] == "person" and bool(self.request.get("person"))

    def of_recipient(self, code):
        organisation = self.organisations.get(code)
        return bool(code) and (code == self.request["to"]
                               or organisation and organisation[0] is self.to[0])

    def seen(self, item):
        """We saw the same ourselves, and the agreement lets that count."""
        return item.get("own_observation", False) \
            and self.agreement["third_party"].get("reuse_own_observation", False)

    def originator(self, item, facts):
        giver, maker = item.get("giver", ""), item.get("originator", "")
        if any(self.of_recipient(c) for c in (giver, maker, *item.get("path", "").split())):
            yield "DENY", "O-ORCON"
            return
        foreign = bool(maker) and maker != self.request["from"]
        if giver and giver != self.request["from"]:
            foreign = not self.seen(item)
        if item.get("received_under"):
            foreign = True
        if foreign and facts["tlp"] != "CLEAR" and not facts["consent.technique"]:
            yield "DENY", "O-ORCON"

    def marked(self, facts):
        ceiling = self.agreement["marking_policy"]["ceiling_by_channel"][self.request["channel"]]
        if facts["unknown"] or facts["tlp"] == "none":
            yield "DENY", "M-UNKNOWN"
        if (facts["tlp"] != "RED" or self.to_person()) and rank(facts["tlp"]) > rank(ceiling):
            yield "DENY", "M-CEIL"
        if facts["marking.parted"]:
            yield "ALLOW_WITH_REDACTION", "M-CEIL"

    def purpose(self):
        if self.request["purpose"] not in [p["code"] for p in self.agreement["purposes"]]:
            yield "DENY", "P-PURPOSE"
        bases = self.agreement.get("legal_bases", [])
        cited = self.request.get("legal_basis", "")
        if cited and bases and not any(self.is_good(b) for b in bases if b["code"] == cited):
            yield "DENY", "L-BASIS"

    def is_good(self, basis):
        """In force for the sender; what it is for is not looked at here."""
        return basis.get("party", "") in ("", self.request["from"].partition(":")[0]) \
            and "in_force_from" in basis and instant(basis["in_force_from"]) <= self.at \
            and not ("in_force_until" in basis and self.at >= instant(basis["in_force_until"]))

    def grounds(self, obj, facts):
        """Personal data that is not withheld goes on a ground of its giver's own row."""
        told = obj["type"] in PERSONAL or facts["credential"] or facts["identity.person"]
        if not told or facts["withheld"] or facts["identity.organisation"]:
            return
        party = self.organisations[self.request["from"]][0]["code"]
        rows = [r for r in self.agreement["personal_data"].get("grounds_by_party", [])
                if r["party"] == party]
        cited = [b for b in self.agreement.get("legal_bases", [])
                 if b["code"] == self.request.get("legal_basis", "") and self.is_good(b)]
        if rows and not any(b["code"] in r["grounds"] for r in rows for b in cited):
            yield "DENY", "L-BASIS"

    def categories(self, obj, facts):
        placed = False
        for c in self.agreement["data_categories"]:
            if not self.fits(c["when"], obj, facts):
                continue
            yield outcome(c["ruling"]), c.get("reason", "")
            if (facts["tlp"] != "RED" or self.to_person()) \
                    and rank(facts["tlp"]) > rank(c["max_tlp"]):
                yield "DENY", "M-CEIL"
            placed = placed or "types" in c["when"]
        if not placed:
            yield "DENY", "D-CATEGORY"

    def rules(self, obj, facts):
        for r in self.binding():
            if self.fits(r["when"], obj, facts):
                yield outcome(r["ruling"]), r["reason"]

    def identity(self, facts):
        if facts["withheld"]:
            yield ("ALLOW_WITH_REDACTION" if facts["stand-in"] else "DENY"), "V-VICTIM"
        elif facts["tied"] or facts["mentions"]:
            yield "ALLOW_WITH_REDACTION", "V-VICTIM"

    # ---- what the program lets out ----

    def bytes(self, item, leaving, leaving_ids):
        """What must not be in the leaving object; leaving_ids: all that leave or are known."""
        for key, target in references(leaving):
            if target not in leaving_ids and target not in self.public:
                yield f"{key} dangles: {target}"
        for name in self.names:
            if any(name in fold(t) for _, t in texts(leaving)):
                yield f"tells {name}"
        cell = self.agreement.get("records", {}).get("statistics_cell", 5)
        for key, value in leaving.items():
            if key.startswith("x_") and key.endswith("_count") and key not in item["object"] \
                    and value < cell:
                yield f"counts {value} in {key}, below {cell}"
        if leaving["id"] != item["object"]["id"]:
            source = item["object"]["id"].partition("--")[2]
            if any(source in t for _, t in texts(leaving)):
                yield "names its source"
        if self.facts(item)["marking.parted"]:
            for definition, selectors in self.marking(item["object"])[2]:
                for s in selectors:
                    part = at_pointer(item["object"], "/" + re.sub(r"\.?\[?([^.\[\]]+)\]?", r"/\1", s)[1:])
                    above = definition[0] == "tlp" and self.above(definition[1])
                    if above and isinstance(part, str) and len(fold(part)) >= 8 \
                            and any(fold(part) in fold(t) for _, t in texts(leaving)):
                        yield f"tells a part marked {definition[1]}"

    def above(self, tlp):
        return rank(tlp) > rank(
            self.agreement["marking_policy"]["ceiling_by_channel"][self.request["channel"]])


def outcome(ruling):
    return {"allow": "ALLOW", "redact": "ALLOW_WITH_REDACTION", "hold": "HOLD",
            "deny": "DENY"}[ruling]

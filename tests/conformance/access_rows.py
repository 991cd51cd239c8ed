"""Who may do what, and how much of it."""

import json
import re
import time
import uuid

from checks import row
from http_rows import is_error
from server import basic, indicator, new_id


@row("TS-040", "TS-041", "TS-047")
def credentials(t):
    somewhere = ("/taxii2/", t.root, t.root + "collections/", t.collection, t.objects, t.manifest,
                 f"{t.objects}{new_id('tool')}/", f"{t.objects}{new_id('tool')}/versions/",
                 f"{t.root}status/{uuid.uuid4()}/")
    for path in somewhere:
        answer = t.get(path, account=None)
        is_error(answer, 401)
        assert answer.headers["www-authenticate"].startswith("Basic realm=")
    for wrong in (basic("meera", "wrong"), basic("nobody"), "Basic !!!", "Basic", "Bearer x", "Foo bar"):
        answer = t.get("/taxii2/", account=None, headers=[("Authorization", wrong)])
        is_error(answer, 401)
        assert answer.headers["www-authenticate"]
    is_error(t.post(indicator(), account="audit"), 403)


@row("TS-042", "TS-045", "TS-225")
def who_may_not_read_does_not_see(t):
    [thing] = t.fresh(1)[0]
    for account in ("ravi", "sita"):
        listed = t.get(t.root + "collections/", account=account).json.get("collections", [])
        assert t.id not in [c["id"] for c in listed]
        for path in (t.collection, t.objects, t.manifest, f"{t.objects}{thing['id']}/",
                     f"{t.objects}{thing['id']}/versions/"):
            is_error(t.get(path, account=account), 404)
        is_error(t.post(indicator(), account=account), 404)
        for c in listed:
            below = f"{t.root}collections/{c['id']}/objects/"
            assert thing["id"] not in t.page("", below, account=account).ids


@row("TS-043")
def reading_is_not_writing(t):
    listed = t.get(t.root + "collections/", account="audit").json["collections"]
    assert all(c["can_read"] and not c["can_write"] for c in listed)
    before = t.now()
    is_error(t.post(indicator(), account="audit"), 403)
    assert t.now() == before
    [released] = t.get("/ij-model/collections/", peer=True).json["collections"]
    assert released["can_write"] is False
    is_error(t.post_bytes(b'{"objects":[]}', peer=True,
                          path=f"/ij-model/collections/{released['id']}/objects/"), 403)


@row("TS-044")
def delete_needs_both_rights(t):
    [thing] = t.fresh(1)[0]
    path = f"{t.objects}{thing['id']}/"
    is_error(t.ask("DELETE", path, account="audit"), 403)
    is_error(t.ask("DELETE", path, account="ravi"), 404)
    is_error(t.ask("DELETE", path, account=None), 401)
    [released] = t.get("/ij-model/collections/", peer=True).json["collections"]
    below = f"/ij-model/collections/{released['id']}/objects/"
    first = t.page("limit=1", below, peer=True).ids[0]
    is_error(t.ask("DELETE", f"{below}{first}/", peer=True), 403)
    assert t.get(f"{below}{first}/", peer=True).status == 200
    assert t.get(path).status == 200


# What acme may do: can_read, can_write; then GET objects, POST, DELETE.
KINDS = {
    "box": (False, True, 403, 202, 403),
    "shared": (True, True, 200, 202, 404),
    "feed": (True, False, 200, 403, 403),
    "sign": (False, False, 404, 404, 404),
}


def guests(t, account="acme"):
    listed = t.get(t.root + "collections/", account=account).json.get("collections", [])
    return {c["alias"]: c for c in listed}


@row("TS-042", "TS-043", "TS-044", "TS-045", "TS-067")
def four_kinds_of_collections(t):
    listed = guests(t)
    assert listed.keys() == KINDS.keys()
    for name, (can_read, can_write, got, posted, deleted) in KINDS.items():
        c = listed[name]
        below = f"{t.root}collections/{c['id']}/"
        assert (c["can_read"], c["can_write"]) == (can_read, can_write), name
        assert t.get(below, account="acme").json == c
        thing = indicator(id=new_id("tool"))
        for tail in ("objects/", "manifest/", "objects/?match[type]=tool", "objects/?limit=x"):
            status = 400 if got == 200 and tail.endswith("=x") else got
            assert t.get(below + tail, account="acme").status == status, (name, tail)
        for tail in ("", "versions/"):
            missing = 404 if got == 200 else got
            assert t.get(f"{below}objects/{thing['id']}/{tail}", account="acme").status == missing, (name, tail)
        assert t.post(indicator(), path=below + "objects/", account="acme").status == posted, name
        assert t.ask("DELETE", f"{below}objects/{thing['id']}/", account="acme").status == deleted, name
    assert guests(t, "other") == {}
    is_error(t.get(f"{t.root}collections/vaulted/objects/", account="acme"), 404)


@row("TS-042", "TS-225")
def a_box_tells_nothing(t):
    """What is new, what is here and what contradicts it: one answer, in all its parts."""
    box = f"{t.root}collections/{guests(t)['box']['id']}/objects/"
    here, new = indicator(), indicator()
    assert t.post(here, path=box).json["success_count"] == 1

    def post(*objects):
        answer = t.post(*objects, path=box, account="acme")
        assert answer.status == 202 and answer.headers.keys().isdisjoint({"etag", "x-taxii-date-added-first"})
        status = answer.json
        assert t.get(f"{t.root}status/{status['id']}/", account="acme").json == status
        is_error(t.get(f"{t.root}status/{status['id']}/", account="other"), 404)
        text = answer.body.decode()
        for value in (status["id"], status["request_timestamp"], *(o["id"] for o in objects)):
            text = text.replace(value, "*")
        return text

    expected = post(new)
    assert post(new) == post(here) == expected
    contradiction = here | {"name": "another"}
    assert post(contradiction) == expected
    # Our own people are told, and keep what was there first.
    assert [o["name"] for o in t.get(f"{box}{here['id']}/").objects] == [here["name"]]
    assert [o["id"] for o in t.get(f"{box}{new['id']}/").objects] == [new["id"]]
    for tail in (f"{here['id']}/", f"{new_id('tool')}/", f"?match[id]={here['id']}", "?added_after=2020-01-01T00:00:00Z"):
        refused = is_error(t.get(box + tail, account="acme"), 403)
        assert refused["error_code"] == "taxii.write-only"
        quoted = t.get(box + tail, account="acme", headers=[("If-None-Match", "*")])
        assert quoted.status == 403 and "etag" not in quoted.headers


@row("TS-045")
def a_guest_has_nothing_else(t):
    for path in ("/api/v1/objects", "/api/v1/events", "/api/v1/releases", "/api/v1/collections", "/api/v1/peers"):
        assert t.get(path, account="acme", accept=None).status == 403, path
    assert t.id not in [c["id"] for c in guests(t).values()]
    is_error(t.get(t.objects, account="acme"), 404)
    is_error(t.post(indicator(), account="acme"), 404)


@row("TS-046")
def hidden_looks_like_missing(t):
    missing = t.collection.replace(t.id, str(uuid.uuid4()))
    for tail in ("", "objects/", "manifest/", f"objects/{new_id('tool')}/"):
        hidden, nothing = t.get(t.collection + tail, account="ravi"), t.get(missing + tail, account="ravi")
        assert hidden.status == nothing.status == 404
        assert hidden.json | {"error_id": 0} == nothing.json | {"error_id": 0}
        same = hidden.headers.keys() - {"date", "x-request-id"}
        assert hidden.headers.keys() == nothing.headers.keys()
        assert all(hidden.headers[n] == nothing.headers[n] for n in same)


@row("TS-048")
def conditions_in_their_order(t):
    put, bad = "PUT", "text/html"
    is_error(t.get("/local/nothing/", account=None), 404)
    is_error(t.ask(put, t.objects, account=None), 401)
    is_error(t.ask(put, t.objects, accept=bad), 405)
    is_error(t.post_bytes(b"x", "text/plain", account="ravi", accept=bad), 404)
    is_error(t.post_bytes(b"x", "text/plain", account="audit", accept=bad), 403)
    is_error(t.post_bytes(b"x", "text/plain", accept=bad), 406)
    is_error(t.post_bytes(b"x", "text/plain"), 415)
    is_error(t.page("limit=0", accept=bad), 406)


@row("TS-049")
def a_status_is_the_posters_own(t):
    status = t.add(indicator()).json["id"]
    path = f"{t.root}status/{status}/"
    assert t.get(path).status == 200
    for account in ("audit", "arjun", "ravi"):
        is_error(t.get(path, account=account), 404)
    is_error(t.get(f"/ij-model/status/{status}/", peer=True), 404)


@row("TS-050", "TS-152")
def refusals_are_in_the_log(t):
    body = is_error(t.post(indicator(), account="audit"), 403)
    log = (t.node.folder / "node.log").read_text()
    [line] = [entry for entry in log.splitlines() if body["error_id"] in entry and "http.refused" in entry]
    assert body["error_code"] in line
    assert is_error(t.post(indicator(), account="audit"), 403)["error_code"] == body["error_code"]
    for answer in (t.page("limit=x"), t.post_bytes(b"{"), t.get("/local/x/")):
        assert not re.search(r"/tmp|\.c\b|sqlite|SELECT|src/", answer.body.decode())


@row("TS-227")
def who_sends_too_much_waits(t):
    before = t.restart(requests=60)
    assert "requests = 6000" in before
    try:
        answers = [t.get(t.root) for _ in range(62)]
        assert [a.status for a in answers[:60]] == [200] * 60
        is_error(answers[-1], 429)
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 2
        assert t.get(t.root, account="audit").status == 200
        assert t.get("/ij-model/", peer=True).status == 200
        time.sleep(int(answers[-1].headers["retry-after"]))
        assert t.get(t.root).status == 200
    finally:
        t.restart(requests=6000)


@row("TS-042", "TS-224")
def tokens_have_their_part(t):
    """A token that may only write sees what it may write; one of a guest has what the guest has."""
    def ask(token, path, body=None):
        headers = [("Authorization", f"Bearer {token['token']}")]
        if body is None:
            return t.get(path, account=None, headers=headers)
        return t.post_bytes(body, path=path, account=None, headers=headers)

    def flags(token):
        listed = ask(token, t.root + "collections/").json.get("collections", [])
        return {c["id"]: (c["can_read"], c["can_write"]) for c in listed}

    envelope = json.dumps({"objects": [indicator()]}).encode()
    made = {scope: t.node.api("POST", "/tokens", {"label": scope, "scopes": [scope], "days": 1}, account="meera")
            for scope in ("read", "write", "session")}
    assert flags(made["read"])[t.id] == (True, False) and flags(made["write"])[t.id] == (False, True)
    is_error(ask(made["write"], t.objects), 403)
    is_error(ask(made["read"], t.objects, envelope), 403)
    assert ask(made["write"], t.objects, envelope).status == 202
    assert "message" not in ask(made["write"], t.objects, envelope).json["successes"][0]
    is_error(ask(made["session"], t.root + "collections/"), 403)
    guest = t.node.api("POST", "/tokens", {"label": "box", "scopes": ["collections"], "days": 1}, account="acme")
    mine = guests(t)
    assert flags(guest) == {c["id"]: (c["can_read"], c["can_write"]) for c in mine.values()}
    assert ask(guest, f"{t.root}collections/{mine['box']['id']}/objects/", envelope).status == 202


# ---- collections that a query defines ----

GREEN, AMBER, RED = (f"marking-definition--{u}" for u in (
    "bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "55d920b0-5e8b-4f79-9ee9-91f868d9b421", "e828b379-4e03-4974-9ac4-e53a884c97c1"))


def define(t, name, **query):
    t.node.run("collection", "define", name, "--title", name, "--query", json.dumps({"from": ["shared"], **query}))
    return f"{t.root}collections/{name}/"


def energy(**more):
    return indicator(labels=["energy"], object_marking_refs=[AMBER], **more)


@row("TS-228")
def a_query_defines_a_collection(t):
    below = define(t, "energy", tlp="AMBER", labels=["energy"], types=["indicator"], since="2026-01-01T00:00:00Z")
    shared = f"{t.root}collections/shared/objects/"
    fits = energy()
    others = [indicator(labels=["energy"]), indicator(labels=["energy"], object_marking_refs=[RED]), indicator(object_marking_refs=[GREEN]),
              energy(created="2025-12-31T23:59:59.000Z")]
    assert t.post(fits, *others, path=shared).json["failure_count"] == 0
    assert t.page("", below + "objects/").ids == [fits["id"]]
    c = t.get(below).json
    assert c["can_read"] is True and c["can_write"] is False
    is_error(t.post(energy(), path=below + "objects/"), 403)
    is_error(t.ask("DELETE", f"{below}objects/{fits['id']}/"), 403)
    # Its own dates; the same bytes; each endpoint.
    one = t.get(f"{below}objects/{fits['id']}/")
    assert one.objects == [fits] == t.get(f"{shared}{fits['id']}/").objects
    assert t.get(f"{below}objects/{fits['id']}/versions/").json["versions"] == [fits["modified"]]
    assert [e["version"] for e in t.page("", below + "manifest/").objects] == [fits["modified"]]
    is_error(t.get(f"{below}objects/{others[0]['id']}/"), 404)
    # A version that does not satisfy it takes the object out; pages that were kept do not stay.
    tag = t.page("", below + "objects/").headers["etag"]
    again = [("If-None-Match", tag)]
    assert t.page("", below + "objects/", headers=again).status == 304
    stricter = fits | {"modified": "2026-02-01T00:00:00.000Z", "object_marking_refs": [RED]}
    assert t.post(stricter, path=shared).json["success_count"] == 1
    assert t.page("", below + "objects/", headers=again).ids == []
    for query in ("match[version]=all", "match[version]=first", f"match[version]={fits['modified']}"):
        assert t.page(query, below + "objects/").ids == [], query
    assert t.get(f"{shared}{fits['id']}/").objects == [stricter]


@row("TS-228", "TS-143")
def pages_of_a_query_join(t):
    """While objects arrive, who pages by next or by dates ends with all, each once."""
    below = define(t, "joined", labels=["joined"]) + "objects/"
    shared = f"{t.root}collections/shared/objects/"
    made = [indicator(labels=["joined"] if n % 3 else ["other"]) for n in range(30)]
    wanted = [o["id"] for o in made if "joined" in o["labels"]]
    seen, more = [], "added_after=2020-01-01T00:00:00Z"
    for n in range(0, 30, 3):
        assert t.post(*made[n:n + 3], path=shared).status == 202
        answer = t.page(f"limit=1&{more}", below)
        seen += answer.ids
        more = f"added_after={answer.headers['x-taxii-date-added-last']}"
    seen += [o["id"] for o in t.walk(f"limit=4&{more}", below)]
    assert seen == wanted == [o["id"] for o in t.walk("limit=7", below, by="date")]


@row("TS-225", "TS-228")
def a_query_widens_no_compartment(t):
    below = define(t, "feeding", labels=["feeding"])
    vaulted = t.node.run("collection", "define", "spy", "--title", "spy", "--query", json.dumps({"from": ["vaulted"]}),
                         check=False)
    assert vaulted.returncode != 0 and b"of our own in that organisation and enclave" in vaulted.stderr
    for account in ("ravi", "sita", "acme", "other"):
        is_error(t.get(below + "objects/", account=account), 404)
    is_error(t.get("/ij-model/collections/feeding/objects/", peer=True), 404)
    t.node.run("collection", "access", "feeding", "--account", "acme", "--rights", "read")
    assert t.get(below + "objects/", account="acme").status == 200
    assert guests(t)["feeding"]["can_write"] is False
    t.node.run("collection", "remove", "feeding")
    is_error(t.get(below + "objects/", account="acme"), 404)
    assert "feeding" not in guests(t)
    assert t.node.run("collection", "remove", "shared", check=False).returncode != 0

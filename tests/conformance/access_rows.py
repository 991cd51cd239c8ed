"""Who may do what, and how much of it."""

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

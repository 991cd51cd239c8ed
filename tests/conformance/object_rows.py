"""Envelopes, statuses, adding and deleting."""

import json
import uuid

from http_rows import is_error
from query_rows import versions
from checks import row
from server import DATE, TAXII, indicator, new_id, version_of


def counts(status):
    return tuple(status[f"{n}_count"] for n in ("total", "success", "failure", "pending"))


def envelope(text):
    return b'{"objects":[' + text + b"]}"


# ---- what comes back ----


@row("TS-155", "TS-157")
def bytes_come_back(t):
    thing = indicator(x_numbers=[1, 0.1, 1e30], x_text="\u00e9 \U0001f600 / \" \\", confidence=7,
                      modified="2026-01-01T00:00:00.1Z")
    odd = json.dumps(thing).replace("1e+30", "1.0E30").replace(": 7", ":7 ")
    assert t.post_bytes(envelope(odd.encode())).json["failure_count"] == 0
    got = t.get(f"{t.objects}{thing['id']}/")
    assert odd.encode() in got.body and got.json.keys() <= {"more", "next", "objects"}
    assert t.entry(thing["id"])["version"] == "2026-01-01T00:00:00.1Z"


@row("TS-165", "TS-166")
def lists_of_versions(t):
    a, b, c = versions(3)
    t.add(c)
    t.add(a, b, c)
    got = t.get(f"{t.objects}{a['id']}/versions/").json
    assert got["versions"] == [x["modified"] for x in (c, a, b)]
    marking = {"type": "marking-definition", "spec_version": "2.1", "id": new_id("marking-definition"),
               "created": "2026-01-02T03:04:05.000Z", "definition_type": "statement",
               "definition": {"statement": "made for a test"}}
    t.add(marking)
    got = t.get(f"{t.objects}{marking['id']}/versions/").json
    assert got["versions"] == [marking["created"]]
    assert t.entry(marking["id"])["version"] == marking["created"]


# ---- status ----


@row("TS-170", "TS-171", "TS-172", "TS-175", "TS-180")
def statuses(t):
    good, bad = indicator(), indicator(pattern=7)
    for objects, expected in (([good], (1, 1, 0, 0)), ([bad], (1, 0, 1, 0)),
                              ([indicator(), bad, indicator()], (3, 2, 1, 0))):
        answer = t.post(*objects)
        status = answer.json
        assert answer.status == 202 and status["status"] == "complete"
        assert uuid.UUID(status["id"]).version == 4 and DATE.fullmatch(status["request_timestamp"])
        assert counts(status) == expected
        for member, n in (("successes", expected[1]), ("failures", expected[2])):
            assert len(status.get(member, [])) == n and status.get(member) != []
            for detail in status.get(member, []):
                assert detail["id"] in [o["id"] for o in objects] and detail["version"]
        assert t.get(f"{t.root}status/{status['id']}/").json == status


@row("TS-173", "TS-174")
def a_status_stays(t):
    [thing] = t.fresh(1)[0]
    path = f"{t.root}status/{t.add(thing).json['id']}/"
    before = t.get(path).body
    t.add(version_of(thing, "2026-06-01T00:00:00.000Z"))
    assert t.get(path).body == before
    for unknown in (str(uuid.uuid4()), "x", t.id):
        is_error(t.get(f"{t.root}status/{unknown}/"), 404)


@row("TS-176", "TS-183", "TS-222")
def failures_say_why(t):
    good = [indicator(), indicator()]
    bad = [indicator(pattern=7), indicator(created="yesterday"), indicator(pattern_type=None)]
    status = t.post(good[0], *bad, good[1]).json
    assert counts(status) == (5, 2, 3, 0)
    assert [f["id"] for f in status["failures"]] == [o["id"] for o in bad]
    assert "/pattern" in status["failures"][0]["message"] and "SI-" in status["failures"][0]["message"]
    assert all(f["message"] and f["version"] for f in status["failures"])
    for thing in good:
        assert t.get(f"{t.objects}{thing['id']}/").objects == [thing]
    for thing in bad:
        is_error(t.get(f"{t.objects}{thing['id']}/"), 404)


@row("TS-145", "TS-174", "TS-177", "TS-190")
def a_restart_loses_nothing(t):
    things, after = t.fresh(4)
    status = t.post(indicator(), indicator(pattern=7)).json
    token = t.page(f"{after}&limit=2").json["next"]
    before = t.walk("", t.manifest)
    t.node.stop("kill")
    t.node.start()
    t.forget_connections()
    assert t.walk("", t.manifest) == before
    assert t.get(f"{t.root}status/{status['id']}/").json == status
    assert t.page(f"{after}&limit=2&next={token}").ids == [x["id"] for x in things[2:]]


# ---- adding ----


@row("TS-181")
def bodies_that_are_no_envelope(t):
    for body in (b"", b"{", b"x", b'{"objects":[}', b"\xef\xbb\xbf{}"):
        assert t.post_bytes(body).status in (400, 422), body
        is_error(t.post_bytes(body), t.post_bytes(body).status)
    for body in (b"{}", b"[]", b"7", b"null", b'{"objects":[]}', b'{"objects":{}}', b'{"object":[{}]}'):
        is_error(t.post_bytes(body), 422)


@row("TS-184")
def elements_without_id(t):
    good = indicator()
    for element in ({"type": "tool"}, 7, None, [], "x", {"id": 7}, {"id": ""}):
        before = t.now()
        body = is_error(t.post(good, element), 422)
        assert "/objects/1" in json.dumps(body)
        assert t.now() == before
    is_error(t.get(f"{t.objects}{good['id']}/"), 404)


@row("TS-185")
def the_same_version_with_other_content(t):
    [thing] = t.fresh(1)[0]
    status = t.post(thing | {"name": "another"}).json
    assert counts(status) == (1, 0, 1, 0) and status["failures"][0]["message"]
    assert t.get(f"{t.objects}{thing['id']}/").objects == [thing]


@row("TS-186")
def an_older_version_later(t):
    old, new = versions(2)
    t.add(new)
    t.add(old)
    assert t.page(f"match[id]={old['id']}").objects == [new]
    assert t.page(f"match[id]={old['id']}&match[version]=all").objects == [new, old]


@row("TS-187")
def twice_in_one_envelope(t):
    thing = indicator()
    assert counts(t.post(thing, thing).json) == (2, 2, 0, 0)
    other = indicator()
    status = t.post(other, other | {"name": "another"}).json
    assert counts(status) == (2, 1, 1, 0)
    assert t.get(f"{t.objects}{other['id']}/").objects == [other]


@row("TS-188")
def references_to_nothing(t):
    t.add(indicator(created_by_ref=new_id("identity")),
          indicator(object_marking_refs=[new_id("marking-definition")]))


@row("TS-189")
def another_stix_version(t):
    old = indicator(labels=["malicious-activity"])
    del old["spec_version"]
    good = indicator()
    status = t.post(old, good, indicator(spec_version="2.0"), indicator(spec_version="3.0")).json
    assert counts(status) == (4, 1, 3, 0)
    assert [s["id"] for s in status["successes"]] == [good["id"]]


@row("TS-191", "TS-214")
def custom_properties(t):
    thing = indicator()
    answer = t.post(thing, x_1105e147_test_client="a", more=False, next="x", x_list=[1, {"a": 2}])
    assert answer.status == 202 and counts(answer.json) == (1, 1, 0, 0)
    assert t.get(f"{t.objects}{thing['id']}/").objects == [thing]


@row("TS-192")
def bundles(t):
    inside = indicator()
    bundle = {"type": "bundle", "id": new_id("bundle"), "objects": [inside]}
    status = t.post(bundle).json
    assert counts(status) == (1, 0, 1, 0) and "bundle" in status["failures"][0]["message"]
    assert t.post_bytes(json.dumps(bundle).encode()).status == 202
    assert t.get(f"{t.objects}{inside['id']}/").objects == [inside]
    assert "bundle" not in {o["type"] for o in t.walk("limit=1000")}


@row("TS-193")
def bounds_of_bodies(t):
    deep = b'{"a":' * 10_000 + b"1" + b"}" * 10_000
    assert t.post_bytes(envelope(deep)).status in (413, 422)
    many = envelope(b",".join([b'{"id":"tool--x"}'] * 10_001))
    is_error(t.post_bytes(many), 422)
    assert t.get("/taxii2/").status == 200


@row("TS-194")
def hostile_json(t):
    thing = json.dumps(indicator()).encode()
    before = t.now()
    for what in (thing.replace(b'"name"', b'"type"'), thing.replace(b"made for", b"\xff\xfe"),
                 thing.replace(b"made for", b"\\ud800"), thing.replace(b"made for", b"a\x00b")):
        answer = t.post_bytes(envelope(what))
        assert answer.status == 422 or (answer.status == 202 and counts(answer.json)[1] == 0), answer
    big = indicator(confidence=2**53 + 1)
    assert counts(t.post(big).json) == (1, 0, 1, 0)
    assert t.now() == before


# ---- deleting ----


@row("TS-200", "TS-201", "TS-203")
def deleting(t):
    things, after = t.fresh(2)
    path = f"{t.objects}{things[0]['id']}/"
    answer = t.ask("DELETE", path)
    assert (answer.status, answer.body, answer.headers["content-type"]) == (200, b"", TAXII)
    assert answer.headers["content-length"] == "0"
    is_error(t.get(path), 404)
    is_error(t.get(path + "versions/"), 404)
    assert t.page(after).ids == t.page(after, t.manifest).ids == [things[1]["id"]]
    assert t.page(f"match[id]={things[0]['id']}").json in ({}, {"more": False})
    is_error(t.ask("DELETE", path), 404)
    is_error(t.ask("DELETE", f"{t.objects}{new_id('tool')}/"), 404)


@row("TS-202")
def deleting_versions(t):
    many = versions(4)
    t.add(*many)
    path = f"{t.objects}{many[0]['id']}/"
    everything = path + "?match[version]=all"
    assert t.ask("DELETE", f"{path}?match[version]={many[1]['modified']}").status == 200
    assert t.get(everything).objects == [many[0], many[2], many[3]]
    is_error(t.ask("DELETE", f"{path}?match[version]={many[1]['modified']}"), 404)
    is_error(t.ask("DELETE", path + "?match[version]=last"), 403)
    assert t.get(path).objects == [many[3]]
    assert t.ask("DELETE", path + "?match[version]=first").status == 200
    assert t.get(everything).objects == [many[2], many[3]]
    is_error(t.ask("DELETE", path + "?match[version]=all,last"), 400)
    is_error(t.ask("DELETE", path + "?match[spec_version]=2.0"), 404)
    t.add(many[3] | {"modified": "2026-09-01T00:00:00.000Z"})
    assert t.ask("DELETE", path).status == 200
    is_error(t.get(everything), 404)


@row("TS-202")
def what_the_gate_must_not_forget(t):
    """Whose name is withheld, and what ties it: an analyst cannot make the gate forget them."""
    person = {"type": "identity", "spec_version": "2.1", "id": new_id("identity"), "name": "Indus Valley Clinic",
              "created": "2026-11-01T00:00:00.000Z", "modified": "2026-11-01T00:00:00.000Z"}
    t.add(person)
    path = f"{t.objects}{person['id']}/"
    is_error(t.ask("DELETE", path), 403)
    assert t.get(path).objects == [person]


@row("TS-204")
def adding_again(t):
    [thing] = t.fresh(1)[0]
    path = f"{t.objects}{thing['id']}/"
    before = t.entry(thing["id"])["date_added"]
    assert t.ask("DELETE", path).status == 200
    t.add(thing)
    assert t.get(path).objects == [thing]
    assert t.entry(thing["id"])["date_added"] > before


@row("TS-205")
def deleting_while_somebody_pages(t):
    things, after = t.fresh(5)
    names = [x["id"] for x in things]
    first = t.page(f"{after}&limit=2")
    for name in (names[1], names[2]):
        assert t.ask("DELETE", f"{t.objects}{name}/").status == 200
    assert t.page(f"{after}&limit=2&next={first.json['next']}").ids == names[3:]


@row("TS-201")
def what_was_deleted_is_not_released(t):
    item = t.tale.holds()[0]
    assert t.ask("DELETE", f"{t.objects}{item['id']}/").status == 200
    answer = t.tale.approve(item, role=item["missing"][0])
    assert answer.status == 404, answer.body
    states = {r["state"] for r in t.node.api("GET", "/releases", account="meera")["items"]
              if r["source_id"] == item["id"]}
    assert states == {"held"}


@row("TS-201")
def deleting_recalls_nothing(t):
    released = t.tale.released()[0]
    [theirs] = t.get("/ij-model/collections/", peer=True).json["collections"]
    path = f"/ij-model/collections/{theirs['id']}/objects/{released['leaving_id']}/"
    before = t.get(path, peer=True)
    assert before.status == 200
    assert t.ask("DELETE", f"{t.objects}{released['source_id']}/").status == 200
    assert t.get(path, peer=True).body == before.body

"""Filters, pages, order."""

import json
import random
import uuid

from http_rows import is_error
from checks import row
from server import DATE, FIRST, LAST, indicator, new_id, version_of

FOUND = "observable that nobody has seen"


def address(n):
    # An object without times: its version is the date at which it came.
    value = f"2001:db8::{n:x}:{random.randrange(65536):x}:{random.randrange(65536):x}"
    namespace = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
    made = uuid.uuid5(namespace, json.dumps({"value": value}, separators=(",", ":")))
    return {"type": "ipv6-addr", "spec_version": "2.1", "id": f"ipv6-addr--{made}", "value": value}


def versions(n, **more):
    thing = indicator(**more)
    return [version_of(thing, f"2026-02-{i + 1:02}T00:00:00.000Z", name=f"number {i}") for i in range(n)]


# ---- order ----


@row("TS-080", "TS-082", "TS-083")
def dates_ascend(t):
    t.fresh(20)
    dates = [e["date_added"] for e in t.walk("", t.manifest)]
    assert dates == sorted(set(dates)) and all(DATE.fullmatch(d) for d in dates)


@row("TS-081", "TS-182")
def a_duplicate_moves_nothing(t):
    [thing] = t.fresh(1)[0]
    before = t.entry(thing["id"])
    again = t.add(thing).json
    assert (again["success_count"], again["failure_count"]) == (1, 0)
    assert again["successes"][0]["message"]
    assert t.entry(thing["id"]) == before


# ---- parameters as a whole ----


@row("TS-090", "TS-093")
def malformed_parameters(t):
    once = ("limit=1", "added_after=2026-01-01T00:00:00Z", "match[id]=a", "match[type]=tool",
            "match[version]=all", "match[spec_version]=2.1", "next=")
    for p in once:
        is_error(t.page(f"{p}&{p}"), 400)
        is_error(t.page(f"{p}&{p}", t.manifest), 400)
    for p in ("limit=-1", "added_after=now", "next=x", "match[version]=newest"):
        for path in (t.objects, t.manifest):
            is_error(t.page(p, path), 400)


@row("TS-091", "TS-102")
def without_parameters(t):
    old, new = versions(2)
    t.add(old, new)
    got = t.walk("")
    assert [o for o in got if o["id"] == new["id"]] == [new]
    assert [o["id"] for o in got] == [e["id"] for e in t.walk("", t.manifest)]
    assert t.page("limit=1").headers[FIRST] == min(e["date_added"] for e in t.walk("", t.manifest))


@row("TS-092")
def filters_together(t):
    things, after = t.fresh(4)
    other = address(1)
    t.add(other)
    a, b = things[0]["id"], things[1]["id"]
    assert t.page(f"{after}&match[id]={a},{b},{other['id']}").ids == [a, b, other["id"]]
    assert t.page(f"match[id]={a},{other['id']}&match[type]=ipv6-addr").ids == [other["id"]]
    assert t.page(f"match[id]={a},{other['id']}&match[type]=ipv6-addr,indicator").ids == [a, other["id"]]
    assert t.page(f"match[id]={a}&match[type]=ipv6-addr").ids == []


@row("TS-094", "TS-095")
def foreign_parameters(t):
    [thing] = t.fresh(1)[0]
    whole = t.page(f"match[id]={thing['id']}").body
    for more in ("match[tlp]=white", "cache=1", "match[confidence-gte]=50", "_=7&_=8"):
        assert t.page(f"match[id]={thing['id']}&{more}").body == whole
    one = f"{t.objects}{thing['id']}/"
    assert t.get(one + "?match[type]=tool").objects == [thing]
    assert t.get(one + "?match[id]=tool--x").objects == [thing]
    assert t.get(one + "versions/?match[version]=first").json["versions"]
    is_error(t.get(one + "?match[type]="), 400)
    is_error(t.get(one + "versions/?match[version]=all,last"), 400)


@row("TS-096")
def empty_members(t):
    for name in ("id", "type", "spec_version", "version"):
        for value in ("", ",", "a,", ",a", "a,,b", "a,%20b", "%20a", "a+b", "a%09"):
            is_error(t.page(f"match[{name}]={value}"), 400)
    assert t.page("limit=1&next=").body == t.page("limit=1").body


# ---- added_after ----


@row("TS-100")
def added_after_is_exclusive(t):
    things, after = t.fresh(3)
    dates = [e["date_added"] for e in t.page(after, t.manifest).objects]
    for i, date in enumerate(dates):
        assert t.page(f"added_after={date}").ids == [x["id"] for x in things[i + 1:]]
        assert t.page(f"added_after={date}", t.manifest).ids == [x["id"] for x in things[i + 1:]]


@row("TS-101")
def forms_of_added_after(t):
    for good in ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00.5Z", "2020-01-01T00:00:00.123456789Z",
                 "2024-02-29T23:59:59.999999Z"):
        assert t.page(f"limit=1&added_after={good}").status == 200, good
    for bad in ("2020-01-01t00:00:00Z", "2020-01-01T00:00:00z", "2020-01-01T00:00:00%2B00:00",
                "2020-01-01%2000:00:00Z", "2020-01-01", "2020-13-01T00:00:00Z", "2020-02-30T00:00:00Z",
                "2020-01-01T24:00:00Z", "2020-01-01T00:00:60Z", "2016-12-31T23:59:60Z", "",
                "2020-01-01T00:00:00", "2020-01-01T00:00:00.Z", "0000-01-01T00:00:00Z"):
        is_error(t.page(f"added_after={bad}"), 400)
    things, after = t.fresh(2)
    date = t.entry(things[0]["id"])["date_added"]
    assert t.page(f"added_after={date[:-1]}999Z").ids == [things[1]["id"]]


@row("TS-103", "TS-156")
def nothing_in_the_future(t):
    answer = t.page("added_after=2999-01-01T00:00:00Z")
    assert answer.status == 200 and answer.json in ({}, {"more": False})


# ---- limit ----


@row("TS-105")
def forms_of_limit(t):
    for bad in ("0", "-1", "x", "1.5", "1e3", "", "%2B5", "%205", "0x10", str(2**53), "9" * 30, "00"):
        is_error(t.page(f"limit={bad}"), 400)
    assert len(t.page("limit=003").objects) == 3
    assert t.page(f"limit={2**53 - 1}").status == 200


@row("TS-106", "TS-107", "TS-108", "TS-140", "TS-141", "TS-148")
def bounds_of_pages(t):
    _, after = t.fresh(5)
    for path in (t.objects, t.manifest):
        for limit in (1, 4, 5, 6, 1000):
            got = t.page(f"{after}&limit={limit}", path).json
            assert len(got["objects"]) == min(limit, 5)
            assert got.get("more", False) is (limit < 5)
            assert ("next" in got) is (limit < 5)


@row("TS-109", "TS-220")
def our_own_bound(t):
    _, after = t.fresh(1001)
    for query in (after, f"{after}&limit=100000"):
        got = t.page(query, t.manifest).json
        assert (len(got["objects"]), got["more"]) == (1000, True)
    assert len(t.page(after).objects) == 1000
    assert len(t.walk(after, t.manifest)) == 1001


# ---- match ----


@row("TS-112")
def match_id(t):
    things, _ = t.fresh(2)
    name = things[0]["id"]
    assert t.page(f"match[id]={name}").objects == [things[0]]
    for odd in (new_id("tool"), name[:-1], name.upper(), "x", "no id at all!".replace(" ", "-"), "*", "%25"):
        answer = t.page(f"match[id]={odd}")
        assert answer.status == 200 and answer.ids == []


STIX_TYPES = """attack-pattern campaign course-of-action grouping identity incident indicator
infrastructure intrusion-set location malware malware-analysis note observed-data opinion report
threat-actor tool vulnerability relationship sighting artifact autonomous-system directory domain-name
email-addr email-message file ipv4-addr ipv6-addr mac-addr mutex network-traffic process software url
user-account windows-registry-key x509-certificate extension-definition language-content
marking-definition bundle x-anything"""


@row("TS-114")
def match_type(t):
    _, after = t.fresh(1)
    t.add(address(2))
    for kind in STIX_TYPES.split():
        answer = t.page(f"{after}&match[type]={kind}")
        assert answer.status == 200
        assert {o["type"] for o in answer.objects} == ({kind} & {"indicator", "ipv6-addr"})
    assert t.page(f"{after}&match[type]=Indicator").ids == []


@row("TS-116", "TS-117")
def match_spec_version(t):
    things, after = t.fresh(2)
    bare = address(3)
    del bare["spec_version"]
    t.add(bare)
    everything = [*(x["id"] for x in things), bare["id"]]
    assert t.page(f"{after}&match[spec_version]=2.1").ids == everything
    assert t.page(f"{after}&match[spec_version]=2.0,2.1").ids == everything
    assert t.page(f"{after}&match[spec_version]=2.0").ids == []
    assert t.page(after).ids == everything


@row("TS-120", "TS-158")
def match_version(t):
    a, b, c = versions(3)
    t.add(b)
    t.add(c, a)
    name = a["id"]
    for path, get in ((t.objects, f"match[id]={name}&"), (f"{t.objects}{name}/", "")):
        for value, expected in (
                ("last", [c]), ("first", [a]), ("all", [b, c, a]), (b["modified"], [b]),
                ("last,first", [c, a]), (f"first,last,{b['modified']}", [b, c, a]),
                (f"last,{c['modified']}", [c]), ("2001-01-01T00:00:00Z", [])):
            got = t.page(f"{get}match[version]={value}", path)
            assert got.objects == expected, (value, path)
        assert t.page(get.rstrip("&"), path).objects == [c]
    assert t.page(f"match[id]={name}&match[version]=all", t.manifest).ids == [name] * 3


@row("TS-121")
def malformed_versions(t):
    for value in ("all,last", "all,2020-01-01T00:00:00Z", "last,last", "first,first", "newest", "Last",
                  "2020-01-01T00:00:00Z,2020-01-01T00:00:00Z", "2020-01-01", "1", "2020-13-01T00:00:00Z"):
        for path in (t.objects, t.manifest, f"{t.objects}{new_id('tool')}/"):
            is_error(t.page(f"match[version]={value}", path), 400)


@row("TS-122")
def versions_are_instants(t):
    thing = indicator()
    # As text the second would stand before the first, and be a version of its own.
    early = version_of(thing, "2026-03-01T00:00:00.9Z", name="early")
    late = version_of(thing, "2026-03-01T00:00:01Z", name="late")
    t.add(late, early)
    assert t.page(f"match[id]={thing['id']}").objects == [late]
    assert t.page(f"match[id]={thing['id']}&match[version]=first").objects == [early]


@row("TS-123")
def versions_at_full_precision(t):
    thing = indicator()
    one = version_of(thing, "2026-03-01T00:00:00.1234567Z", name="one")
    two = version_of(thing, "2026-03-01T00:00:00.1234568Z", name="two")
    t.add(one, two)
    where = f"match[id]={thing['id']}&match[version]="
    assert t.page(where + "2026-03-01T00:00:00.1234567Z").objects == [one]
    assert t.page(where + "2026-03-01T00:00:00.12345680Z").objects == [two]
    assert t.page(where + "2026-03-01T00:00:00.123456Z").objects == []
    assert t.page(where + "last").objects == [two]


@row("TS-124")
def version_of_an_observable(t):
    thing = address(4)
    status = t.add(thing).json
    entry = t.entry(thing["id"])
    told = status["successes"][0]["version"]
    assert told == entry["version"] == entry["date_added"]
    assert t.get(f"{t.objects}{thing['id']}/versions/").json["versions"] == [told]
    assert t.page(f"match[id]={thing['id']}&match[version]={told}").objects == [thing]


@row("TS-125")
def a_late_old_version_does_not_come_back(t):
    old, new = versions(2)
    t.add(new)
    date = t.entry(new["id"])["date_added"]
    t.add(old)
    where = f"match[id]={new['id']}&added_after={date}"
    assert t.page(where).objects == []
    assert t.page(where + "&match[version]=all").objects == [old]
    assert t.page(f"{where}&match[version]={old['modified']}").objects == [old]


@row("TS-126", "TS-160", "TS-161", "TS-162")
def manifests(t):
    things, after = t.fresh(2)
    t.add(address(5))
    got = t.page(f"{after}&match[type]=indicator", t.manifest)
    assert got.json.keys() <= {"more", "objects"} and got.ids == [x["id"] for x in things]
    for entry, thing in zip(got.objects, things):
        assert entry["version"] == thing["modified"] and DATE.fullmatch(entry["date_added"])
        assert entry["media_type"] == "application/stix+json;version=2.1"
    assert t.page("match[type]=x-nothing", t.manifest).json in ({}, {"more": False})


@row("TS-127")
def one_object(t):
    [thing] = t.fresh(1)[0]
    here, gone = f"{t.objects}{thing['id']}/", f"{t.objects}{new_id('tool')}/"
    assert t.get(here).objects == [thing]
    for query in ("", "?limit=1", "?match[version]=all", "?added_after=2999-01-01T00:00:00Z"):
        is_error(t.get(gone + query), 404)
        is_error(t.get(f"{gone}versions/{query}"), 404)
    for query in ("added_after=2999-01-01T00:00:00Z", "match[spec_version]=2.0"):
        for path in (here, here + "versions/"):
            answer = t.page(query, path)
            assert answer.status == 200 and answer.json in ({}, {"more": False})


# ---- pages ----


@row("TS-142")
def next_on_every_list(t):
    many = versions(3)
    t.add(*many)
    name = many[0]["id"]
    for path, member in ((t.objects, "objects"), (t.manifest, "objects"),
                         (f"{t.objects}{name}/versions/", "versions"),
                         (f"{t.objects}{name}/", "objects")):
        query = "limit=1&match[version]=all"
        assert t.page(query, path).json["next"]
        whole = t.page("match[version]=all&limit=1000", path).json[member]
        for by in ("next", "date"):
            if len(whole) < 1000:
                assert t.walk(query.replace("=1&", "=7&"), path, by=by, member=member) == whole


@row("TS-143")
def pages_join_to_the_whole(t):
    _, after = t.fresh(7)
    t.add(*versions(3), address(6), *versions(2), address(7), indicator(labels=["x"]))
    random.seed(143)
    for _ in range(25):
        filters = [after]
        if random.random() < 0.6:
            filters.append("match[version]=" + random.choice(["all", "first", "last", "first,last"]))
        if random.random() < 0.4:
            filters.append("match[type]=" + random.choice(["indicator", "ipv6-addr", "indicator,ipv6-addr"]))
        query, limit = "&".join(filters), random.randrange(1, 9)
        for path in (t.objects, t.manifest):
            whole = t.page(query, path)
            assert not whole.json["more"]
            assert t.walk(f"{query}&limit={limit}", path) == whole.objects
            # The query's own added_after gives way to the date of the last entry.
            out, step = [], query
            while True:
                got = t.page(f"{step}&limit={limit}", path)
                out += got.objects
                if not got.json["more"]:
                    break
                step = "&".join([f"added_after={got.headers[LAST]}", *filters[1:]])
            assert out == whole.objects


@row("TS-144")
def a_foreign_next(t):
    t.fresh(3)
    token = t.page("limit=1").json["next"]
    is_error(t.page(f"limit=1&next={token}", account="ravi"), 404)
    [released] = t.get("/ij-model/collections/", peer=True).json["collections"]
    theirs = f"/ij-model/collections/{released['id']}/objects/"
    is_error(t.page(f"limit=1&next={token}", theirs, peer=True), 400)
    mine = t.page("limit=1", theirs, peer=True).json["next"]
    is_error(t.page(f"limit=1&next={mine}"), 400)


@row("TS-145")
def a_next_of_another_query(t):
    t.fresh(3)
    token = t.page("limit=1&match[type]=indicator").json["next"]
    assert t.page(f"limit=1&match[type]=indicator&next={token}").status == 200
    for query in ("", "match[type]=tool", "match[type]=indicator&match[version]=all"):
        is_error(t.page(f"limit=1&{query}&next={token}"), 400)
    is_error(t.page(f"limit=1&match[type]=indicator&next={token}", t.manifest), 400)
    for forged in (token[:-1], token + "A", "A" * len(token), token[::-1], "%00", "../x"):
        is_error(t.page(f"limit=1&match[type]=indicator&next={forged}"), 400)


@row("TS-146")
def next_and_added_after(t):
    things, after = t.fresh(5)
    names = [x["id"] for x in things]
    dates = [e["date_added"] for e in t.page(after, t.manifest).objects]
    token = t.page(f"{after}&limit=2").json["next"]
    assert t.page(f"{after}&limit=100&next={token}").ids == names[2:]
    assert t.page(f"added_after={dates[3]}&next={token}").ids == names[4:]
    assert t.page(f"added_after={dates[0]}&next={token}").ids == names[2:]


@row("TS-147")
def arriving_meanwhile(t):
    things, after = t.fresh(4)
    names = [x["id"] for x in things]
    first = t.page(f"{after}&limit=2")
    newer = version_of(things[3], "2026-05-01T00:00:00.000Z")
    late = indicator()
    t.add(newer, late)
    rest = t.page(f"{after}&limit=100&next={first.json['next']}")
    assert first.ids + rest.ids == [*names[:3], newer["id"], late["id"]]
    assert rest.objects[1] == newer and rest.json["more"] is False


# ---- the same page again ----


@row("TS-226")
def a_page_that_the_caller_has(t):
    many = versions(2)
    t.add(*many)
    name = many[0]["id"]
    for path in (t.objects + "?limit=3", t.manifest, f"{t.objects}{name}/", f"{t.objects}{name}/versions/"):
        whole = t.get(path)
        tag = whole.headers["etag"]
        for sent in (tag, f'"other", {tag}', "W/" + tag):
            again = t.get(path, headers=[("If-None-Match", sent)])
            assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
        for sent in ('"other"', tag.strip('"'), "", tag[:-1]):
            assert t.get(path, headers=[("If-None-Match", sent)]).body == whole.body
        is_error(t.get(path, headers=[("If-None-Match", tag)], account="ravi"), 404)
        is_error(t.get(path, headers=[("If-None-Match", tag)], account=None), 401)
    tags = {t.page(q).headers["etag"] for q in ("", "limit=3", "limit=4", "match[type]=tool")}
    assert len(tags) == 4
    before = t.page("limit=3").headers["etag"]
    [late] = t.fresh(1)[0]
    assert t.page("limit=3", headers=[("If-None-Match", before)]).status == 200
    middle = t.page("limit=3").headers["etag"]
    t.ask("DELETE", f"{t.objects}{late['id']}/")
    assert t.page("limit=3", headers=[("If-None-Match", middle)]).status == 200
    assert "etag" not in t.get(f"{t.objects}{new_id('tool')}/").headers

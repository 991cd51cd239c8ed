"""The clients that other people use, taxii2-client and stix2, against a node of the release build.

What they get must be what was imported, however it is asked for.
"""

import datetime
import json

import pytest
import requests
import stix2
import taxii2client.v21 as taxii

import story

LIMITS = [7, 1000]


def server_of(node, account="meera", password=story.PASSWORD):
    return taxii.Server(f"https://localhost:{node.people_port}/taxii2/", user=account,
                        password=password, verify=str(node.realm / "tls/people.crt"))


@pytest.fixture(scope="module")
def root(node):
    return server_of(node).default


@pytest.fixture(scope="module")
def collection(root, imported):
    [only] = root.collections
    return only


def pages(call, limit, **filters):
    return list(taxii.as_pages(call, per_request=limit, **filters))


def objects_of(found):
    return [o for page in found for o in page.get("objects", [])]


def ids(objects):
    return [o["id"] for o in objects]


# ---- finding the collection ----


def test_discovery_leads_to_one_root(node):
    server = server_of(node)
    assert server.title == "CERT-In"
    assert [r.url for r in server.api_roots] == [f"https://localhost:{node.people_port}/local/"]
    assert server.default.url == server.api_roots[0].url


def test_root_speaks_taxii_2_1(root):
    assert root.versions == ["application/taxii+json;version=2.1"]
    assert root.max_content_length >= 1024 * 1024


def test_collection_is_ours_to_read_and_write(root, collection):
    assert (collection.can_read, collection.can_write) == (True, True)
    again = taxii.Collection(collection.url, user="meera", password=story.PASSWORD,
                             verify=collection._conn.session.verify)
    assert (again.id, again.title) == (collection.id, collection.title)


def test_auditor_cannot_write(node, collection):
    try:
        [same] = server_of(node, "audit").default.collections
    except requests.HTTPError as problem:
        assert problem.response.status_code == 403
    else:
        assert not same.can_write


# ---- reading ----


@pytest.mark.parametrize("limit", LIMITS)
def test_pages_hold_what_was_imported(collection, imported, limit):
    found = pages(collection.get_objects, limit)
    got = {o["id"]: o for o in objects_of(found)}
    assert {i: got[i] for i in imported} == imported
    [own] = got.keys() - imported.keys()  # that of the node itself
    assert got[own]["type"] == "identity"
    assert len(objects_of(found)) == len(got)
    assert len(found) == (len(got) + limit - 1) // limit
    assert all(len(page["objects"]) <= limit for page in found)


@pytest.mark.parametrize("limit", LIMITS)
def test_manifest_names_the_same(collection, limit):
    manifest = objects_of(pages(collection.get_manifest, limit))
    objects = objects_of(pages(collection.get_objects, 1000))
    assert ids(manifest) == ids(objects)
    added = [entry["date_added"] for entry in manifest]
    assert added == sorted(set(added))
    for entry, thing in zip(manifest, objects):
        assert entry["version"] == thing.get("modified", thing.get("created", entry["date_added"]))


def test_each_object_by_itself(collection, imported):
    for name, thing in list(imported.items())[::5]:
        assert collection.get_object(name) == {"more": False, "objects": [thing]}


def test_versions_of_each(collection, imported):
    for name, thing in list(imported.items())[::5]:
        versions = collection.object_versions(name)["versions"]
        assert len(versions) == 1
        assert thing.get("modified", versions[0]) == versions[0]


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("wanted", [["indicator"], ["indicator", "malware"], ["tool", "x-unknown"]])
def test_filter_by_type(collection, imported, wanted, limit):
    found = objects_of(pages(collection.get_objects, limit, type=wanted))
    own = {o["id"] for o in objects_of(pages(collection.get_objects, 1000))} - imported.keys()
    assert {o["id"] for o in found} - own == {i for i, o in imported.items() if o["type"] in wanted}


def test_filter_by_id(collection, imported):
    wanted = sorted(imported)[3:6]
    found = collection.get_objects(id=[*wanted, "indicator--00000000-0000-4000-8000-000000000000"])
    assert sorted(ids(found["objects"])) == wanted


def test_filter_by_id_and_type(collection, imported):
    wanted = sorted(imported)[:20]
    found = collection.get_objects(id=wanted, type="indicator").get("objects", [])
    assert sorted(ids(found)) == [i for i in wanted if imported[i]["type"] == "indicator"]


@pytest.mark.parametrize("version", ["last", "first", "all"])
def test_filter_by_version_word(collection, version):
    found = objects_of(pages(collection.get_objects, 1000, version=version))
    assert ids(found) == ids(objects_of(pages(collection.get_objects, 1000)))


def test_filter_by_version_instant(collection, imported):
    name, thing = next((i, o) for i, o in imported.items() if "modified" in o)
    found = collection.get_objects(id=name, version=thing["modified"])
    assert found["objects"] == [thing]
    assert "objects" not in collection.get_objects(id=name, version="1999-01-01T00:00:00Z")


@pytest.mark.parametrize("limit", LIMITS)
def test_filter_by_added_after(collection, limit):
    manifest = collection.get_manifest()["objects"]
    middle = len(manifest) // 2
    found = pages(collection.get_objects, limit, added_after=manifest[middle]["date_added"])
    assert ids(objects_of(found)) == ids(manifest[middle + 1:])


def test_nothing_is_an_envelope_without_objects(collection):
    assert collection.get_objects(type="x-unknown") == {"more": False}


# ---- as stix2 reads ----


def test_every_object_parses(collection):
    parsed = 0
    for thing in objects_of(pages(collection.get_objects, 1000)):
        # stix2 knows two kinds of marking, though definition_type is an open vocabulary.
        if thing.get("definition_type", "tlp") in ("tlp", "statement"):
            assert stix2.parse(thing, allow_custom=True)["id"] == thing["id"]
            parsed += 1
    assert parsed > 50


def test_a_stix2_source_finds_them(collection, imported):
    source = stix2.TAXIICollectionSource(collection, allow_custom=True)
    wanted = sorted(i for i, o in imported.items() if o["type"] == "indicator")
    assert source.get(wanted[0]).id == wanted[0]
    found = source.query([stix2.Filter("type", "=", "indicator")])
    assert sorted(o.id for o in found) == wanted


# ---- writing ----


def indicator(n, **more):
    return stix2.Indicator(name=f"number {n}", indicator_types=["malicious-activity"],
                           pattern=f"[ipv4-addr:value = '203.0.113.{n}']", pattern_type="stix",
                           valid_from="2026-01-01T00:00:00Z", **more)


def envelope(*objects):
    return {"objects": [json.loads(o.serialize()) for o in objects]}


def counts(status):
    return status.total_count, status.success_count, status.failure_count, status.pending_count


@pytest.fixture(scope="module")
def posted(collection):
    things = [indicator(n) for n in range(10)]
    status = collection.add_objects(envelope(*things))
    assert (status.status, *counts(status)) == ("complete", 10, 10, 0, 0)
    return things, status


def test_what_was_posted_comes_back(collection, posted):
    things, _ = posted
    found = collection.get_objects(id=[t.id for t in things])
    assert found["objects"] == envelope(*things)["objects"]


def test_status_can_be_asked_for(root, posted):
    _, status = posted
    again = root.get_status(status.id)
    assert (again.status, counts(again)) == (status.status, counts(status))
    assert ids(again.successes) == ids(status.successes)


def test_posting_twice_is_once(collection, posted):
    things, _ = posted
    before = collection.get_manifest(id=[t.id for t in things])
    assert counts(collection.add_objects(envelope(*things))) == (10, 10, 0, 0)
    assert collection.get_manifest(id=[t.id for t in things]) == before


def test_a_new_version_is_the_last(collection, posted):
    old = posted[0][0]
    new = old.new_version(name="better known now")
    assert counts(collection.add_objects(envelope(new))) == (1, 1, 0, 0)
    assert collection.get_object(old.id)["objects"] == envelope(new)["objects"]
    both = collection.get_object(old.id, version="all")["objects"]
    assert both == envelope(old, new)["objects"]
    assert len(collection.object_versions(old.id)["versions"]) == 2
    assert collection.get_object(old.id, version="first")["objects"] == envelope(old)["objects"]


def test_one_bad_object_does_not_stop_the_others(collection):
    good, bad = envelope(indicator(77), indicator(78))["objects"]
    bad["pattern"] = 7
    status = collection.add_objects({"objects": [bad, good]})
    assert counts(status) == (2, 1, 1, 0)
    assert status.failures[0]["id"] == bad["id"]
    assert "/pattern" in status.failures[0]["message"]
    assert collection.get_object(good["id"])["objects"] == [good]


def test_a_stix2_sink_writes(collection):
    """It posts a bundle where TAXII 2.1 wants an envelope."""
    thing = indicator(99)
    stix2.TAXIICollectionStore(collection).add(thing)
    assert collection.get_object(thing.id)["objects"] == envelope(thing)["objects"]


# ---- requests as the tests of taxii2-client send them ----

FORMS = {"a tree": lambda e: e, "a text": json.dumps, "bytes": lambda e: json.dumps(e).encode()}


@pytest.mark.parametrize("form", FORMS)
def test_a_body_in_each_form(collection, form):
    thing = indicator(200 + list(FORMS).index(form))
    status = collection.add_objects(FORMS[form](envelope(thing)), wait_for_completion=False)
    assert counts(status) == (1, 1, 0, 0)
    status.wait_until_final(poll_interval=0.1, timeout=5)
    assert status.status == "complete"
    assert collection.get_object(thing.id)["objects"] == envelope(thing)["objects"]


EAST = datetime.timezone(datetime.timedelta(hours=5, minutes=30))


@pytest.mark.parametrize("filters", [
    {"added_after": datetime.datetime(2020, 1, 2, 3, 4, 5)},
    {"added_after": datetime.datetime(2020, 1, 2, 3, 4, 5, 678900, EAST)},
    {"added_after": "2020-01-02T03:04:05.6Z"},
    {"version": ["first", "last"]},
    {"version": ["all"], "spec_version": ["2.1", "2.0"]},
    {"spec_version": "2.1"},
    {"foo": "bar"},
    {"foo": ["bar", "baz"], "limit": 1000},
    {"accept": "application/taxii+json"},
    {"accept": "application/taxii+json; version=2.1"},
], ids=str)
def test_filters_in_each_form(collection, imported, filters):
    found = collection.get_objects(**filters)
    assert imported.keys() <= set(ids(found["objects"]))
    assert "more" in collection.get_manifest(**filters)


def test_a_far_date_gives_nothing(collection):
    later = datetime.datetime(2199, 1, 1, tzinfo=datetime.timezone.utc)
    assert "objects" not in collection.get_objects(added_after=later)


# ---- refusals ----


def refused(call, *args, **more):
    with pytest.raises(requests.HTTPError) as problem:
        call(*args, **more)
    answer = problem.value.response
    assert answer.headers["Content-Type"] == "application/taxii+json;version=2.1"
    body = answer.json()
    assert body["http_status"] == str(answer.status_code) and body["title"]
    return answer


def test_wrong_password(node):
    answer = refused(server_of(node, password="wrong").refresh)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")


def test_unknown_object(collection):
    missing = "indicator--00000000-0000-4000-8000-000000000000"
    assert refused(collection.get_object, missing).status_code == 404


def test_limit_below_one(collection):
    assert refused(collection.get_objects, limit=-1).status_code == 400


def test_a_version_of_no_kind(collection):
    assert refused(collection.get_objects, version="newest").status_code == 400


def test_a_body_without_objects(collection):
    assert refused(collection.add_objects, {"object": []}).status_code == 422


def test_deleting(collection):
    thing = indicator(55)
    assert counts(collection.add_objects(envelope(thing))) == (1, 1, 0, 0)
    collection.delete_object(thing.id)
    assert refused(collection.get_object, thing.id).status_code == 404
    assert refused(collection.delete_object, thing.id).status_code == 404

"""torana object check: what it says of files and of texts, before any object is looked at."""

import json

import pytest

TOOL = ('{"type":"tool","spec_version":"2.1","id":"tool--44af6c39-c09b-49c5-9de2-394224b04982",'
        '"created":"2017-01-01T00:00:00.000Z","modified":"2017-01-01T00:00:00.000Z","name":"x"}')


def bundle(*objects):
    return ('{"type":"bundle","id":"bundle--44af6c39-c09b-49c5-9de2-394224b04982","objects":['
            + ",".join(objects) + "]}")


# text, pointer, rule, what the message says; the index is null for what is of the whole text.
FINDINGS = [
    ("{", "", "SI-001", "line 1, byte"),
    ("not json", "", "SI-001", "line 1, byte 0"),
    ("\ufeff{}", "", "SI-001", "byte order mark"),
    ('{"type":"bundle","objects":[\n{"a":1,"a":2}]}', "/objects/0", "SI-001", "line 2, byte"),
    ('[{"type":"tool","x":[1,}]', "/0/x", "SI-001", "line 1, byte"),
    ("7", "", "SI-001", "an object is expected"),
    ('{"type":"bundle","objects":{}}', "/objects", "SI-001", "array"),
    ("<a/>", "", "SI-001", "is XML"),
    ("<stix:STIX_Package/>", "", "SI-021", "is STIX 1"),
    ('{"id":"x:Package-1","version":"1.2","stix_header":{}}', "", "SI-021", "is STIX 1"),
    ('{"id":"x:Package-1","version":"1.2","indicators":[]}', "", "SI-050", "needs a type"),
    ('[7]', "", "SI-001", "a STIX object is a JSON object"),
    ('{"type":"tool"}', "", "SI-050", "needs an id"),
    ('{"id":"tool--1"}', "", "SI-050", "needs a type"),
    (TOOL.replace('"tool"', '"Tool!"'), "/type", "SI-010", "lower-case"),
    (TOOL.replace("tool--4", "tool--"), "/id", "SI-011", "UUID"),
    (TOOL.replace("tool--", "malware--"), "/id", "SI-011", "begin with the type tool"),
    (TOOL.replace('"created":"2017-01-01T', '"created":"2017-13-01T'), "/created", "SI-007", "existing day"),
    (TOOL.replace('"name"', '"x_n":1e999,"name"'), "", "SI-004", "double"),
    (bundle(bundle(TOOL)), "/type", "SI-053", "bundle"),
]


def checked(torana, text):
    done = torana("object", "check", "--json", "-", input=text)
    return done.returncode, json.loads(done.stdout)


@pytest.mark.parametrize("text,pointer,rule,says", FINDINGS, ids=[f[0][:30] for f in FINDINGS])
def test_every_problem_has_its_rule_and_pointer(torana, text, pointer, rule, says):
    code, answer = checked(torana, text)
    assert (code, answer["valid"]) == (1, False)
    [problem] = [p for p in answer["problems"] if p["level"] == "reject"]
    assert (problem["pointer"], problem["rule"]) == (pointer, rule)
    assert says in problem["message"]
    shown = torana("object", "check", "-", input=text).stdout
    assert problem["message"] in shown and f"({rule})" in shown


OWN = ('{"type":"observed-data","spec_version":"2.1","id":"observed-data--44af6c39-c09b-49c5-9de2-394224b04982",'
       '"created":"2017-01-01T00:00:00.000Z","modified":"2017-01-01T00:00:00.000Z","number_observed":1,'
       '"first_observed":"2017-01-01T00:00:00Z","last_observed":"2017-01-01T00:00:00Z",'
       '"objects":{"0":{"type":"ipv4-addr","value":"198.51.100.3"}}}')


@pytest.mark.parametrize("text", [TOOL, OWN, f"[{TOOL},{OWN}]", bundle(TOOL, OWN), f'{{"objects":[{OWN}]}}'])
def test_objects_are_found_wherever_they_stand(torana, text):
    code, answer = checked(torana, text)
    assert (code, answer["valid"], answer["read"]) == (0, True, text.count('"spec_version"'))


@pytest.mark.parametrize("text", ["{}", '{"objects":[]}', '{"more":false}', bundle(), "[]"])
def test_nothing_is_wrong_with_no_objects(torana, text):
    code, answer = checked(torana, text)
    assert (code, answer["valid"], answer["read"]) == (0, True, 0)
    assert {(p["level"], p["rule"]) for p in answer["problems"]} <= {("note", "SI-053")}


def lang(version, of="tool--44af6c39-c09b-49c5-9de2-394224b04982"):
    return TOOL.replace("tool", "language-content").replace('"name":"x"', json.dumps(
        {"object_ref": of, "object_modified": version, "contents": {"ja": {"name": "x"}}})[1:-1])


@pytest.mark.parametrize("form", [bundle, lambda *objects: "[" + ",".join(objects) + "]"], ids=["bundle", "list"])
@pytest.mark.parametrize("version,of,valid", [
    ("2017-01-01T00:00:00Z", "tool--44af6c39-c09b-49c5-9de2-394224b04982", True),
    ("2017-01-02T00:00:00Z", "tool--44af6c39-c09b-49c5-9de2-394224b04982", False),
    ("2017-01-02T00:00:00Z", "tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f", True)])
def test_a_translation_names_a_version_that_is_there(torana, form, version, of, valid):
    code, answer = checked(torana, form(lang(version, of), TOOL))
    assert (code, answer["valid"]) == (0 if valid else 1, valid)
    assert [(p["index"], p["pointer"], p["rule"]) for p in answer["problems"]] == (
        [] if valid else [(0, "/object_modified", "SI-100")])


def test_a_translation_of_a_version_of_any_length(torana):
    assert checked(torana, bundle(TOOL, lang("2017-01-02T00:00:00." + "123456789" * 30 + "Z")))[0] == 1


def test_what_finds_no_room_is_counted(torana):
    code, answer = checked(torana, TOOL.replace('"name"', '"tool_types":[' + ",".join(
        f'"w{i}"' for i in range(100)) + '],"name"'))
    assert (code, answer["valid"], len(answer["problems"]), answer["problems_more"]) == (0, True, 64, 36)
    assert {p["rule"] for p in answer["problems"]} == {"SI-015"}


@pytest.mark.parametrize("verb", ["check", "id"])
def test_a_file_that_cannot_be_read_is_a_wrong_use(torana, folder, verb):
    (folder / "empty").touch()
    (folder / "blank").write_text(" \n")
    with open(folder / "big", "wb") as f:
        f.truncate((256 << 20) + 1)
    for name, says in (("missing", "there is no file missing: name one, or -"), (".", ". is a folder: name a file"),
                       ("empty", "empty is empty: give"), ("blank", "blank is empty: give"),
                       ("empty/x", "there is no file"), ("big", "give its objects in several files")):
        done = torana("object", verb, "--json", name)
        assert (done.returncode, done.stdout) == (2, ""), name
        assert says in done.stderr, name
    done = torana("object", verb, "-", input="")
    assert done.returncode == 2 and "standard input is empty" in done.stderr

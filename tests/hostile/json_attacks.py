"""Bodies: JSON and STIX that are meant to hurt."""

import json
import time

from attacks import MIB, attack
from target import indicator

BODY = 16 * MIB
FILL = 512 * 1024  # room for what stands around


def refused(answer, *status):
    assert answer.status in status, (answer.status, answer.body[:300])
    assert answer.json["http_status"] == str(answer.status)


def failed(answer, text):
    """The envelope was taken, the object was not."""
    assert answer.status == 202 and answer.json["success_count"] == 0, answer.body[:300]
    [failure] = answer.json["failures"]
    assert text in failure["message"], failure


@attack("10,000 arrays or objects inside each other", "422", "`JSON_DEPTH_MAX`: 128")
def ten_thousand_levels(t):
    refused(t.post(b'{"objects":' + b"[" * 10000 + b"]" * 10000 + b"}"), 422, 413)
    refused(t.post(b'{"objects":[' + b'{"a":' * 10000 + b"1" + b"}" * 10001 + b"]}"), 422, 413)


@attack("a body of 16 MiB that is all brackets", "413 or 422", "the arena of a request: 256 MiB", memory=400 * MIB)
def brackets(t):
    refused(t.post(b'{"objects":[' + b"[]," * ((BODY - FILL) // 3) + b"[]]}"), 422, 413)


@attack("an object with a million members", "413 or 422", "`JSON_MEMBERS_MAX`: 65,536", memory=400 * MIB)
def a_million_members(t):
    members = ",".join(f'"a{i:06}":1' for i in range(1000000))
    refused(t.post('{"objects":[{' + members + "}]}"), 422, 413)


@attack("65,536 members whose names differ at the end only", "failure, within seconds", "names are sorted, not compared pairwise", memory=400 * MIB)
def names_that_are_alike(t):
    members = ",".join(f'"{"x" * 200}{i:05}":1' for i in range(65000))
    failed(t.post('{"objects":[{"id":"tool--1",' + members + "}]}"), "")


@attack("the same name twice in an object", "422", "I-JSON (RFC 7493)")
def a_name_twice(t):
    refused(t.post('{"objects":[],"objects":[]}'), 422)
    text = json.dumps(indicator())
    refused(t.post('{"objects":[' + text[:-1] + ',"na\\u006de":"a","name":"b"}]}'), 422)


@attack("numbers beyond doubles: 1e400, 10,000 digits", "failure of the object", "no canonical form")
def numbers_beyond_doubles(t):
    text = json.dumps(indicator())[:-1]
    failed(t.post('{"objects":[' + text + ',"x_n":1e400}]}'), "")
    failed(t.post('{"objects":[' + text + ',"x_n":' + "9" * 10000 + "}]}"), "")


@attack("lone surrogates, NUL, bytes that are no UTF-8, a byte order mark", "422; an escaped NUL is text", "RFC 8259, RFC 7493")
def rubbish_in_text(t):
    for text in (b'"\\ud800"', b'"\\udc00\\ud800"', b'"a\x00b"', b'"\xc3("', b'"\xed\xa0\x80"'):
        refused(t.post(b'{"objects":[' + text + b"]}"), 422)
    refused(t.post(b'\xef\xbb\xbf{"objects":[]}'), 422)
    made = indicator(description="a\0b")
    assert t.post_objects(made).json["success_count"] == 1
    assert t.get(f"{t.objects}{made['id']}/").json["objects"] == [made]


@attack("ids with path characters, blanks, quotes or 10,000 bytes", "failure; 404 when asked for", "an id is a type, two hyphens and a UUID")
def ids_of_other_shapes(t):
    for bad in ("indicator--../../../etc/passwd", "indicator--", "indicator--%2e%2e", "indicator--\u202e",
                "indicator--' OR 1=1 --", "indicator--" + "a" * 10000, "../indicator--x", "\0"):
        failed(t.post_objects(indicator(id=bad)), "")
    for path in ("..%2f..%2fetc%2fpasswd", "%2e%2e/", "indicator--%00", "a%2fb", "'%20OR%201=1"):
        assert t.get(t.objects + path + "/").status in (400, 404), path


@attack("30,000 selectors of a marking, 100 levels deep", "failure, within seconds", "`WORK_MAX` of one object", memory=400 * MIB)
def selectors_that_explode(t):
    deep = {"a": 1}
    for _ in range(100):
        deep = {"aaa": deep}
    selector = "x_deep" + ".aaa" * 99 + ".zzz"
    made = indicator(x_deep=deep, granular_markings=[{
        "marking_ref": "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
        "selectors": [selector] * 30000}])
    started = time.monotonic()
    failed(t.post_objects(made), "")
    assert time.monotonic() - started < 15


@attack("patterns that backtrack elsewhere", "stored; matching is linear", "no backtracking: decision 21")
def patterns_that_backtrack(t):
    for expression in ("(a+)+$", "(a|a)*b", "(a|aa)+$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y"):
        answer = t.post_objects(indicator(pattern=f"[file:name MATCHES '{expression}']"))
        assert answer.status == 202, answer.body


@attack("patterns with 5,000 brackets, parentheses or qualifiers", "failure of the object", "bounds of a pattern")
def patterns_without_end(t):
    test = "[a:b = 1]"
    for pattern in ("(" * 5000 + test + ")" * 5000, "[" + "(" * 5000 + "a:b = 1" + ")" * 5000 + "]",
                    test + " REPEATS 2 TIMES" * 5000):
        failed(t.post_objects(indicator(pattern=pattern)), "")


@attack("100,000 objects in one envelope", "422, nothing stored", "`TAXII_POST_MAX`: 10,000", memory=400 * MIB)
def a_hundred_thousand_objects(t):
    refused(t.post(b'{"objects":[' + b'{"id":"a"},' * 99999 + b'{"id":"a"}]}'), 422)


@attack("10,000 objects that all fail, with long ids", "202, a status of bounded size", "messages are cut", memory=400 * MIB)
def ten_thousand_failures(t):
    answer = t.post_objects(*({"id": "x" * 1000, "type": "y" * 400} for _ in range(10000)))
    assert answer.status == 202 and answer.json["failure_count"] == 10000
    assert len(answer.body) < 32 * MIB


@attack("a body that says gzip", "415", "a body is what its length says")
def compressed_bodies(t):
    refused(t.post(b"\x1f\x8b\x08\x00" + b"\0" * 100, "Content-Encoding: gzip"), 415)

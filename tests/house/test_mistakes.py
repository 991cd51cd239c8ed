"""What is mistyped at night is answered with what would be right."""

import json
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
NODE = ["init", "--realm", "exercise", "--party", "IN", "--org", "IN:CERT-IN", "--name", "in.example"]
MISTAKES = [
    (["object", "check", "--jsno", "a"], 2, "no such option: --jsno; `torana object check --help` lists them"),
    (["status", "--jsno"], 2, "no such option: --jsno; `torana status --help` lists them"),
    (["status"], 1, "there is no node at ./real: name its folder with --dir or TORANA_DIR, or make one with torana init"),
    ([*NODE, "--party", "India"], 2, "like IN:CERT-IN of party IN; not IN:CERT-IN of party India"),
    ([*NODE, "--peer-url", "http://in.example:8441"], 2, "write https:// and its host"),
    ([*NODE, "--peer-url", "in.example"], 2, "write https:// and its host"),
    ([*NODE, "--peer-url", "https://"], 2, "write https:// and its host"),
    ([*NODE, "--peer-url", "https://in.example:8441/taxii2/"], 2, "nothing stands behind host and port"),
    (["pattern", "check", '[url:value = "x"]'], 1, "a string stands in single quotes, as in 'text', not in \" (line 1, column 14)"),
    (["feed", "find", "in example"], 2, '"in example" is no domain: write a name such as example.net'),
    (["feed", "find", "in.example", "--resolver", "127.0.0.1:1"], 1, "at the SRV records of _taxii2._tcp.in.example"),
]
BROKEN = '{"type": "bundle",\n "objects": [{"id" oops}]}'
READ_ALONE = [
    ["object", "check"],
    ["object", "id"],
    ["agreement", "lint"],
    ["pack", "lint"],
    ["pattern", "match", "[ipv4-addr:value = '198.51.100.1']"],
]
LISTS = [
    "account list",
    "agreement list",
    "consent list",
    "feed list",
    "internal list",
    "object conflicts",
    "object list",
    "pack list",
    "peer list",
    "person envelopes",
    "person list",
    "recall list",
    "release holds",
    "release list",
    "release reviews",
    "source list",
    "standing list",
]
READ_AT_A_NODE = [
    ["object", "import"],
    ["agreement", "make"],
    ["agreement", "add"],
    ["peer", "add", "--fingerprint", "acorn river"],
    ["person", "add", "--fingerprint", "acorn river"],
    ["release", "preview", "--to", "JP:JPCERT", "--purpose", "incident-response", "--bundle"],
]


@pytest.mark.parametrize("command, code, said", MISTAKES)
def test_a_mistake_is_answered_with_what_is_right(torana, folder, command, code, said):
    done = torana(*command)
    assert done.returncode == code and said in done.stdout + done.stderr, done
    assert not any(folder.iterdir())


def test_a_pattern_of_an_unknown_observable_is_one_with_a_note(torana):
    note = '"ipv4addr" is no observable of STIX 2.1: only custom objects of that type fit; ipv4-addr is near'
    pattern = "[ipv4addr:value = '198.51.100.1']"
    done = torana("pattern", "check", pattern)
    assert done.returncode == 0 and done.stdout == f"{pattern}\nnote: {note}\n"
    told = json.loads(torana("pattern", "check", "--json", pattern).stdout)
    assert (told["valid"], told["column"], told["message"]) == (True, None, "")
    assert told["remarks"] == [{"code": "stix.type", "message": note}]


def check_that_it_is_located(done):
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "broken.json: " in said and 'a colon is expected, not "o"' in said and "line 2, byte 38" in said, said


@pytest.mark.parametrize("command", READ_ALONE)
def test_a_broken_file_is_named_with_its_line(torana, folder, command):
    (folder / "broken.json").write_text(BROKEN)
    check_that_it_is_located(torana(*command, "broken.json"))


def test_a_check_does_not_count_what_it_could_not_read(torana, folder):
    (folder / "broken.json").write_text(BROKEN)
    said = torana("object", "check", "broken.json").stdout
    assert "0 objects were checked: the text cannot be read" in said and "0 rejected" not in said, said


def test_a_broken_file_is_named_by_a_node_too(torana, folder):
    assert torana(*NODE).returncode == 0
    (folder / "broken.json").write_text(BROKEN)
    for command in READ_AT_A_NODE:
        check_that_it_is_located(torana(*command, "broken.json"))


def test_a_warning_of_an_import_stands_whole(torana, folder):
    assert torana(*NODE).returncode == 0
    for name in ("first", "second"):
        tool = {
            "type": "tool",
            "spec_version": "2.1",
            "id": "tool--5d0092c5-5f74-4287-9642-33f4c354e56d",
            "created": "2026-05-01T00:00:00.000Z",
            "modified": "2026-05-01T00:00:00.000Z",
            "name": name,
        }
        (folder / f"{name}.json").write_text(json.dumps(tool))
        done = torana("object", "import", f"{name}.json")
    assert f"of {tool['id']} is here with other content: " in done.stdout
    assert "a changed object needs a later modified\n" in done.stdout, done.stdout


FEED = ["feed", "add", "cisa", "--url", "https://taxii.example/taxii2/", "--collection", "9d2a4d3e-7a57-4c5c-9c3c-9c1e5a1f0a01"]
DEFINE = ["collection", "define", "energy", "--title", "Energy", "--query"]


def query(word):
    return json.dumps({"from": ["local"], "types": ["malware", word]})


def test_a_type_that_nobody_defines_is_taken_and_said(torana):
    assert torana(*NODE).returncode == 0
    note = 'note: "%s" is no type of STIX 2.1: only custom objects of that type fit%s\n'
    done = torana(*FEED, "--types", "indicatr,x-own,acme-asset")
    assert done.returncode == 0, done.stderr
    assert done.stderr == note % ("indicatr", "; indicator is near") + note % ("acme-asset", "")
    done = torana(*DEFINE, query("reports"))
    assert done.returncode == 0 and done.stderr == note % ("reports", "; report is near"), done.stderr


def test_a_type_that_no_object_can_have_is_refused(torana):
    assert torana(*NODE).returncode == 0
    said = "is no name of a type: write 3 to 250 of a-z 0-9 -, a letter first\n"
    for command in ([*FEED, "--types", "malware,-x"], [*DEFINE, query("attack_pattern")]):
        done = torana(*command)
        assert done.returncode == 1 and done.stderr.endswith(said), done.stderr
    assert torana("feed", "list").stdout.count("\n") == 1
    assert "energy" not in torana("collection", "list").stdout


def test_a_feed_without_the_password_of_its_user(torana):
    assert torana(*NODE).returncode == 0
    done = torana("feed", "add", "cisa", "--url", "https://taxii.example/taxii2/", "--collection",
                  "9d2a4d3e-7a57-4c5c-9c3c-9c1e5a1f0a01", "--user", "cert-in")
    assert done.returncode == 1 and "a user and its password belong together" in done.stderr


def test_who_may_not_is_told_who_may(torana, folder):
    assert torana(*NODE).returncode == 0
    (folder / "policy.json").write_text("{}")
    done = torana("source", "set", "policy.json")
    assert "the scope approve; roles that may: approver, legal, policy, defence-liaison; --as says who asks" in done.stderr


def test_a_role_that_is_missing_is_named(torana):
    assert torana(*NODE).returncode == 0
    done = torana("release", "decisions")
    assert "roles that may: officer, approver, legal, policy, defence-liaison, auditor; --as says who" in done.stderr


def test_a_list_of_a_new_node_shows_its_titles(torana):
    assert torana(*NODE).returncode == 0
    for command in LISTS:
        done = torana(*command.split())
        assert done.returncode == 0 and done.stdout.splitlines()[0].isupper(), done


def test_a_feed_that_was_never_read_shows_no_date(torana):
    assert torana(*NODE).returncode == 0
    done = torana("feed", "add", "cisa", "--url", "https://taxii.example/taxii2/", "--collection",
                  "9d2a4d3e-7a57-4c5c-9c3c-9c1e5a1f0a01")
    assert done.returncode == 0, done.stderr
    assert "null" not in torana("feed", "list").stdout


def test_the_first_page_names_every_other():
    man = ROOT / "docs/man"
    named = set(re.findall(r"^- (torana-[a-z]+)\(1\):", (man / "torana.1.scd").read_text(), re.M))
    assert named == {p.name.removesuffix(".1.scd") for p in man.glob("torana-*.1.scd")}

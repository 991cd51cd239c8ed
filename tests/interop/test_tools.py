"""Programs that read what a node emits: stix2-validator, stix2-patterns, stix2-matcher, misp-stix."""

import collections
import json
import os
import pathlib
import subprocess

import pytest
import stix2
import stix2matcher.matcher
import stix2patterns.v21.pattern
import stix2validator
from misp_stix_converter import ExternalSTIX2toMISPParser

TAXII = {"Accept": "application/taxii+json;version=2.1"}


@pytest.fixture(scope="module")
def emitted(node, imported):
    """The objects of the node's collection, as they come over TAXII."""
    answer = node.request("GET", "/local/collections/local/objects/?limit=1000", account="meera", headers=TAXII)
    objects = answer.json["objects"]
    assert imported.keys() <= {o["id"] for o in objects}
    return objects


# ---- stix2-validator ----

# What the validator does not know, though STIX 2.1 allows it.
UNKNOWN = {
    "marking-definition": "its schema knows no definition_type but tlp and statement",
}


# What ATT&CK lacks as it is published.  A node warns, and serves the bytes that came.
LACKING = {"malware": "is_family"}


def problems(things):
    """What the validator says, by identifier; and the types that it looked at."""
    options = stix2validator.ValidationOptions(version="2.1", disabled="all")
    wrong, types = {}, set()
    for thing in things:
        if thing.get("definition_type", "tlp") not in ("tlp", "statement"):
            assert thing["type"] in UNKNOWN
            continue
        result = stix2validator.validate_instance(thing, options)
        types.add(thing["type"])
        if not result.is_valid:
            wrong[thing["id"]] = [str(e) for e in result.errors]
    return wrong, types


def test_the_validator_finds_no_error(emitted):
    wrong, types = problems(emitted)
    assert wrong == {}
    assert len(types) >= 12


@pytest.fixture
def attack():
    path = pathlib.Path(os.environ.get("TORANA_DATA", "/nonexistent")) / "attack/enterprise-attack.json"
    if not path.exists():
        pytest.skip("no $TORANA_DATA with attack/enterprise-attack.json on this machine")
    return path


def test_the_validator_finds_no_error_in_attack(node, attack):
    """Of each type some, out of pages as they come."""
    node.json("object", "import", str(attack), account="meera", check=False)
    kinds = collections.defaultdict(list)
    for thing in json.loads(attack.read_text())["objects"]:
        kinds[thing["type"]].append(thing["id"])
    for kind, names in kinds.items():
        wanted = ",".join(names[::max(1, len(names) // 5)][:5])
        path = f"/local/collections/local/objects/?match[id]={wanted}"
        got = node.request("GET", path, account="meera", headers=TAXII).json["objects"]
        assert {o["type"] for o in got} == {kind}
        wrong = problems([{LACKING[kind]: True, **o} if kind in LACKING else o for o in got])[0]
        assert wrong == {}


# ---- patterns ----

PATTERNS = [
    "[ipv4-addr:value = '203.0.113.7']",
    "[ipv4-addr:value='203.0.113.7' OR domain-name:value   LIKE '%.evil.example']",
    "[file:hashes.'SHA-256' = 'aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f']",
    "[file:name MATCHES '^a+\\\\.exe$' AND file:size > 100]",
    "([url:value = 'https://evil.example/x'] FOLLOWEDBY [ipv4-addr:value ISSUBSET '198.51.100.0/24']) WITHIN 300 SECONDS",
    "[network-traffic:dst_ref.value = '203.0.113.7' AND network-traffic:dst_port IN (80, 443)]",
    "[ipv4-addr:value = '203.0.113.7'] REPEATS 2 TIMES",
    "[domain-name:value NOT = 'a.example']",
    "[process:extensions.'windows-process-ext'.startup_info.wShowWindow EXISTS]",
    "[artifact:payload_bin = b'aGVsbG8=']",
    "[email-message:date >= t'2026-01-01T00:00:00Z'] START t'2026-01-01T00:00:00Z' STOP t'2026-02-01T00:00:00Z'",
    "[domain-name:value = 'it\\\\'s.example']",
]


def torana(program, *args, **how):
    return subprocess.run([str(program), *args], capture_output=True, text=True, timeout=60, **how)


def check(program, pattern):
    done = torana(program, "pattern", "check", "--json", pattern)
    return json.loads(done.stdout)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_that_we_print_is_one(program, pattern):
    known = True
    try:
        stix2patterns.v21.pattern.Pattern(pattern)
    except Exception:  # the parser's own kinds differ between versions
        known = False
    verdict = check(program, pattern)
    assert verdict["valid"] == known
    if known:
        stix2patterns.v21.pattern.Pattern(verdict["pattern"])
        assert check(program, verdict["pattern"])["pattern"] == verdict["pattern"]


def test_patterns_of_indicators_are_known_to_both(program, emitted):
    found = [o["pattern"] for o in emitted if o["type"] == "indicator" and o["pattern_type"] == "stix"]
    assert len(found) > 5
    for pattern in found:
        stix2patterns.v21.pattern.Pattern(check(program, pattern)["pattern"])


def observed(n, at, *things):
    """A bundle: what was seen at that second, and an observed-data that says so."""
    seen = stix2.ObservedData(
        first_observed=at, last_observed=at, number_observed=1, object_refs=[t.id for t in things])
    return stix2.Bundle(seen, *things, allow_custom=True)


@pytest.fixture(scope="module")
def observations():
    return [json.loads(observed(i, f"2026-01-01T00:0{i}:00Z", *things).serialize()) for i, things in enumerate([
        [stix2.IPv4Address(value="203.0.113.7")],
        [stix2.DomainName(value="www.evil.example"), stix2.IPv4Address(value="198.51.100.9")],
        [stix2.URL(value="https://evil.example/x")],
        [stix2.IPv4Address(value="198.51.100.200")],
        [stix2.File(name="aa.exe", size=200, hashes={
            "SHA-256": "aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f"})],
        [stix2.IPv4Address(value="203.0.113.7")],
    ])]


VERDICTS = [*PATTERNS[:5], PATTERNS[6], PATTERNS[7], *[
    "[ipv4-addr:value = '203.0.113.8']",
    "[ipv4-addr:value != '203.0.113.7']",
    "[ipv4-addr:value ISSUBSET '203.0.113.0/24'] AND [url:value LIKE 'https://%']",
    "[url:value = 'https://evil.example/x'] FOLLOWEDBY [domain-name:value = 'www.evil.example']",
    "[domain-name:value = 'www.evil.example'] FOLLOWEDBY [url:value = 'https://evil.example/x']",
    "([ipv4-addr:value = '203.0.113.7'] REPEATS 2 TIMES) WITHIN 100 SECONDS",
    "([ipv4-addr:value = '203.0.113.7'] REPEATS 2 TIMES) WITHIN 301 SECONDS",
    "[file:size < 100]",
    "[file:name = 'aa.exe' AND file:size >= 200]",
    "[ipv4-addr:value = '203.0.113.7'] START t'2026-01-01T00:04:00Z' STOP t'2026-01-01T00:06:00Z'",
]]


@pytest.mark.parametrize("pattern", VERDICTS)
def test_the_matcher_says_the_same(program, observations, tmp_path, pattern):
    path = tmp_path / "seen.json"
    path.write_text(json.dumps(observations))
    done = torana(program, "pattern", "match", "--json", pattern, str(path))
    assert done.returncode in (0, 1), done.stderr
    theirs = stix2matcher.matcher.match(pattern, observations, stix_version="2.1")
    assert json.loads(done.stdout)["match"] == bool(theirs)


# ---- MISP ----


def test_misp_stix_reads_a_bundle(emitted):
    """Indicators become attributes, or objects of pymisp."""
    known = [o for o in emitted if o.get("definition_type", "tlp") in ("tlp", "statement")]
    parser = ExternalSTIX2toMISPParser()
    parser.load_stix_bundle(stix2.Bundle(*known, allow_custom=True))
    parser.parse_stix_bundle(single_event=True)
    event = parser.misp_event
    values = {a.value for a in event.attributes} | {a.value for o in event.objects for a in o.attributes}
    assert len(values) > 5
    simple = [o["pattern"].split("'")[1] for o in known if o["type"] == "indicator"
              and o["pattern"].startswith("[ipv4-addr:value = '") and o["pattern"].count("'") == 2]
    assert simple and set(simple) <= {str(v) for v in values}

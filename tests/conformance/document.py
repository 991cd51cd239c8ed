#!/usr/bin/python3
"""Writes docs/conformance.md from the table of rules and the checks that name them.

    tests/conformance/document.py           writes it
    tests/conformance/document.py --check   fails when it is not what the tests say
"""

import collections
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tools"))

import access_rows  # noqa: E402,F401
import http_rows  # noqa: E402,F401
import object_rows  # noqa: E402,F401
import query_rows  # noqa: E402,F401
import checks  # noqa: E402
import rules  # noqa: E402

DOCUMENT = ROOT / "docs/conformance.md"

HEAD = """\
# What holds of TAXII 2.1, STIX 2.1 and its patterns

This page is made by `tests/conformance/document.py` from the tests: change those. Numbers are those of our own list of rules,
read out of the OASIS standards, their interoperability documents and what products in the field trip over; the sentences are ours.
`make test T=TS-082` runs what proves one rule.

Levels: MUST, SHOULD and MAY as in the standard; FIELD is what real clients need; DECIDE is what the standard leaves open. What holds otherwise
than usual is explained in [decision 0025](decisions/0025-where-the-taxii-face-differs.md).

## TAXII 2.1, the server

A check without a folder stands in `tests/conformance/` and runs against a real node over TLS; the others are test programs of `src/`.

"""


def c_tests():
    """Which test programs name a rule."""
    found = collections.defaultdict(set)
    for path in sorted((ROOT / "src").rglob("*_test.c")):
        for number in re.findall(r"\b(?:TS|TC|SI|PT)-\d{3}\b", path.read_text()):
            found[number].add(path.stem)
    return found


def server_table(in_c):
    proving = collections.defaultdict(list)
    for row in checks.ROWS:
        for number in row.rules:
            proving[number].append(row.name)
    yield "| rule | level | what | status | proved by |\n|---|---|---|---|---|\n"
    for number, rule in rules.RULES.items():
        status = rule.status + (f": {rule.note}" if rule.note else "")
        proof = proving[number] + sorted(f"`src`: {name}" for name in in_c.get(number, []))
        yield f"| {number} | {rule.level} | {rule.text} | {status} | {', '.join(proof)} |\n"


def counted():
    count = collections.Counter(rule.status for rule in rules.RULES.values())
    return ", ".join(f"{count[s]} {s}" for s in (
        rules.HOLDS, rules.OTHERWISE, rules.UNDONE, rules.OPERATOR) if count[s])


def interop_table():
    yield "| row | what | rules above |\n|---|---|---|\n"
    for number, (what, proof) in rules.INTEROP.items():
        yield f"| {number} | {what} | {proof} |\n"


def c_table(prefix, in_c):
    yield "| rule | test programs |\n|---|---|\n"
    for number in sorted(n for n in in_c if n.startswith(prefix)):
        yield f"| {number} | {', '.join(sorted(in_c[number]))} |\n"


def document():
    in_c = c_tests()
    return "".join([
        HEAD, f"{len(rules.RULES)} rules: {counted()}.\n\n", *server_table(in_c),
        "\n## Rows of the interoperability document, for servers\n\n", *interop_table(),
        "\n## STIX 2.1\n\nRules of objects that test programs of `src/` name and prove. "
        "A rule that is missing here has no test of its own.\n\n", *c_table("SI", in_c),
        "\n## Patterns\n\nThe same for rules of patterns.\n\n", *c_table("PT", in_c)])


def main():
    text = document()
    if "--check" not in sys.argv:
        DOCUMENT.write_text(text)
        return 0
    if DOCUMENT.read_text() == text:
        return 0
    print(f"{DOCUMENT.relative_to(ROOT)} is not what the tests say: run tests/conformance/document.py",
          file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

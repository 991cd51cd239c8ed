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
import client_rows  # noqa: E402,F401
import http_rows  # noqa: E402,F401
import object_rows  # noqa: E402,F401
import query_rows  # noqa: E402,F401
import checks  # noqa: E402
import client_rules  # noqa: E402
import pattern_rules  # noqa: E402
import rules  # noqa: E402
import stix_rules  # noqa: E402

DOCUMENT = ROOT / "docs/conformance.md"

HEAD = """\
# What holds of TAXII 2.1, STIX 2.1 and its patterns

This page is made by `tests/conformance/document.py` from the tests: change those. Numbers are those of our own list of rules,
read out of the OASIS standards, their interoperability documents and what products in the field trip over; the sentences are ours.
`make test T=TS-082` runs what proves one rule.

Levels: MUST, SHOULD and MAY as in the standard; FIELD is what real clients need; DECIDE is what the standard leaves open. Where the server holds
otherwise than usual, [decision 0025](decisions/0025-where-the-taxii-face-differs.md) explains it.

A proof without a folder stands in `tests/conformance/` and runs against a real node over TLS; the others are test programs of `src/`, which
name the rule beside the case.
"""

Table = collections.namedtuple("Table", "title rules")

TABLES = (
    Table("TAXII 2.1, the server", rules.RULES),
    Table("TAXII 2.1, the client", client_rules.RULES),
    Table("STIX 2.1", stix_rules.RULES),
    Table("Patterns", pattern_rules.RULES),
)


def c_tests():
    """Which test programs name a rule."""
    found = collections.defaultdict(set)
    for path in sorted((ROOT / "src").rglob("*_test.c")):
        for number in re.findall(r"\b(?:TS|TC|SI|PT)-\d{3}\b", path.read_text()):
            found[number].add(path.stem)
    return found


def proofs(in_c):
    """What proves each rule: checks by their names, then test programs."""
    proving = collections.defaultdict(list)
    for row in checks.ROWS:
        for number in row.rules:
            proving[number].append(row.name)
    for number, programs in in_c.items():
        proving[number] += sorted(f"`src`: {name}" for name in programs)
    return proving


def rule_table(table, proving):
    yield f"\n## {table.title}\n\n{len(table.rules)} rules: {counted(table.rules)}.\n\n"
    yield "| rule | level | what | status | proved by |\n|---|---|---|---|---|\n"
    for number, rule in table.rules.items():
        status = rule.status + (f": {rule.note}" if rule.note else "")
        yield f"| {number} | {rule.level} | {rule.text} | {status} | {', '.join(proving[number])} |\n"


def counted(table):
    count = collections.Counter(rule.status for rule in table.values())
    return ", ".join(f"{count[s]} {s}" for s in (
        rules.HOLDS, rules.OTHERWISE, rules.DECIDED, rules.UNDONE, rules.NOTHING, rules.OPERATOR) if count[s])


def interop_table():
    yield "| row | what | rules above |\n|---|---|---|\n"
    for number, (what, proof) in rules.INTEROP.items():
        yield f"| {number} | {what} | {proof} |\n"


def document():
    proving = proofs(c_tests())
    return "".join([
        HEAD, *(line for table in TABLES for line in rule_table(table, proving)),
        "\n## Rows of the interoperability document, for servers\n\n", *interop_table()])


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

"""docs/conformance.md says what the tests prove, and claims nothing without one."""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests/conformance"
sys.path[:0] = [str(ROOT / "tools"), str(FOLDER)]

import document  # noqa: E402
import checks  # noqa: E402
import rules  # noqa: E402

ALL = {number: rule for table in document.TABLES for number, rule in table.rules.items()}


def test_the_document_is_what_the_tests_say():
    done = subprocess.run([FOLDER / "document.py", "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_check_proves_a_known_rule():
    assert [r for row in checks.ROWS for r in row.rules if r not in ALL] == []
    names = [row.name for row in checks.ROWS]
    assert len(names) == len(set(names)) > 80


def test_every_rule_stands_in_one_table_and_every_test_names_a_known_one():
    assert len(ALL) == sum(len(table.rules) for table in document.TABLES)
    assert sorted(document.c_tests().keys() - ALL.keys()) == []


def test_no_rule_holds_without_a_proof():
    proved = {r for row in checks.ROWS for r in row.rules} | document.c_tests().keys()
    claimed = {n for n, r in ALL.items() if r.status in (rules.HOLDS, rules.OTHERWISE)}
    assert sorted(claimed - proved) == []


def test_what_differs_says_how():
    for number, rule in ALL.items():
        assert rule.note or rule.status != rules.OTHERWISE, number
        assert rule.level in ("MUST", "SHOULD", "MAY", "FIELD", "DECIDE"), number


def test_rows_of_the_interoperability_document_name_rules_that_hold():
    for row, (_, proof) in rules.INTEROP.items():
        if proof[:2] == "TS":
            for number in proof.split(", "):
                assert rules.RULES[number].status in (rules.HOLDS, rules.OTHERWISE), (row, number)

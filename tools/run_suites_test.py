"""How results are counted."""

import pytest
from run_suites import Counts, count_cmocka, count_junit

MIXED = """\
[==========] Running 4 test(s).
[       OK ] one
[  PASSED  ] 2 test(s).
[  SKIPPED ] 1 test(s), listed below:
[  SKIPPED ] three
[  FAILED  ] 1 test(s), listed below:
[  FAILED  ] four
"""


@pytest.mark.parametrize("result, output, want", [
    ("FAIL", MIXED, Counts(2, 1, 1)),
    ("OK", "[  PASSED  ] 7 test(s).\n", Counts(7, 0, 0)),
    ("FAIL", "[       OK ] one\nSegmentation fault\n", Counts(0, 1, 0)),
    ("FAIL", "[  PASSED  ] 7 test(s).\nLeakSanitizer: detected memory leaks\n", Counts(7, 1, 0)),
    ("TIMEOUT", "", Counts(0, 1, 0)),
    ("OK", "", Counts(1, 0, 0)),
    ("SKIP", "", Counts(0, 0, 1)),
], ids=["mixed", "all well", "crash", "leak at the end", "time-out", "no rows", "skipped whole"])
def test_rows_are_counted(result, output, want):
    assert count_cmocka(result, output) == want


@pytest.mark.parametrize("returncode, suite, want", [
    (0, 'tests="5" failures="0" errors="0" skipped="2"', Counts(3, 0, 2)),
    (1, 'tests="5" failures="1" errors="1" skipped="0"', Counts(3, 2, 0)),
    (5, 'tests="0" failures="0" errors="0" skipped="0"', Counts(0, 0, 0)),
    (3, 'tests="1" failures="0" errors="0" skipped="0"', Counts(1, 1, 0)),
], ids=["some skipped", "some failed", "none found", "pytest itself failed"])
def test_reports_are_counted(tmp_path, returncode, suite, want):
    path = tmp_path / "report.xml"
    path.write_text(f"<testsuites><testsuite {suite}/></testsuites>")
    assert count_junit(path, returncode) == want


def test_a_missing_report_is_a_failure(tmp_path):
    assert count_junit(tmp_path / "none.xml", 0) == Counts(0, 1, 0)


def test_the_last_line_has_the_agreed_form():
    assert str(Counts(3, 0, 0)) == "3 passed, 0 failed"
    assert str(Counts(3, 1, 2) + Counts(1, 0, 0)) == "4 passed, 1 failed, 2 skipped"

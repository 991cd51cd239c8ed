"""What all tests of the program from outside share.

Run one: pytest tests/test_x.py -k name.  --update accepts output as golden;
the difference is then reviewed like any other change.
"""

import pathlib
import re
import shutil
import subprocess
import tempfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests" / "golden"
RUN_SECONDS = 60  # a command that takes longer hangs


def pytest_addoption(parser):
    parser.addoption("--torana", default="build/src/torana", help="the program under test")
    parser.addoption("--update", action="store_true", help="accept the output as golden")


def pytest_configure(config):
    config.addinivalue_line("markers", "long: takes minutes; run by `make test-long` only")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    report = (yield).get_result()
    if report.failed:
        item.failed = True


@pytest.fixture
def folder(request):
    """An empty folder of the test's own: removed when it passes, named when it fails."""
    name = re.sub(r"\W+", "-", request.node.name)[:40]
    path = pathlib.Path(tempfile.mkdtemp(prefix=f"torana-{name}-"))
    yield path
    if getattr(request.node, "failed", False):
        print(f"kept: {path}")
    else:
        shutil.rmtree(path)


@pytest.fixture(scope="session")
def program(request):
    path = ROOT / request.config.getoption("--torana")
    assert path.exists(), f"{path} is not there: run `make build`, or name it with --torana"
    return path


@pytest.fixture
def torana(program, folder):
    """torana("object", "import", "a.json") runs it in the folder and returns what it did."""

    def run(*args, **options):
        options = {"cwd": folder, "timeout": RUN_SECONDS, "stdin": subprocess.DEVNULL} | options
        if "input" in options:
            del options["stdin"]
        command = [str(a) for a in (program, *args)]
        return subprocess.run(command, capture_output=True, text=True, **options)

    return run


@pytest.fixture
def golden(request):
    """golden("help.txt", text) compares text with tests/golden/help.txt."""

    def compare(name, got):
        path = GOLDEN / name
        if request.config.getoption("--update"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(got)
        assert path.exists(), f"{path} is not there: --update writes it"
        assert got == path.read_text()

    return compare

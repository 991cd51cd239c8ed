"""One story for all its tests: they stand in its order and build on each other."""

import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import story  # noqa: E402


@pytest.fixture(scope="session")
def tale(request, tmp_path_factory):
    exe = pathlib.Path(request.config.getoption("--torana")).resolve()
    s = story.Story(exe, tmp_path_factory.mktemp("story") / "nodes")
    yield s
    s.stop()

"""One node that all attacks share: whoever is attacked last still has to serve."""

import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools"), str(pathlib.Path(__file__).parent)]

import story  # noqa: E402
import target as under_attack  # noqa: E402

# Freed memory goes back at once, so that what is measured is what the program holds.
SANITIZER = "quarantine_size_mb=1:malloc_context_size=1:allocator_release_to_os_interval_ms=0"


@pytest.fixture(scope="session")
def target(request, tmp_path_factory):
    program = pathlib.Path(request.config.getoption("--torana")).resolve()
    os.environ["ASAN_OPTIONS"] = ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), SANITIZER]))
    node = story.Node(program, tmp_path_factory.mktemp("hostile") / "node", party="IN", org="IN:CERT-IN",
                      name="in.torana.example", display="CERT-In",
                      people=[("meera", "analyst")])
    node.folder.mkdir()
    try:
        node.init("https://127.0.0.1:0")
        node.start()
        yield under_attack.Target(node)
    finally:
        if node.process:
            node.process.terminate()
            node.process.wait()

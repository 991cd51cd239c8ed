"""One node that all attacks share: whoever is attacked last still has to serve."""

import os
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import one_node  # noqa: E402
import target as under_attack  # noqa: E402

# Freed memory goes back at once, so that what is measured is what the program holds.
SANITIZER = "quarantine_size_mb=1:malloc_context_size=1:allocator_release_to_os_interval_ms=0"


@pytest.fixture(scope="session")
def target(request, tmp_path_factory):
    os.environ["ASAN_OPTIONS"] = ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), SANITIZER]))
    with one_node.running(request.config.getoption("--torana"),
                          tmp_path_factory.mktemp("hostile") / "node") as node:
        yield under_attack.Target(node)

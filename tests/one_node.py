"""A node with one analyst, for tests that need no partner."""

import contextlib
import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "tools"))

import story  # noqa: E402


@contextlib.contextmanager
def running(program, folder):
    node = story.Node(pathlib.Path(program).resolve(), folder, party="IN", org="IN:CERT-IN",
                      name="in.torana.example", display="CERT-In", people=[("meera", "analyst")])
    node.folder.mkdir()
    try:
        node.init("https://127.0.0.1:0")
        node.start()
        yield node
    finally:
        if node.process:
            node.process.terminate()
            node.process.wait()

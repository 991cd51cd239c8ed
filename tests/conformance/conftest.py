"""Two nodes with an agreement in force and objects released under it; all checks share them."""

import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools"), str(pathlib.Path(__file__).parent)]

import server as under_test  # noqa: E402
import story  # noqa: E402


def add_people(node):
    """One of another organisation, and one of another enclave, of the same party."""
    for name, more in (("ravi", ["--organisation", "IN:NCIIPC"]), ("sita", ["--enclaves", "vault"])):
        node.run("account", "add", name, "--roles", "analyst", *more,
                 "--new-password-file", str(node.folder / "password"))


def give_collections(node):
    """Four of them, and a guest with other rights to each; what is given beyond its enclave counts for nothing."""
    node.run("account", "add", "acme", "--roles", "guest", "--new-password-file", str(node.folder / "password"))
    node.run("account", "add", "other", "--roles", "guest", "--new-password-file", str(node.folder / "password"))
    for name, rights in (("box", "write"), ("shared", "read write"), ("feed", "read"), ("sign", "see")):
        node.run("collection", "add", name, "--title", name)
        node.run("collection", "access", name, "--account", "acme", "--rights", rights)
    node.run("collection", "add", "vaulted", "--title", "vaulted", "--enclave", "vault")
    node.run("collection", "access", "vaulted", "--account", "*", "--rights", "read write")


def announce_another_name(node):
    """Partners are told localhost, and the node listens on a number."""
    init = node.init
    node.init = lambda url: init(url.replace("127.0.0.1", "localhost"))


@pytest.fixture(scope="session")
def server(program, tmp_path_factory):
    tale = story.Story(program.resolve(), tmp_path_factory.mktemp("conformance") / "nodes")
    announce_another_name(tale.IN)
    try:
        tale.make()
        tale.wrong_fingerprint()
        add_people(tale.IN)
        give_collections(tale.IN)
        tale.agree()
        tale.import_incident()
        tale.send("JP:JPCERT")
        yield under_test.Server(tale)
    finally:
        tale.stop()

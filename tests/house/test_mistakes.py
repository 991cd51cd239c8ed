"""What is mistyped at night is answered with what would be right."""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
NODE = ["init", "--realm", "exercise", "--party", "IN", "--org", "IN:CERT-IN", "--name", "in.example"]
MISTAKES = [
    (["object", "check", "--jsno", "a"], 2, "no such option: --jsno; `torana object check --help` lists them"),
    (["status", "--jsno"], 2, "no such option: --jsno; `torana status --help` lists them"),
    (["status"], 1, "there is no node at ./real: name its folder with --dir or TORANA_DIR, or make one with torana init"),
    ([*NODE, "--party", "India"], 2, "like IN:CERT-IN of party IN; not IN:CERT-IN of party India"),
    ([*NODE, "--peer-url", "http://in.example:8441"], 2, "write https:// and its host"),
    ([*NODE, "--peer-url", "in.example"], 2, "write https:// and its host"),
    ([*NODE, "--peer-url", "https://"], 2, "write https:// and its host"),
    ([*NODE, "--peer-url", "https://in.example:8441/taxii2/"], 2, "nothing stands behind host and port"),
]


@pytest.mark.parametrize("command, code, said", MISTAKES)
def test_a_mistake_is_answered_with_what_is_right(torana, folder, command, code, said):
    done = torana(*command)
    assert done.returncode == code and said in done.stderr, done.stderr
    assert not any(folder.iterdir())


def test_a_feed_without_the_password_of_its_user(torana):
    assert torana(*NODE).returncode == 0
    done = torana("feed", "add", "cisa", "--url", "https://taxii.example/taxii2/", "--collection",
                  "9d2a4d3e-7a57-4c5c-9c3c-9c1e5a1f0a01", "--user", "cert-in")
    assert done.returncode == 1 and "a user and its password belong together" in done.stderr


def test_a_feed_that_was_never_read_shows_no_date(torana):
    assert torana(*NODE).returncode == 0
    done = torana("feed", "add", "cisa", "--url", "https://taxii.example/taxii2/", "--collection",
                  "9d2a4d3e-7a57-4c5c-9c3c-9c1e5a1f0a01")
    assert done.returncode == 0, done.stderr
    assert "null" not in torana("feed", "list").stdout


def test_the_first_page_names_every_other():
    man = ROOT / "docs/man"
    named = set(re.findall(r"^- (torana-[a-z]+)\(1\):", (man / "torana.1.scd").read_text(), re.M))
    assert named == {p.name.removesuffix(".1.scd") for p in man.glob("torana-*.1.scd")}

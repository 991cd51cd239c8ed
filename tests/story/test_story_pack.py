"""What an auditor takes away from India: one file, on a machine that has nothing else.

Runs after test_story.py, on what that left behind.
"""

import json
import os
import subprocess

import pytest


@pytest.fixture(scope="module")
def pack(tale):
    if tale.sent is None:
        pytest.fail("the story has not been played: run tests/story as a whole", pytrace=False)
    path = tale.folder / "in.tar"
    made = json.loads(tale.IN.run("audit", "pack", str(path), "--content", "--json").stdout)
    return path, made["key"]


def ask(tale, verb, *words):
    empty = tale.folder / "nothing"
    empty.mkdir(exist_ok=True)
    env = {"TMPDIR": str(empty), "PATH": os.environ["PATH"]}
    done = subprocess.run([tale.IN.torana, "audit", verb, "--json", *words], cwd=empty, env=env,
                          capture_output=True, timeout=300)
    assert list(empty.iterdir()) == [], "something of the pack was left behind"
    return done.returncode, json.loads(done.stdout or b"{}"), done.stderr.decode()


def test_it_counts_as_the_folder_does(tale, pack):
    path, key = pack
    code, report, _ = ask(tale, "verify", "--pack", str(path), "--key", key, "--heads", str(tale.heads()))
    folder = tale.verify(tale.copy_of_india("beside"), tale.heads())
    assert code == 0 and report["ok"], report["problems"]
    assert report.pop("pack")["withheld_leaves"] == 0
    assert report == folder


def test_it_is_decided_again(tale, pack):
    path, key = pack
    code, report, _ = ask(tale, "replay", "--pack", str(path), "--key", key)
    assert code == 0 and report["ok"], report["problems"]
    assert report["from_content"] == report["decisions"] > 0


def test_debian_tools_look_into_it(pack):
    names = subprocess.run(["tar", "-tf", str(pack[0])], check=True, capture_output=True).stdout.decode().split()
    assert names[-1] == "manifest.json" and "log/checkpoint" in names
    rows = subprocess.run(["tar", "-xOf", str(pack[0]), "rows/release_item/000001.ndjson"], check=True,
                          capture_output=True).stdout.splitlines()
    assert all(json.loads(row)["outcome"] for row in rows)


def test_a_flipped_byte_is_named(tale, pack):
    path, key = pack
    data = bytearray(path.read_bytes())
    at = data.index(b"rows/rule_pack/000001.ndjson") + 600
    data[at] ^= 1
    changed = tale.folder / "changed.tar"
    changed.write_bytes(data)
    code, report, _ = ask(tale, "verify", "--pack", str(changed), "--key", key)
    assert code == 1 and [p["code"] for p in report["problems"]] == ["pack"]
    assert report["problems"][0]["what"].startswith("rows/rule_pack/000001.ndjson")


def test_the_key_is_asked_for(tale, pack):
    path, key = pack
    code, _, text = ask(tale, "verify", "--pack", str(path))
    assert code == 2 and "--key" in text
    code, _, text = ask(tale, "verify", "--pack", str(path), "--key", "0" * 64)
    assert code == 1 and "signed by the key " + key in text

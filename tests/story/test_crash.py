"""Step 11: nodes that are killed at named places come back with the same story, each thing once."""

import json
import os
import pathlib
import sqlite3

import pytest

import story

# (node that dies, place, which pass of it): 20 points, at least 5 between leaf
# and checkpoint and 5 between receipt and cosignature.
# The first pass of a place is at the start of the program, where it recovers.
POINTS = [("IN", "leaf", n) for n in range(1, 6)] + [("IN", "checkpoint", n) for n in (1, 2, 3)] + [
    ("IN", "project", n) for n in (1, 2, 3)] + [("IN", "ledger.signed", 1), ("IN", "ledger.tiles", 1)] + [
    ("JP", "receipt", n) for n in (1, 2)] + [("JP", "acknowledge", n) for n in (1, 2)] + [
    ("JP", "leaf", 2), ("JP", "checkpoint", 2), ("JP", "project", 2)]


def serve(node, crash=None):
    """Starts it; one that dies at its start is started again."""
    if crash:
        os.environ["TORANA_CRASH"] = crash
    try:
        node.start()
    except story.Wrong:
        if not crash or node.process.wait(timeout=30) != -9:
            raise
        node.stop()
        node.deaths += 1
        os.environ.pop("TORANA_CRASH")
        node.start()
    finally:
        os.environ.pop("TORANA_CRASH", None)


def play(tale):
    """Imports, sends, approves; whoever is found dead is started again."""

    def alive():
        for node in tale.nodes():
            if node.process is None or node.process.poll() is not None:
                node.deaths += node.process is not None and node.process.poll() == -9
                node.stop()
                serve(node)

    def insist(action):
        for _ in range(4):
            alive()
            try:
                return action()
            except (OSError, story.Wrong, json.JSONDecodeError, story.http.client.HTTPException):
                continue
        alive()
        return action()

    insist(tale.import_incident)
    if not tale.released():
        insist(lambda: tale.send("JP:JPCERT") if not tale.IN.api(
            "GET", "/releases", account="meera")["items"] else None)
    insist(lambda: [tale.approve(i) for i in tale.holds()])
    story.until(lambda: (alive(), insist(lambda: settled(tale)))[1], 40)
    alive()


def settled(tale):
    rows = tale.released()
    return rows and all(r["cosigned"] and r["received"] for r in rows)


def outcome_set(tale):
    with sqlite3.connect(tale.IN.realm / "store.db") as db:
        # The node's own identity is made at init: its version is that of the minute.
        return sorted(db.execute(
            "SELECT source_id, CASE source_id WHEN ? THEN '' ELSE version END, recipient, outcome"
            " FROM release_item", (story.CERT_IN,)))


def check_once_each(tale):
    with sqlite3.connect(tale.IN.realm / "store.db") as db:
        rows = db.execute("SELECT source_id, version, recipient, outcome, leaf, place FROM release_item").fetchall()
        assert len({r[:3] for r in rows}) == len(rows)
        assert len({r[4:] for r in rows}) == len(rows)
        (copies,), = db.execute("SELECT COUNT(*) - COUNT(DISTINCT copy_id) FROM copy_link")
        assert copies == 0
        unreleased = db.execute(
            "SELECT COUNT(*) FROM object o JOIN collection c ON c.shard_key = o.shard_key"
            " WHERE c.kind = 'released' AND NOT EXISTS (SELECT 1 FROM release_item i"
            " JOIN ledger_leaf l ON l.leaf = i.leaf WHERE i.leaving_id = o.object_id)").fetchall()
        assert unreleased == [(0,)]
    assert tale.verify(tale.copy_of_india(), tale.heads())["ok"]


@pytest.fixture(scope="module")
def undisturbed(request, tmp_path_factory):
    s = begin(request, tmp_path_factory.mktemp("calm"))
    play(s)
    result = outcome_set(s)
    s.stop()
    return result


def begin(request, folder):
    exe = pathlib.Path(request.config.getoption("--torana")).resolve()
    s = story.Story(exe, folder / "nodes")
    for node in s.nodes():
        node.deaths = 0
    s.make()
    s.wrong_fingerprint()
    s.agree()
    return s


@pytest.mark.long
@pytest.mark.parametrize("who, place, which", POINTS, ids=lambda v: str(v))
def test_kill(request, tmp_path, undisturbed, who, place, which):
    s = begin(request, tmp_path)
    try:
        node = s.IN if who == "IN" else s.JP
        node.stop()
        serve(node, f"{place}:{which}")
        play(s)
        assert node.deaths == 1, "the place was never passed: nothing was tried"
        assert outcome_set(s) == undisturbed
        check_once_each(s)
    finally:
        s.stop()

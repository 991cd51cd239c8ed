"""Step 7, the hard half: a copy of India's folder is changed in one place, and the audit names it.

Runs after test_story.py, on what that left behind.
"""

import base64
import hashlib
import json
import sqlite3

import pytest


@pytest.fixture
def copy(tale, request):
    if tale.sent is None:
        pytest.fail("the story has not been played: run tests/story as a whole", pytrace=False)
    return tale.copy_of_india("tampered-" + request.node.name.replace("[", "-").strip("]")[-40:])


@pytest.fixture
def db(copy):
    connection = sqlite3.connect(copy / "store.db", isolation_level=None)
    yield connection
    connection.close()


def flip(data, at=None):
    data = bytearray(data)
    at = len(data) // 2 if at is None else at
    data[at] ^= 1
    return bytes(data)


def codes(report):
    assert not report["ok"], "the change was not found"
    return {p["code"] for p in report["problems"]}


def test_an_untouched_copy_is_fine(tale, copy):
    report = tale.verify(copy, tale.heads())
    assert report["ok"], report["problems"]


def test_object(tale, copy, db):
    (key, at, raw), = db.execute("SELECT shard_key, date_added, raw FROM object LIMIT 1")
    db.execute("UPDATE object SET raw = ? WHERE shard_key = ? AND date_added = ?", (flip(raw), key, at))
    assert "object" in codes(tale.verify(copy))


def test_released_bytes_with_all_hashes_beside_them(tale, copy, db):
    """The hash in the row is changed too: the ledger's record still knows."""
    (order, n, raw), = db.execute("SELECT order_id, ordinal, bytes FROM release_item"
                                  " WHERE state = 'released' LIMIT 1")
    raw = raw.replace(b"2.1", b"2.0", 1)
    db.execute("UPDATE release_item SET bytes = ?, preview_hash = ? WHERE order_id = ? AND ordinal = ?",
               (raw, hashlib.sha256(raw).digest(), order, n))
    assert "object" in codes(tale.verify(copy))


@pytest.mark.parametrize("column", ["decision", "facts", "outcome"])
def test_decision(tale, copy, db, column):
    (order, n, text), = db.execute(f"SELECT order_id, ordinal, {column} FROM release_item LIMIT 1")
    changed = text.replace("ALLOW", "BLLOW", 1) if "ALLOW" in text else text[:-2] + "x" + text[-1:]
    assert changed != text
    db.execute(f"UPDATE release_item SET {column} = ? WHERE order_id = ? AND ordinal = ?",
               (changed, order, n))
    assert "decision" in codes(tale.verify(copy))


def test_record(tale, copy, db):
    (leaf, place, record), = db.execute("SELECT leaf, place, record FROM ledger_record LIMIT 1")
    db.execute("UPDATE ledger_record SET record = ? WHERE leaf = ? AND place = ?",
               (flip(record), leaf, place))
    assert codes(tale.verify(copy)) & {"record", "decision", "leaf"}


def test_leaf(tale, copy, db):
    (leaf, entry), = db.execute("SELECT leaf, entry FROM ledger_leaf ORDER BY leaf LIMIT 1")
    db.execute("UPDATE ledger_leaf SET entry = ? WHERE leaf = ?", (flip(entry), leaf))
    assert "leaf" in codes(tale.verify(copy))


def test_tile(tale, copy):
    tile = next(p for p in sorted((copy / "log/tile").rglob("*")) if p.is_file() and "entries" not in str(p))
    tile.chmod(0o600)
    tile.write_bytes(flip(tile.read_bytes()))
    assert "tile" in codes(tale.verify(copy))


def test_checkpoint(tale, copy):
    path = copy / "log/checkpoint"
    text = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(flip(text, text.index(b"\n") + 1))
    assert "checkpoint" in codes(tale.verify(copy))


def test_agreement(tale, copy, db):
    (identifier, version, envelope), = db.execute("SELECT id, version, envelope FROM agreement")
    e = json.loads(envelope)
    payload = base64.b64decode(e["payload"]).replace(b'"AMBER"', b'"GREEN"', 1)
    e["payload"] = base64.b64encode(payload).decode()
    db.execute("UPDATE agreement SET envelope = ? WHERE id = ? AND version = ?",
               (json.dumps(e, separators=(",", ":")).encode(), identifier, version))
    assert "agreement" in codes(tale.verify(copy))


def test_cosignature(tale, copy, db):
    (size, line), = db.execute("SELECT size, line FROM ledger_cosignature LIMIT 1")
    at = len(line.rstrip()) - 20
    changed = line[:at] + ("A" if line[at] != "A" else "B") + line[at + 1:]
    db.execute("UPDATE ledger_cosignature SET line = ? WHERE size = ?", (changed, size))
    assert "cosignature" in codes(tale.verify(copy))


def test_the_last_five_leaves_deleted(tale, copy, db):
    """Found against Japan's copy of the heads, and the report says so."""
    (size,), = db.execute("SELECT n_leaves FROM ledger_head")
    keep = size - 5
    db.execute("DELETE FROM ledger_leaf WHERE leaf >= ?", (keep,))
    db.execute("DELETE FROM ledger_record WHERE leaf >= ?", (keep,))
    db.execute("DELETE FROM ledger_checkpoint WHERE size > ?", (keep,))
    db.execute("DELETE FROM ledger_cosignature WHERE size > ?", (keep,))
    report = tale.verify(copy, tale.heads())
    assert "truncated" in codes(report)
    assert any("found against" in p["what"] and "jp.example" in p["what"] for p in report["problems"] if p["code"] == "truncated")


def test_an_outcome_rewritten_and_the_tree_rebuilt_with_the_own_key(tale, copy):
    """Every hash and signature in the copy is right: only Japan's heads tell."""
    import rebuild
    rebuild.rewrite(copy, tale.IN.realm / "keys/log.key")
    alone = tale.verify(copy)
    assert "rewritten" not in {p["code"] for p in alone["problems"]}
    report = tale.verify(copy, tale.heads())
    assert "rewritten" in codes(report)
    assert any("found against" in p["what"] and "jp.example" in p["what"] for p in report["problems"] if p["code"] == "rewritten")

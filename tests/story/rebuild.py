"""What a dishonest party could do: rewrite an outcome and rebuild its whole log with its own key.

Written apart from the program, from RFC 9162 and the C2SP texts.
"""

import base64
import hashlib
import json
import shutil
import sqlite3

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

TILE = 256


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def root(hashes):
    if not hashes:
        return sha()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return sha(b"\x01", root(hashes[:k]), root(hashes[k:]))


def frontier(hashes):
    out, at = len(hashes).to_bytes(8, "big"), 0
    for bit in reversed(range(len(hashes).bit_length())):
        if len(hashes) >> bit & 1:
            out += root(hashes[at:at + (1 << bit)])
            at += 1 << bit
    return out


def checkpoint(origin, hashes, keyfile):
    words = keyfile.read_text().split()
    public, seed = bytes.fromhex(words[-2]), bytes.fromhex(words[-1])
    text = f"{origin}\n{len(hashes)}\n{base64.b64encode(root(hashes)).decode()}\n"
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(text.encode())
    key_id = sha(origin.encode(), b"\n", b"\x01", public)[:4]
    return f"{text}\n— {origin} {base64.b64encode(key_id + signature).decode()}\n".encode()


def number(n):
    groups = [f"{n % 1000:03}"]
    while n >= 1000:
        n //= 1000
        groups.insert(0, f"x{n % 1000:03}")
    return "/".join(groups)


def write_tiles(folder, hashes, entries):
    shutil.rmtree(folder / "tile")
    level, nodes = 0, hashes
    while nodes:
        for i in range(0, len(nodes), TILE):
            part = nodes[i:i + TILE]
            path = folder / f"tile/{level}/{number(i // TILE)}"
            if len(part) < TILE:
                path = path.parent / f"{path.name}.p" / str(len(part))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"".join(part))
        level, nodes = level + 1, [root(nodes[i:i + TILE]) for i in range(0, len(nodes) - TILE + 1, TILE)]
    for i in range(0, len(entries), TILE):
        part = entries[i:i + TILE]
        path = folder / f"tile/entries/{number(i // TILE)}"
        if len(part) < TILE:
            path = path.parent / f"{path.name}.p" / str(len(part))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(len(e).to_bytes(2, "big") + e for e in part))


def rewrite_outcome(db):
    """A denial becomes a release that was never ordered, in row and record alike."""
    (leaf, place, record), = db.execute(
        "SELECT r.leaf, r.place, r.record FROM ledger_record r JOIN release_item i"
        " ON i.leaf = r.leaf AND i.place = r.place WHERE i.state = 'denied' LIMIT 1")
    tree = json.loads(record)
    tree["outcome"] = "ALLOW"
    changed = json.dumps(tree, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
    db.execute("UPDATE ledger_record SET record = ? WHERE leaf = ? AND place = ?", (changed, leaf, place))
    db.execute("UPDATE release_item SET outcome = 'ALLOW' WHERE leaf = ? AND place = ?", (leaf, place))
    hashes = [sha(b"\x00", salt, r) for salt, r in db.execute(
        "SELECT salt, record FROM ledger_record WHERE leaf = ? ORDER BY place", (leaf,))]
    (entry,), = db.execute("SELECT entry FROM ledger_leaf WHERE leaf = ?", (leaf,))
    tree = json.loads(entry)
    tree["root"] = root(hashes).hex()
    db.execute("UPDATE ledger_leaf SET entry = ? WHERE leaf = ?", (json.dumps(
        tree, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode(), leaf))


def rewrite(folder, keyfile):
    db = sqlite3.connect(folder / "store.db", isolation_level=None)
    rewrite_outcome(db)
    (origin,), = db.execute("SELECT log FROM ledger_head")
    entries = [e for e, in db.execute("SELECT entry FROM ledger_leaf ORDER BY leaf")]
    hashes = [sha(b"\x00", e) for e in entries]
    note = checkpoint(origin, hashes, keyfile)
    db.execute("UPDATE ledger_head SET frontier = ?", (frontier(hashes),))
    db.execute("DELETE FROM ledger_checkpoint WHERE size < ?", (len(hashes),))
    db.execute("UPDATE ledger_checkpoint SET note = ?", (note,))
    db.execute("DELETE FROM ledger_cosignature")
    db.close()
    write_tiles(folder / "log", hashes, entries)
    (folder / "log/checkpoint").chmod(0o600)
    (folder / "log/checkpoint").write_bytes(note)

"""What an import and a page cost while a collection grows to a million objects."""

import contextlib
import datetime
import json
import random
import sqlite3

import inputs
import observed
import plot
import servers
from rows import Pairs, Row

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
PAGES = 20
PAGE_PAIRS = 7


def growth(path, first, last):
    """Indicators numbered from first to last, as a bundle."""
    dice = random.Random(first)
    with open(path, "w") as out:
        out.write(f'{{"type":"bundle","id":"bundle--{observed.uuid(dice)}","objects":[')
        for n in range(first, last):
            at = observed.instant(n)
            out.write("," if n > first else "")
            out.write(json.dumps({
                "type": "indicator", "spec_version": "2.1", "id": f"indicator--{observed.uuid(dice)}", "created": at,
                "modified": at, "name": f"Seen by sensor {n % 1000}", "indicator_types": ["malicious-activity"],
                "pattern": f"[domain-name:value = '{observed.domain(dice)}']", "pattern_type": "stix",
                "valid_from": at}))
        out.write("]}")


def bring(node, file, first, last):
    """CPU seconds an object of an import into a node that is not running."""
    growth(file, first, last)
    spent, _ = inputs.cpu_of([inputs.build / "src/torana", "object", "import", file, "--dir", node.node.folder,
                              "--as", "meera", "--password-file", node.node.folder / "password"], "/dev/null")
    return spent / (last - first)


def place(node, from_end):
    """The date after which so many objects of the collection follow."""
    with contextlib.closing(sqlite3.connect(f"file:{node.node.realm}/store.db?mode=ro", uri=True)) as db:
        ask = "SELECT date_added FROM object ORDER BY date_added DESC LIMIT 1 OFFSET ?"
        at = db.execute(ask, (from_end,)).fetchone()[0]
    whole = datetime.datetime.fromtimestamp(at // 1_000_000, datetime.timezone.utc)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{at % 1_000_000:06}Z"


def ends(node, size):
    """The first pages of a collection against its last ones."""
    room = PAGES * servers.PAGE_LIMIT
    return Pairs(PAGE_PAIRS, lambda i: node.follow_s(PAGES, place(node, room + 7 * i)),
                 lambda i: node.follow_s(PAGES, place(node, size - 1 - 7 * i)))


def measure(folder):
    """For each size: objects, CPU seconds of importing one and of a first and a last page."""
    node, found, first = servers.Node(folder), [], 0
    for size in SIZES:
        node.stop()
        bring_s = bring(node, folder / "growth.json", first, size)
        node.start()
        pairs = ends(node, size)
        found.append((size, bring_s, pairs))
        first = size
    node.stop()
    return found


def bench_scale():
    with inputs.scratch() as folder:
        found = measure(folder)
    rows = []
    for size, bring_s, pairs in found:
        rows.append(Row(f"{size:,} objects: import of one, CPU", f"{1e6 * bring_s:.0f} us"))
        rows.append(Row("  the last page against the first, CPU", f"{1e6 * pairs.mine_s:.0f} us",
                        f"the first {1e6 * pairs.other_s:.0f} us", 1 / pairs.ratio,
                        must=1.1 if size == SIZES[-1] else None, aim=1.02, at_most=True))
    plot.write(inputs.ROOT / "docs/performance.svg", [
        ("an object imported", [(size, 1e6 * bring_s) for size, bring_s, _ in found]),
        ("the first page of 100", [(size, 1e6 * pairs.other_s) for size, _, pairs in found]),
        ("the last page of 100", [(size, 1e6 * pairs.mine_s) for size, _, pairs in found]),
    ])
    return rows

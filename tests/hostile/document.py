#!/usr/bin/python3
"""Writes docs/hostile.md from the attacks.

    tests/hostile/document.py           writes it
    tests/hostile/document.py --check   fails when it is not what the attacks say
"""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tools"))

import http_attacks  # noqa: E402
import json_attacks  # noqa: E402
from attacks import ATTACKS  # noqa: E402

DOCUMENT = ROOT / "docs/hostile.md"

HEAD = """\
# Hostile input

This page is made by `tests/hostile/document.py` from the attacks in `tests/hostile/`: change those. Each row is sent to a real node over TLS, by somebody
who has credentials where that makes it worse. After each the node must serve others at once, and it may not have held more memory than the row allows;
what the processor spends on one row is bounded, too. Rows marked *long* take half a minute and run in `make test-long`.

Other numbers of the program stand in [config.md](config.md). Each parser has a fuzz target beside it (`src/*/*_fuzz.c`).

"""
TITLES = ((json_attacks, "Bodies"), (http_attacks, "Requests and connections"))


def page():
    yield HEAD
    for module, title in TITLES:
        yield f"## {title}\n\n| what is sent | the answer | what bounds it | memory, MiB |\n|---|---|---|--:|\n"
        for a in ATTACKS:
            if a.check.__module__ == module.__name__:
                long = " *(long)*" if a.long else ""
                yield f"| {a.sent}{long} | {a.answer} | {a.bound} | {a.memory // 1048576} |\n"
        yield "\n"
    yield """## What is not bounded here

- Many addresses at once: 1,024 connections are served in all, and who fills them from many networks keeps others waiting until their 15 seconds for headers
  are over. A firewall or a proxy in front has to help.
- The answers that the HTTP library gives itself, before a request has a shape (no Host, a broken length), are HTML and not TAXII errors. It then closes.
"""


def main():
    text = "".join(page())
    if "--check" in sys.argv:
        return 0 if DOCUMENT.read_text() == text else "docs/hostile.md is old: run tests/hostile/document.py"
    DOCUMENT.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())

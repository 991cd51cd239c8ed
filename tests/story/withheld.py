"""What must not be found in bytes that left, in any form.

Forms are made here from the bundle, apart from the program's own search.
"""

import base64
import json
import re
import unicodedata
import urllib.parse
import uuid

SCO = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
VALUES = [
    "Sabarmati Grid Distribution Limited", "Sabarmati Grid", "SGDL",
    "साबरमती ग्रिड वितरण लिमिटेड", "サバルマティ・グリッド配電",
    "ramesh.patel@sabarmati-grid.example", "ops.desk@sabarmati-grid.example",
    "sabarmati-grid.example", "scada-gw1.sabarmati-grid.example", "scada-gw1",
    "Ramesh Patel", "ramesh.patel", "+91 79 5550 0142",
]


def fold(text):
    return unicodedata.normalize("NFKD", text).casefold()


def squeeze(text):
    return re.sub(r"[\s\-_.・·‐-―]+", "", fold(text))


def sco_id(kind, value):
    name = json.dumps({"value": value}, separators=(",", ":"), ensure_ascii=False)
    return f"{kind}--{uuid.uuid5(SCO, name)}"


def forms(value):
    raw = value.encode()
    yield from {
        fold(value), value.encode("unicode_escape").decode(),
        urllib.parse.quote(value), urllib.parse.quote(value, safe="").lower(),
        base64.b64encode(raw).decode().rstrip("="), base64.urlsafe_b64encode(raw).decode().rstrip("="),
        raw.hex(), unicodedata.normalize("NFD", value), unicodedata.normalize("NFKC", value),
    }


def identifiers():
    for value in VALUES:
        for kind in ("email-addr", "domain-name", "url"):
            yield sco_id(kind, value)


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for v in value:
            yield from strings(v)
    elif isinstance(value, dict):
        for k, v in value.items():
            yield k
            yield from strings(v)


def decoded(text):
    """The text, and what it may hide."""
    yield text
    yield urllib.parse.unquote(text)
    for run in re.findall(r"[A-Za-z0-9+/_-]{8,}={0,2}", text):
        try:
            padded = run.rstrip("=").replace("-", "+").replace("_", "/")
            yield base64.b64decode(padded + "=" * (-len(padded) % 4)).decode()
        except ValueError:
            pass
        if re.fullmatch(r"(?:[0-9a-fA-F]{2})+", run):
            try:
                yield bytes.fromhex(run).decode()
            except ValueError:
                pass


def find(raw):
    """Every withheld value that the bytes of one object show: list of (value, where)."""
    found = []
    low = raw.decode().casefold()
    for value in VALUES:
        for form in forms(value):
            if form.casefold() in low:
                found.append((value, "raw"))
    for identifier in identifiers():
        if identifier in low:
            found.append((identifier, "deterministic id"))
    for text in strings(json.loads(raw)):
        for view in decoded(text):
            folded, tight = fold(view), squeeze(view)
            for value in VALUES:
                if fold(value) in folded or (len(squeeze(value)) > 5 and squeeze(value) in tight):
                    found.append((value, text[:80]))
    return found

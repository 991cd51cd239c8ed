"""Patterns, and observations in which some of them are: the inputs of bench `patterns`.

The same on every machine.  All that is named is invented: addresses of
RFC 5737 and RFC 2544, names that end in .example.
"""

import datetime
import json
import random

PLANTED_EVERY = 10  # so many patterns are about something that was observed
DAY = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)


def uuid(dice):
    text = f"{dice.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def address(dice):
    return f"198.{dice.choice((18, 19))}.{dice.randrange(256)}.{dice.randrange(1, 255)}"


def domain(dice):
    return f"{dice.getrandbits(40):010x}.example"


def instant(n):
    return (DAY + datetime.timedelta(seconds=10 * n)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def observables(dice):
    """What one sensor saw: a connection and its name, or a file and the process that ran it."""
    if dice.random() < 0.6:
        host = {"type": "ipv4-addr", "id": f"ipv4-addr--{uuid(dice)}", "value": address(dice)}
        name = {"type": "domain-name", "id": f"domain-name--{uuid(dice)}", "value": domain(dice)}
        flow = {"type": "network-traffic", "id": f"network-traffic--{uuid(dice)}", "dst_ref": host["id"],
                "dst_port": dice.choice((53, 80, 443, 8080)), "protocols": ["ipv4", "tcp"],
                "dst_byte_count": dice.randrange(100_000)}
        return [host, name, flow]
    file = {"type": "file", "id": f"file--{uuid(dice)}", "name": f"{dice.getrandbits(24):06x}.exe",
            "size": dice.randrange(1_000_000), "hashes": {"SHA-256": f"{dice.getrandbits(256):064x}"}}
    process = {"type": "process", "id": f"process--{uuid(dice)}", "pid": dice.randrange(32768),
               "command_line": f"{file['name']} /s {domain(dice)}", "image_ref": file["id"]}
    return [file, process]


def bundle(dice, n):
    seen = observables(dice)
    at = instant(n)
    observed = {"type": "observed-data", "spec_version": "2.1", "id": f"observed-data--{uuid(dice)}", "created": at,
                "modified": at, "first_observed": at, "last_observed": at, "number_observed": 1,
                "object_refs": [o["id"] for o in seen]}
    return {"type": "bundle", "id": f"bundle--{uuid(dice)}", "objects": [observed, *seen]}


def value_of(bundles, dice, kind, member):
    """Of something observed, sometimes; else of nothing."""
    if dice.randrange(PLANTED_EVERY) == 0:
        for _ in range(50):
            for o in dice.choice(bundles)["objects"]:
                if o["type"] == kind:
                    return o["hashes"]["SHA-256"] if member == "hash" else o[member]
    return {"ipv4-addr": address, "domain-name": domain}.get(kind, lambda d: f"{d.getrandbits(256):064x}")(dice)


def pattern(dice, bundles, n):
    ip, name = (value_of(bundles, dice, *which) for which in (("ipv4-addr", "value"), ("domain-name", "value")))
    sha = value_of(bundles, dice, "file", "hash")
    return (
        f"[ipv4-addr:value = '{ip}']",
        f"[domain-name:value = '{name}' OR domain-name:value = '{domain(dice)}']",
        f"[file:hashes.'SHA-256' = '{sha}']",
        f"[ipv4-addr:value IN ('{ip}', '{address(dice)}', '{address(dice)}')]",
        f"[network-traffic:dst_ref.value = '{ip}' AND network-traffic:dst_port = 443]",
        f"[domain-name:value LIKE '{name[:5]}%.example']",
        f"[process:command_line MATCHES '^{sha[:4]}[0-9a-f]{{2}}\\\\.exe /s {name[:6]}']",
        f"[file:size > {999_000 + dice.randrange(1000)} AND file:name LIKE '{sha[:3]}%']",
        f"[ipv4-addr:value ISSUBSET '{ip.rsplit('.', 1)[0]}.0/28']",
        f"([ipv4-addr:value = '{ip}'] FOLLOWEDBY [domain-name:value = '{name}']) WITHIN 600 SECONDS",
    )[n % 10]


def write(folder, patterns, observations):
    """PATTERNS and OBSERVED in this folder."""
    dice = random.Random(20261122)
    bundles = [bundle(dice, n) for n in range(observations)]
    lines = [pattern(dice, bundles, n) for n in range(patterns)]
    paths = folder / f"patterns-{patterns}.txt", folder / f"observed-{observations}.json"
    paths[0].write_text("\n".join(lines) + "\n")
    paths[1].write_text(json.dumps(bundles))
    return paths

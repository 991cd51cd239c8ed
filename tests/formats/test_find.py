"""torana feed find, against a resolver of our own: what a domain says of its TAXII server."""

import contextlib
import json
import socket
import struct
import threading

import pytest

QUESTION = b"\x07_taxii2\x04_tcp\x07example\x03net\x00\x00\x21\x00\x01"
NOT_FOUND, REFUSED, CUT = 3, 5, 0x200


def name(host):
    return b"".join(bytes([len(label)]) + label for label in host.encode().split(b".") if label) + b"\0"


def record(priority, weight, port, host):
    data = struct.pack(">HHH", priority, weight, port) + name(host)
    return b"\xc0\x0c\x00\x21\x00\x01" + struct.pack(">IH", 60, len(data)) + data


def answer(*records, code=0):
    return struct.pack(">HHHHH", 0x8180 | code, 1, len(records), 0, 0) + QUESTION + b"".join(records)


@contextlib.contextmanager
def resolver(reply):
    """Answers each question on a port of 127.0.0.1; a reply of None is silence."""
    asked = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    question, peer = s.recvfrom(4096)
                    if question == b"end":
                        return
                    asked.append(question[12:])
                    if reply is not None:
                        s.sendto(question[:2] + reply, peer)

        thread = threading.Thread(target=serve)
        thread.start()
        at = s.getsockname()
        yield f"127.0.0.1:{at[1]}", asked
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.sendto(b"end", at)
        thread.join()


def found(torana, reply, *options, domain="example.net"):
    with resolver(reply) as (at, asked):
        return torana("feed", "find", domain, "--resolver", at, *options), asked


def test_the_lowest_priority_comes_first(torana):
    reply = answer(record(20, 0, 443, "b.example.net"), record(10, 5, 8443, "A.example.org"))
    done, asked = found(torana, reply, "--json", domain="Example.NET")
    assert json.loads(done.stdout) == {"servers": [
        {"url": "https://a.example.org:8443/taxii2/", "priority": 10, "weight": 5},
        {"url": "https://b.example.net/taxii2/", "priority": 20, "weight": 0}], "servers_more": 0}
    assert done.returncode == 0 and len(asked) == 1 and asked[0].startswith(QUESTION)
    shown = found(torana, reply)[0].stdout
    assert shown.startswith("https://a.example.org:8443/taxii2/  priority 10, weight 5\n")
    assert "compare the host" in shown


def test_the_heavier_is_mostly_first(torana):
    reply = answer(record(1, 1, 443, "light.example.net"), record(1, 65535, 443, "heavy.example.net"))
    firsts = [json.loads(found(torana, reply, "--json")[0].stdout)["servers"][0]["url"] for _ in range(5)]
    assert firsts.count("https://heavy.example.net/taxii2/") >= 4  # the other in 1 of 30,000


@pytest.mark.parametrize("reply,says", [
    (answer(), "names no such server"),
    (answer(code=NOT_FOUND), "names no such server"),
    (answer(record(0, 0, 0, ".")), "names no such server"),
    (answer(record(0, 0, 0, "a.example.net")), "names no host and port"),
    (answer(record(0, 0, 443, "a\n.example.net")), "names no host and port"),
    (answer(record(0, 0, 443, "a.example.net/x@evil.example")), "names no host and port"),
    (answer(record(0, 0, 443, "a.example.net"))[:-3], "broken"),
    (answer(code=REFUSED), "no resolver answers"),
    (answer(record(0, 0, 443, "a.example.net"), code=CUT), "is cut"),
    (answer(code=CUT), "is cut"),
], ids=["none", "no-name", "not-offered", "no-port", "line-feed", "slash", "broken", "refused", "cut", "cut-to-nothing"])
def test_what_is_no_server_is_not_shown(torana, reply, says):
    done, _ = found(torana, reply)
    assert (done.returncode, done.stdout) == (1, "")
    assert says in done.stderr


def test_silence_ends(torana):
    done, asked = found(torana, None)
    assert done.returncode == 1 and "no resolver answers" in done.stderr
    assert len(asked) == 2


@pytest.mark.parametrize("domain", ["net", "", "https://example.net/", "exa mple.net", "-x.net", "a" * 64 + ".net"],
                         ids=["top-level", "empty", "url", "blank", "hyphen", "long"])
def test_what_is_no_domain_is_not_asked_for(torana, domain):
    done, asked = found(torana, answer(), domain=domain)
    assert (done.returncode, asked) == (2, [])

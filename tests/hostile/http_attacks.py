"""Requests: HTTP and TLS that are meant to hurt, or to be understood in two ways."""

import socket
import ssl
import time

from attacks import MIB, attack
from target import STATUS, TAXII, basic

SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
MARK = b"/smuggled/"  # where the answer to it would lead


def one_refusal(t, text, *status):
    """A refusal or nothing at all, and what stands behind is no request.  (The HTTP library says its own refusals twice, in one answer.)"""
    out = t.raw(text, 2)
    got = set(STATUS.findall(out))
    assert len(got) <= 1 and MARK not in out, (got, text[:200])
    assert all(int(s) in (status or (400,)) for s in got), (got, text[:200])


def post_head(t, *lines):
    return t.head("POST", t.objects, f"Content-Type: {TAXII}", *lines, close=False)


@attack("Content-Length and Transfer-Encoding in one request", "400, closed", "RFC 9112, section 6.3")
def length_and_chunks(t):
    one_refusal(t, post_head(t, "Content-Length: 5", "Transfer-Encoding: chunked") + "0\r\n\r\n" + SMUGGLED)
    one_refusal(t, post_head(t, "Transfer-Encoding: chunked", "Content-Length: 5") + "0\r\n\r\n" + SMUGGLED)
    # Also where the length is not what is wrong.
    both = ["Content-Length: 5", "Transfer-Encoding: chunked"]
    one_refusal(t, t.head("POST", "/nothing/", *both, close=False) + "0\r\n\r\n" + SMUGGLED, 404, 405)
    one_refusal(t, t.head("GET", "/local/", *both, close=False) + "0\r\n\r\n" + SMUGGLED, 400)
    one_refusal(t, post_head(t, *both).replace(basic(), "Basic AAAA") + "0\r\n\r\n" + SMUGGLED, 401)


@attack("two lengths, signed, hexadecimal or huge ones", "400 or 413, closed", "RFC 9112, section 6.3")
def lengths(t):
    for lines in (["Content-Length: 5", "Content-Length: 6"], ["Content-Length: 5, 6"], ["Content-Length: +5"],
                  ["Content-Length: -5"], ["Content-Length: 0x5"], ["Content-Length: 5 5"], ["Content-Length:"],
                  ["Content-Length: 99999999999999999999999"], ["Content-Length: 5", "Content-Length: 5"]):
        one_refusal(t, post_head(t, *lines) + "[]   " + SMUGGLED, 400, 413)


@attack("other transfer codings: identity, gzip, xchunked, chunked twice", "501, closed", "chunked alone is known")
def codings(t):
    for value in ("xchunked", "chunked, identity", "identity, chunked", "gzip, chunked", "chunked, chunked", "\x0bchunked",
                  "identity"):
        one_refusal(t, post_head(t, f"Transfer-Encoding: {value}") + "0\r\n\r\n" + SMUGGLED, 400, 501)


@attack("chunks of broken, signed or huge size, without end", "400 or 413, closed", "the body limit of the route counts chunks, too")
def chunks(t):
    for chunk in ("-1\r\n", "FFFFFFFFFFFFFFFFFF\r\n", "0x5\r\n", "zz\r\n", "ffffffff\r\n"):
        one_refusal(t, post_head(t, "Transfer-Encoding: chunked") + chunk + SMUGGLED, 400, 413)
    # The library's own word for a line that fits no buffer.
    one_refusal(t, post_head(t, "Transfer-Encoding: chunked") + "5;" + "x" * 100000, 500)


@attack("lines that continue, bare line feeds, blanks before the colon, NUL in a line", "400, or read as one value", "RFC 9112, sections 2.2 and 5")
def odd_lines(t):
    for line in ("X-A: b\r\n c: d", "Content-Length : 5", "X-A: b\0c", " X-A: b", ":", "X A: b"):
        got = t.statuses(t.head("GET", "/local/", line), 5)
        assert set(got) <= {200, 400}, (line, got)
    one_refusal(t, post_head(t, "Content-Length : 5", "Transfer-Encoding:\n chunked") + "0\r\n\r\n" + SMUGGLED, 400, 411, 415, 422)
    # A proxy that strips the blank frames by it: here it is no length, and no request stands behind.
    for line in (f"Content-Length : {len(SMUGGLED)}", f"Content-Length\t: {len(SMUGGLED)}", "Transfer-Encoding : chunked"):
        one_refusal(t, post_head(t, line) + SMUGGLED, 400)
        one_refusal(t, post_head(t, line, "Content-Length: 5") + "[]   " + SMUGGLED, 400)
    one_refusal(t, "GET /local/ HTTP/1.1\nHost: x\nConnection: close\n\n", 400, 401)


@attack("no Host, two Hosts, a target of another host, other versions, no HTTP at all", "400, 401, 404, 505 or closed", "RFC 9112, section 3.2")
def targets(t):
    for text in ("GET /local/ HTTP/1.1\r\n\r\n", "GET http://other.example/local/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                 "GET /local/ HTTP/9.9\r\nHost: x\r\n\r\n", "GET /local/\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                 "CONNECT a:1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "\0" * 1000, "\r\n" * 1000, "A" * 1000 + "\r\n\r\n"):
        one_refusal(t, text, 400, 401, 404, 405, 505)
    one_refusal(t, "GET /local/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + SMUGGLED, 400)


@attack("1,000 headers; one of 64 KiB", "431 or closed", "headers of a request: 16 KiB, 64 lines")
def header_floods(t):
    for lines in ([f"X-{i}: {i}" for i in range(1000)], ["X-A: " + "a" * 65536], ["X-" + "a" * 65536 + ": a"]):
        one_refusal(t, t.head("GET", "/local/", *lines), 400, 431)


@attack("a target of 64 KiB; percent signs without end", "404, 414 or 431; 308 to the same path with a slash", "headers of a request: 16 KiB")
def long_targets(t):
    one_refusal(t, t.head("GET", "/" + "a" * 65536), 414, 431)
    one_refusal(t, t.head("GET", "/" + "%25" * 4000), 308)
    one_refusal(t, t.head("GET", "/" + "a/" * 6000), 404, 414)
    for path in ("/%", "/%zz/", "/%c0%ae%c0%ae/", "/local/%00", "/local/?%", "/local/?a=%ff", "/local/?" + "&" * 5000):
        one_refusal(t, t.head("GET", path), 400, 404)


@attack("10,000 values of match[id], in one parameter or in many", "400 or 414", "64 parameters; 16 KiB of headers")
def ten_thousand_filters(t):
    one_refusal(t, t.head("GET", t.objects + "?match[id]=" + ",".join(["a"] * 7000)), 400, 414, 431)
    one_refusal(t, t.head("GET", t.objects + "?" + "&".join(["match[id]=a"] * 1000)), 400, 414, 431)


@attack("an Accept header with thousands of ranges", "200 or 406, at once", "16 KiB of headers")
def accept_bombs(t):
    for value in (",".join(["a/b"] * 3000), ";".join(["a/b"] + ["q=1"] * 3000), '"' * 8000, "\\" * 8000,
                  ",".join([TAXII] * 300)):
        text = t.head("GET", "/local/").replace(f"Accept: {TAXII}", "Accept: " + value)
        got = t.statuses(text)
        assert got in ([200], [406], [400]), (value[:40], got)


@attack("Range and conditional headers", "the whole, or 304", "pages are not served in parts")
def ranges(t):
    for value in ("bytes=0-0", "bytes=" + ",".join(f"{i}-{i}" for i in range(1000)), "items 0-10", "bytes=-1"):
        answer = t.get("/local/", f"Range: {value}")
        assert answer.status == 200 and answer.json["versions"]


@attack("Expect: 100-continue with a body that is too large, or without credentials", "413 or 401 instead of 100", "refused by the headers alone")
def expectations(t):
    too_large = post_head(t, f"Content-Length: {1024 * MIB}", "Expect: 100-continue")
    assert t.statuses(too_large, 5) == [413]
    nobody = post_head(t, "Content-Length: 2", "Expect: 100-continue").replace(basic(), "Basic AAAA")
    assert t.statuses(nobody, 5) == [401]
    good = t.raw(post_head(t, "Content-Length: 2", "Expect: 100-continue", "Connection: close") + "{}", 5)
    assert b" 422 " in good, good


@attack("credentials of 8 KiB, without a colon, not base64", "401", "a password is at most 1 KiB", memory=300 * MIB)
def odd_credentials(t):
    for value in (basic("a" * 3000, "b" * 3000), "Basic ====", "Basic " + "A" * 8000, "Bearer " + "x" * 8000, "Basic",
                  "Digest x", basic("me\0era"), basic("meera\r\n")):
        text = t.head("GET", "/local/").replace(basic(), value)
        assert t.statuses(text) == [401], value[:40]


@attack("300 requests sent at once on one connection", "300 answers in their order, one after the other", "a connection works on one request")
def pipelining(t):
    got = t.statuses(t.head("GET", "/local/", close=False) * 299 + t.head("GET", "/local/"), 20)
    assert got == [200] * 300, len(got)


@attack("HTTP to the TLS port; a TLS hello of rubbish; a handshake broken off", "closed", "TLS 1.2 and 1.3 alone")
def no_tls(t):
    for text in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\xff\xff" + b"\x01" * 70000, b"\x16\x03\x01\x00\x05\x01\0\0\x01\0",
                 b"\x80\x2e\x01\0\x02", b""):
        with t.plain() as s:
            s.settimeout(3)
            s.sendall(text)
            if not text:
                s.shutdown(socket.SHUT_WR)
            assert b"HTTP/" not in t.drain(s)


@attack("old versions of TLS", "no handshake", "TLS 1.2 and 1.3 alone")
def old_tls(t):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    try:
        with context.wrap_socket(t.plain()):
            raise AssertionError("TLS 1.1 was spoken")
    except (ssl.SSLError, ConnectionError):
        pass


@attack("100 handshakes that are never begun, from one address", "others from there are served", "128 connections from one address; 15 s for headers, the handshake included")
def half_open(t):
    held = [t.plain() for _ in range(100)]
    try:
        assert t.serves() < 5
    finally:
        for s in held:
            s.close()


@attack("200 connections from one address", "closed beyond 128", "128 connections from one address")
def one_address(t):
    held = []
    try:
        for _ in range(200):
            held.append(t.plain("127.0.0.9"))
        time.sleep(1)
        closed = 0
        for s in held:
            s.setblocking(False)
            try:
                closed += s.recv(1) == b""
            except BlockingIOError:
                pass
            except ConnectionError:
                closed += 1
        assert closed >= 200 - 128, closed
        assert t.serves() < 5
    finally:
        for s in held:
            s.close()


@attack("a thousand idle connections from ten addresses, 200 with TLS", "others are served", "1,024 connections in all", memory=300 * MIB)
def a_thousand_idle(t):
    held = []
    try:
        for n in range(980):
            source = f"127.0.0.{20 + n % 10}"
            held.append(t.connect(source) if n % 5 == 0 else t.plain(source))
        assert t.serves() < 10
    finally:
        for s in held:
            s.close()


@attack("a header and a body that come byte by byte", "closed after 15 s; a slow body keeps nobody waiting", "15 s for headers, 120 s for a body", long=True)
def slow(t):
    with t.connect() as header, t.connect() as body:
        body.sendall(post_head(t, "Content-Length: 1000").encode())
        header.settimeout(0.5)
        ended = None
        started = time.monotonic()
        for c in t.head("GET", "/local/") + "X-A: " + "a" * 1000:
            try:
                header.sendall(c.encode())
                body.sendall(b" ")
                time.sleep(0.2)
            except (ConnectionError, ssl.SSLError):
                ended = time.monotonic() - started
                break
        assert ended is not None and 10 < ended < 25, ended
        assert t.serves() < 5

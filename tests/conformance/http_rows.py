"""Transport, URLs, negotiation, callers, and what describes the node."""

import email.utils
import gzip
import json
import re
import shutil
import ssl
import subprocess
import time
import uuid

from checks import row
from server import DATE, FIRST, LAST, TAXII, basic, indicator, new_id

BODY_MAX = 16 * 1024 * 1024


def is_error(answer, status):
    assert answer.status == status, (answer.status, answer.body)
    assert answer.headers["content-type"] == TAXII
    body = answer.json
    assert body["title"] and body["http_status"] == str(status)
    return body


def fails(connect):
    try:
        connect()
    except (ssl.SSLError, ConnectionError, OSError):
        return
    raise AssertionError("the handshake succeeded")


# ---- transport ----


@row("TS-001")
def discovery_has_one_place(t):
    assert t.get("/taxii2/").status == 200
    for path in ("/taxii/", "/local/taxii2/", "/api/v1/taxii2/", "/TAXII2/"):
        assert t.get(path).status == 404, path


def ask_without_certificate(t, path, *lines):
    """What the partners' listener answers to somebody who shows no certificate."""
    context = t.context(peer=True, bare=True)
    with t.socket(context, peer=True) as s:
        s.sendall("\r\n".join([f"GET {path} HTTP/1.1", "Host: x", "Connection: close", *lines, "", ""]).encode())
        out = b""
        while piece := s.recv(65536):
            out += piece
    return int(out.split()[1])


@row("TS-003")
def credentials_open_one_root(t):
    account = f"Authorization: {basic('meera')}"
    assert t.get("/local/").status == 200 and t.get("/ij-model/", peer=True).status == 200
    # An account is nobody to the root of an agreement, nor to the partners' listener.
    is_error(t.get("/ij-model/"), 404)
    is_error(t.get("/ij-model/collections/"), 404)
    for path in ("/ij-model/", "/local/", "/taxii2/"):
        assert ask_without_certificate(t, path, account) == 401
        assert ask_without_certificate(t, path) == 401
    # A partner's certificate is nobody to the people's root, with an account's password beside it, too.
    for more in ([], [("Authorization", basic("meera"))]):
        for path in ("/local/", "/local/collections/", f"/local/collections/{t.id}/objects/"):
            is_error(t.get(path, peer=True, headers=more), 404)
    is_error(t.get("/local/", account=None), 401)


@row("TS-002", "TS-058")
def each_caller_has_roots(t):
    people, peer = t.get("/taxii2/").json, t.get("/taxii2/", peer=True).json
    assert [r.rpartition(":")[2].partition("/")[2] for r in people["api_roots"]] == ["local/"]
    assert [r.rpartition(":")[2].partition("/")[2] for r in peer["api_roots"]] == ["ij-model/"]
    assert t.get("/local/").status == 200 and t.get("/ij-model/", peer=True).status == 200
    is_error(t.get("/ij-model/"), 404)
    assert t.get("/local/", peer=True).status in (403, 404)
    is_error(t.get("/ij-model/", peer=False, account=None), 401)


@row("TS-004")
def plain_http_gets_nothing(t):
    import socket
    with socket.create_connection(("127.0.0.1", t.port()), timeout=10) as s:
        s.sendall(b"GET /taxii2/ HTTP/1.1\r\nHost: x\r\nAuthorization: " +
                  basic("meera").encode() + b"\r\n\r\n")
        s.settimeout(5)
        try:
            got = s.recv(4096)
        except OSError:
            got = b""
    assert b"HTTP/" not in got and b"title" not in got


@row("TS-005")
def tls_1_2_and_1_3(t):
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = t.context()
        context.minimum_version = context.maximum_version = version
        with t.socket(context) as s:
            assert s.version() == {"TLSv1_2": "TLSv1.2", "TLSv1_3": "TLSv1.3"}[version.name]
    old = t.context()
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    fails(lambda: t.socket(old))


@row("TS-006")
def no_early_data(t):
    openssl = shutil.which("openssl")
    assert openssl, "the openssl program is needed"
    done = subprocess.run(
        [openssl, "s_client", "-connect", f"127.0.0.1:{t.port()}", "-tls1_3"], timeout=30,
        input=b"GET /taxii2/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        capture_output=True).stdout.decode(errors="replace")
    assert "TLSv1.3" in done
    offered = re.findall(r"Max Early Data: (\d+)", done)
    assert all(n == "0" for n in offered), offered


@row("TS-007")
def only_strong_suites(t):
    for suites in ("AES128-SHA:AES256-SHA", "AES128-GCM-SHA256:AES256-GCM-SHA384",
                   "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA",
                   "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA384"):
        weak = t.context()
        weak.maximum_version = ssl.TLSVersion.TLSv1_2
        weak.set_ciphers(suites + ":@SECLEVEL=0")
        fails(lambda: t.socket(weak))
    strong = t.context()
    strong.maximum_version = ssl.TLSVersion.TLSv1_2
    strong.set_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384")
    t.socket(strong).close()


@row("TS-008", "TS-224")
def basic_and_tokens_and_certificates(t):
    assert t.get("/taxii2/").status == 200
    assert t.get("/taxii2/", peer=True).status == 200
    made = t.node.api("POST", "/tokens", {"label": "feed", "scopes": ["read"], "days": 1}, account="meera")
    bearer = [("Authorization", f"Bearer {made['token']}")]
    assert t.get(t.objects, account=None, headers=bearer).status == 200


@row("TS-009")
def a_certificate_opens_the_peer_listener(t):
    assert t.get("/ij-model/collections/", peer=True).json["collections"]
    bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    bare.check_hostname = False
    bare.load_verify_locations(str(t.node.realm / "tls/peer.crt"))
    with t.socket(bare, peer=True) as s:
        s.sendall(b"GET /taxii2/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b" 401 " in s.recv(4096).split(b"\r\n")[0]


@row("TS-011", "TS-016")
def served_without_user_agent_with_date(t):
    answer = t.get("/taxii2/")
    assert answer.status == 200
    sent = email.utils.parsedate_to_datetime(answer.headers["date"]).timestamp()
    assert abs(sent - time.time()) < 60


@row("TS-012")
def unknown_methods(t):
    for method, path, allowed in (
            ("PUT", t.objects, "POST"), ("PATCH", t.objects, "GET"), ("POST", "/taxii2/", "GET"),
            ("DELETE", t.manifest, "GET"), ("TRACE", t.collection, "GET"), ("BREW", t.root, "GET")):
        answer = t.ask(method, path)
        is_error(answer, 405)
        assert allowed in answer.headers["allow"].split(", ")


@row("TS-013")
def head_and_options(t):
    for path in ("/taxii2/", t.root, t.collection, t.objects + "?limit=3", t.manifest):
        whole, head = t.get(path), t.ask("HEAD", path)
        assert head.status == 200 and head.body == b""
        assert head.headers["content-length"] == str(len(whole.body))
        for name in ("content-type", FIRST, LAST):
            assert head.headers.get(name) == whole.headers.get(name), name
    options = t.ask("OPTIONS", t.objects)
    assert (options.status, options.body) == (204, b"")
    assert {"GET", "HEAD", "POST"} <= set(options.headers["allow"].split(", "))


@row("TS-014")
def refused_with_an_answer(t):
    is_error(t.get("/taxii2/", account=None), 401)


# ---- URLs ----


@row("TS-020")
def the_last_slash(t):
    for method in ("GET", "HEAD"):
        answer = t.ask(method, t.objects[:-1] + "?limit=1")
        assert answer.status == 308 and answer.headers["location"] == t.objects + "?limit=1"
    assert t.get("/taxii2").headers["location"] == "/taxii2/"
    is_error(t.get("/taxii2/nothing/of/this/kind"), 404)
    is_error(t.ask("POST", t.objects[:-1], body=b"{}", headers=[("Content-Type", TAXII)]), 404)


@row("TS-021")
def percent_encoding_once(t):
    [thing] = t.fresh(1)[0]
    plain = t.page(f"match[id]={thing['id']}&match[type]=indicator,tool")
    coded = t.page(f"match%5Bid%5D={thing['id'].replace('-', '%2D')}&match%5btype%5D=indicator%2Ctool")
    assert plain.ids == coded.ids == [thing["id"]]
    assert t.page(f"match[id]={thing['id'].replace('-', '%252D')}").ids == []
    assert t.get(t.objects.replace("objects", "%6Fbjects")).status == 200
    for segment in ("a%2Fb", "a%00b", "..", "%2e%2e", ".", "%2E", "%zz", "%ff"):
        is_error(t.get(f"{t.root}collections/{segment}/"), 404)


@row("TS-022")
def paths_have_case(t):
    for path in (t.collection.replace("collections", "Collections"), t.collection.upper(),
                 t.collection.replace(t.id, t.id.upper()), "/LOCAL/"):
        is_error(t.get(path), 404)
    status = t.add(indicator()).json["id"]
    assert t.get(f"{t.root}status/{status}/").status == 200
    is_error(t.get(f"{t.root}status/{status.upper()}/"), 404)


@row("TS-023")
def broken_queries(t):
    for query in ("match[id]=%zz", "match[id]=%", "limit=%f", "match[type]=%ff", "match[id]=a%00b",
                  "%c3%28=1"):
        is_error(t.page(query), 400)


# ---- negotiation ----


@row("TS-030", "TS-150", "TS-151")
def every_answer_has_the_type(t):
    for expected, answer in (
            (200, t.get("/taxii2/")), (200, t.page("limit=1")), (202, t.post(indicator())),
            (400, t.page("limit=0")), (401, t.get("/taxii2/", account=None)),
            (403, t.post(indicator(), account="audit")), (404, t.get("/local/nothing/")),
            (404, t.get("/nothing/")), (405, t.ask("PUT", t.objects)),
            (406, t.get("/taxii2/", accept="text/html")), (415, t.post_bytes(b"{}", "text/plain")),
            (422, t.post_bytes(b"{}"))):
        assert answer.status == expected and answer.headers["content-type"] == TAXII
        if expected >= 400:
            is_error(answer, expected)


@row("TS-031", "TS-032", "TS-033", "TS-034")
def accept_that_is_served(t):
    stix = TAXII + ",application/stix+json;version=2.1"
    for accept in (TAXII, "application/taxii+json", stix, "application/taxii+json; version=2.1",
                   "APPLICATION/TAXII+JSON;VERSION=2.1", 'application/taxii+json;version="2.1"',
                   "application/taxii+json;version=2.1;q=0.5, text/html",
                   "application/taxii+json;version=2.0, application/taxii+json;version=2.1",
                   "application/taxii+json ; version=2.1", " application/taxii+json;version=2.1 , */*;q=0",
                   "text/html;q=1.0,application/taxii+json;q=0.001"):
        for path in ("/taxii2/", t.manifest, t.objects):
            answer = t.get(path, accept=accept)
            assert answer.status == 200 and answer.headers["content-type"] == TAXII, (accept, path)


@row("TS-034", "TS-035")
def accept_that_is_refused(t):
    for accept in ("application/taxii+json;version=2.1;q=0", "application/taxii+json;q=0, */*",
                   "*/*;q=0", "application/json", "text/html", "application/taxii+json;version=2.0",
                   "application/taxii+json;version=2.2",
                   "application/vnd.oasis.taxii+json;version=2.0"):
        is_error(t.get("/taxii2/", accept=accept), 406)


@row("TS-035")
def ranges_and_nothing_are_served(t):
    for accept in ("*/*", "application/*", None, "text/html, */*;q=0.1"):
        assert t.get("/taxii2/", accept=accept).status == 200, accept


@row("TS-036", "TS-037")
def content_types(t):
    for kind in (TAXII, "application/taxii+json", "application/taxii+json; version=2.1",
                 'APPLICATION/taxii+json;version="2.1"', TAXII + ";charset=utf-8"):
        body = json.dumps({"objects": [indicator()]}).encode()
        assert t.post_bytes(body, kind).status == 202, kind
    for kind in ("application/json", "application/stix+json", "text/plain", None, "",
                 "application/vnd.oasis.stix+json;version=2.0", "application/taxii+json;version=2.0"):
        is_error(t.post_bytes(body, kind), 415)


@row("TS-038")
def accept_is_tested_before_storing(t):
    thing = indicator()
    body = json.dumps({"objects": [thing]}).encode()
    is_error(t.post_bytes(body, accept="text/html"), 406)
    is_error(t.get(f"{t.objects}{thing['id']}/"), 404)


@row("TS-039")
def codings(t):
    for coding in ("gzip", "br", "deflate", "gzip, identity"):
        is_error(t.post_bytes(b"x", headers=[("Content-Encoding", coding)]), 415)
    released = t.get("/ij-model/collections/", peer=True).json["collections"][0]["id"]
    asks = [("Accept-Encoding", "gzip")]
    for query in ("", "limit=1000"):
        answer = t.page(query, f"/ij-model/collections/{released}/objects/", peer=True, headers=asks)
        assert answer.status == 200 and answer.headers.keys().isdisjoint({"content-encoding", "vary"})


@row("TS-039", "TS-226")
def pages_are_compressed_for_who_asks(t):
    t.add(*[indicator() for _ in range(5)])
    for path in (t.objects, t.manifest):
        plain = t.page("", path)
        assert "content-encoding" not in plain.headers and plain.headers["vary"] == "Accept-Encoding"
        for asked in ("gzip", "GZIP", "x-gzip", "*", "br, gzip;q=0.5", "gzip;q=0.001"):
            for _ in range(3):  # the third is one that was kept
                answer = t.page("", path, headers=[("Accept-Encoding", asked)])
                assert answer.headers["content-encoding"] == "gzip", asked
                assert gzip.decompress(answer.body) == plain.body and len(answer.body) < len(plain.body)
                assert answer.headers["vary"] == "Accept-Encoding"
                assert answer.headers["content-type"] == plain.headers["content-type"]
                assert answer.headers["x-taxii-date-added-last"] == plain.headers["x-taxii-date-added-last"]
            # Each form has its own tag, and is not taken for the other.
            packed, tag = answer.headers["etag"], plain.headers["etag"]
            assert packed != tag
            for etag, encoding, status in ((packed, asked, 304), (tag, asked, 200), (packed, "identity", 200)):
                headers = [("Accept-Encoding", encoding), ("If-None-Match", etag)]
                again = t.page("", path, headers=headers)
                assert again.status == status and again.headers["vary"] == "Accept-Encoding"
        for asked in ("", "identity", "br", "gzip;q=0", "gzip;q=0.000, *", "*;q=0", "gzip;q=0.1, identity;q=0.2",
                      "gzip;q=x", "gzipped"):
            answer = t.page("", path, headers=[("Accept-Encoding", asked)])
            assert "content-encoding" not in answer.headers and answer.body == plain.body, asked
    asks = [("Accept-Encoding", "gzip")]
    # What is short, and what is no page, is sent as it is.
    for path in (f"{t.objects}{new_id('tool')}/", "/taxii2/", t.root, t.root + "collections/", t.objects + "?limit=x",
                 "/api/v1/objects", t.page("", t.objects).objects and t.objects + "?match[type]=x-none"):
        assert "content-encoding" not in t.get(path, headers=asks).headers, path


# ---- discovery and API root ----


@row("TS-055", "TS-056", "TS-057", "TS-059", "TS-010")
def discovery(t):
    for peer in (False, True):
        got = t.get("/taxii2/", peer=peer).json
        assert isinstance(got["title"], str) and got["title"]
        assert got["default"] in got["api_roots"] != []
        for url in got["api_roots"]:
            assert re.fullmatch(r"https://[^/?#]+/[^?#]*/", url)
        odd = t.get("/taxii2/", peer=peer, headers=[("X-Forwarded-Host", "evil.example")])
        assert odd.json == got
    assert t.node.people_port == int(t.get("/taxii2/").json["default"].split(":")[2].split("/")[0])


@row("TS-060", "TS-061")
def api_root(t):
    for path, peer in (("/local/", False), ("/ij-model/", True)):
        got = t.get(path, peer=peer).json
        assert got["title"] and got["versions"] == [TAXII]
        assert type(got["max_content_length"]) is int and got["max_content_length"] > 0


def padded(size):
    body = json.dumps({"objects": [indicator()]}).encode()
    return body + b" " * (size - len(body))


@row("TS-062")
def the_largest_body(t):
    most = t.get(t.root).json["max_content_length"]
    assert t.post_bytes(padded(most)).status == 202
    is_error(t.post_bytes(padded(most + 1)), 413)


@row("TS-062")
def a_large_body_is_refused_unread(t):
    most = t.get(t.root).json["max_content_length"]
    head = (f"POST {t.objects} HTTP/1.1\r\nHost: x\r\nAuthorization: {basic('meera')}\r\n"
            f"Content-Type: {TAXII}\r\nExpect: 100-continue\r\nContent-Length: {most + 1}\r\n\r\n")
    assert t.raw(head.encode()).startswith(b"HTTP/1.1 413 ")


@row("TS-062")
def the_largest_chunked_body(t):
    most = t.get(t.root).json["max_content_length"]
    for size, status in ((most, 202), (most + 1, 413)):
        connection = t.connection(False)
        body = padded(size)
        pieces = (body[i:i + 1024 * 1024] for i in range(0, size, 1024 * 1024))
        connection.request("POST", t.objects, body=pieces, encode_chunked=True, headers={
            "Authorization": basic("meera"), "Content-Type": TAXII, "Transfer-Encoding": "chunked"})
        got = connection.getresponse()
        got.read()
        assert got.status == status
        t.forget_connections()


@row("TS-063")
def an_unknown_root(t):
    is_error(t.get("/nothing-here/"), 404)
    is_error(t.get("/nothing-here/collections/"), 404)
    assert t.get("/nothing-here/", peer=True).status in (403, 404)


# ---- collections ----


@row("TS-065")
def nothing_to_list(t):
    # Japan released nothing to India.
    answer = t.tale.IN.peer_request("/ij-model/collections/", t.tale.JP)
    assert (answer.status, answer.json) == (200, {})


@row("TS-066", "TS-067", "TS-069", "TS-071", "TS-212")
def collections(t):
    listed = t.get(t.root + "collections/").json["collections"]
    assert listed == t.get(t.root + "collections/?limit=1").json["collections"]
    assert [c["id"] for c in listed] == sorted(c["id"] for c in listed)
    for c in listed:
        assert str(uuid.UUID(c["id"])) == c["id"] and uuid.UUID(c["id"]).version == 4
        assert c["title"] and c["can_read"] is True and type(c["can_write"]) is bool
        assert c["media_types"] == ["application/stix+json;version=2.1"]
        assert t.get(f"{t.root}collections/{c['id']}/").json == c


@row("TS-068")
def alias(t):
    listed = t.get(t.root + "collections/").json["collections"]
    names = [c["alias"] for c in listed if "alias" in c]
    assert names and len(names) == len(set(names))
    for c in listed:
        if "alias" not in c:
            continue
        path = f"{t.root}collections/{c['alias'].replace('/', '%2F')}/"
        assert t.get(path).json == c
        assert t.get(path + "objects/?limit=1").status == 200
        assert not re.fullmatch(r"[0-9a-f-]{36}", c["alias"])


@row("TS-070")
def an_unknown_collection(t):
    for tail in ("", "objects/", "manifest/"):
        is_error(t.get(f"{t.root}collections/{uuid.uuid4()}/{tail}"), 404)
    is_error(t.post(indicator(), path=f"{t.root}collections/{uuid.uuid4()}/objects/"), 404)


@row("TS-015")
def a_partner_gets_whole_objects_only(t):
    [released] = t.get("/ij-model/collections/", peer=True).json["collections"]
    theirs = t.walk("", f"/ij-model/collections/{released['id']}/objects/", peer=True)
    ours = {o["id"]: o for o in t.walk("limit=1000")}
    assert theirs and len(theirs) < len(ours)
    for thing in theirs:
        assert thing == ours.get(thing["id"], thing)


# ---- dates in headers ----


@row("TS-075", "TS-078", "TS-211")
def dates_of_pages(t):
    things, _ = t.fresh(3)
    name = things[0]["id"]
    entries = t.page("limit=2", t.manifest).objects
    for path in (t.objects, t.manifest):
        answer = t.page("limit=2", path)
        assert answer.headers[FIRST] == entries[0]["date_added"]
        assert answer.headers[LAST] == entries[1]["date_added"]
    for path in (f"{t.objects}{name}/", f"{t.objects}{name}/versions/"):
        answer = t.get(path)
        assert answer.headers[FIRST] == answer.headers[LAST] == t.entry(name)["date_added"]
        assert DATE.fullmatch(answer.headers[FIRST])


@row("TS-076", "TS-077")
def no_dates_elsewhere(t):
    for answer in (t.page("match[type]=x-nothing"), t.page("match[type]=x-nothing", t.manifest),
                   t.get("/taxii2/"), t.get(t.root), t.get(t.collection), t.page("limit=0"),
                   t.get(t.root + "collections/"), t.post(indicator())):
        assert FIRST not in answer.headers and LAST not in answer.headers


# ---- data types, bounds ----


def every_value(value):
    yield value
    if isinstance(value, dict):
        value = list(value.values())
    for child in value if isinstance(value, list) else []:
        yield from every_value(child)


@row("TS-210", "TS-213")
def data_types(t):
    status = t.add(indicator()).json["id"]
    for path in ("/taxii2/", t.root, t.root + "collections/", t.collection, t.manifest,
                 f"{t.root}status/{status}/"):
        body = t.get(path).body
        body.decode("utf-8")
        assert not body.startswith(b"\xef\xbb\xbf")
        for value in every_value(json.loads(body)):
            assert value is not None and value != []
            assert not isinstance(value, float)
            assert not isinstance(value, int) or abs(value) < 2**53


@row("TS-221")
def long_requests_are_refused(t):
    many = ",".join(new_id("tool") for _ in range(65))
    is_error(t.page(f"match[id]={many}"), 400)
    assert t.page(f"match[id]={many.rpartition(',')[0]}").status == 200
    head = f"GET {t.objects}?match[id]={'a' * 100_000} HTTP/1.1\r\nHost: x\r\n"
    got = t.raw(f"{head}Authorization: {basic('meera')}\r\n\r\n".encode())
    assert re.match(rb"HTTP/1.1 (400|413|414|431) ", got) or got == b""
    assert t.get("/taxii2/").status == 200


@row("TS-223")
def a_base_url_that_is_none(t):
    copy = t.tale.folder / "wrong-base"
    for wrong in ("http://in.example", "https://in.example/../x", "https://in.example/?a=b", "in.example"):
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        text = (t.node.folder / "torana.conf").read_text()
        changed = re.sub(r"(?m)^base-url *=.*$", f"base-url = {wrong}", text)
        assert changed != text
        (copy / "torana.conf").write_text(changed)
        done = subprocess.run([t.node.torana, "serve", "--dir", str(copy)], capture_output=True,
                              timeout=30)
        assert done.returncode != 0 and b"base-url" in done.stderr, (wrong, done.stderr)


@row("TS-059")
def partners_are_told_the_announced_url(t):
    got = t.get("/taxii2/", peer=True).json
    assert got["default"] == f"https://localhost:{t.node.peer_port}/ij-model/"

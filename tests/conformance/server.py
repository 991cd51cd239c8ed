"""The server under test, asked without a client library: nothing is put right on the way."""

import base64
import collections
import http.client
import json
import re
import socket
import ssl
import uuid

import story

TAXII = "application/taxii+json;version=2.1"
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
FIRST, LAST = "x-taxii-date-added-first", "x-taxii-date-added-last"


class Answer(collections.namedtuple("Answer", "status headers body")):
    @property
    def json(self):
        return json.loads(self.body)

    @property
    def objects(self):
        return self.json.get("objects", [])

    @property
    def ids(self):
        return [o["id"] for o in self.objects]


def basic(account, password=story.PASSWORD):
    return "Basic " + base64.b64encode(f"{account}:{password}".encode()).decode()


def new_id(kind):
    return f"{kind}--{uuid.uuid4()}"


def indicator(**more):
    """A valid object that nobody has seen."""
    made = {
        "type": "indicator", "spec_version": "2.1", "id": new_id("indicator"),
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
        "name": "made for a test", "indicator_types": ["malicious-activity"],
        "pattern": "[ipv4-addr:value = '203.0.113.7']", "pattern_type": "stix",
        "valid_from": "2026-01-01T00:00:00Z"}
    return made | more


def version_of(thing, modified, **more):
    return thing | {"modified": modified} | more


class Server:
    """India's node: its people's listener, and the one for Japan's node."""

    def __init__(self, tale):
        self.tale, self.node = tale, tale.IN
        self.root = "/local/"
        self.open = {}
        listed = self.get(self.root + "collections/").json["collections"]
        self.id = next(c["id"] for c in listed if c["can_write"] and c.get("alias") == "local")
        self.collection = f"{self.root}collections/{self.id}/"
        self.objects = self.collection + "objects/"
        self.manifest = self.collection + "manifest/"

    # -- connections

    def context(self, peer=False, bare=False):
        """bare: for partners' listener, without a certificate of one."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        name = "peer" if peer else "people"
        context.load_verify_locations(str(self.node.realm / f"tls/{name}.crt"))
        if peer and not bare:
            other = self.tale.JP.realm / "tls"
            context.load_cert_chain(str(other / "peer.crt"), str(other / "peer.key"))
        return context

    def port(self, peer=False):
        return self.node.peer_port if peer else self.node.people_port

    def connection(self, peer):
        if peer not in self.open:
            self.open[peer] = http.client.HTTPSConnection(
                "127.0.0.1", self.port(peer), context=self.context(peer), timeout=60)
        return self.open[peer]

    def socket(self, context=None, peer=False):
        plain = socket.create_connection(("127.0.0.1", self.port(peer)), timeout=30)
        return (context or self.context(peer)).wrap_socket(plain)

    def forget_connections(self):
        for connection in self.open.values():
            connection.close()
        self.open = {}

    # -- requests

    def ask(self, method, path, *, account="meera", peer=False, accept=TAXII, headers=(), body=None):
        """headers: pairs, so that one may stand twice.  account None: no credentials."""
        for attempt in (1, 2):
            connection = self.connection(peer)
            try:
                connection.putrequest(method, path, skip_accept_encoding=True)
                if account and not peer:
                    connection.putheader("Authorization", basic(account))
                if accept is not None:
                    connection.putheader("Accept", accept)
                for name, value in headers:
                    connection.putheader(name, value)
                if body is not None:
                    connection.putheader("Content-Length", str(len(body)))
                connection.endheaders(body)
                got = connection.getresponse()
                return Answer(got.status, {k.lower(): v for k, v in got.getheaders()}, got.read())
            except (http.client.HTTPException, OSError):
                # An idle connection was closed meanwhile: once more on a new one.
                connection.close()
                del self.open[peer]
                if attempt == 2:
                    raise

    def get(self, path, **how):
        return self.ask("GET", path, **how)

    def page(self, query="", path=None, **how):
        return self.get((path or self.objects) + (f"?{query}" if query else ""), **how)

    def post_bytes(self, body, content_type=TAXII, path=None, headers=(), **how):
        pairs = [("Content-Type", content_type)] if content_type is not None else []
        return self.ask("POST", path or self.objects, body=body, headers=[*pairs, *headers], **how)

    def post(self, *objects, path=None, account="meera", **more):
        body = json.dumps({"objects": list(objects), **more}).encode()
        return self.post_bytes(body, path=path, account=account)

    def add(self, *objects):
        """All of them are stored."""
        answer = self.post(*objects)
        assert answer.status == 202 and answer.json["failure_count"] == 0, answer.body
        return answer

    def raw(self, text, peer=False):
        """What a server sends back to these bytes until it closes."""
        with self.socket(peer=peer) as s:
            s.sendall(text)
            out = b""
            try:
                while piece := s.recv(65536):
                    out += piece
            except (TimeoutError, ConnectionError, ssl.SSLError):
                pass
            return out

    def restart(self, requests=None):
        """requests: how many of one account in a minute are served from now on."""
        self.node.stop()
        path = self.node.folder / "torana.conf"
        text = path.read_text()
        people, mark, rest = text.partition("[peer]")
        if requests is not None:
            people = re.sub(r"(?m)^requests = .*$", f"requests = {requests}", people)
            path.write_text(people + mark + rest)
        self.node.start()
        self.forget_connections()
        return text

    # -- what a client does with pages

    def walk(self, query, path=None, by="next", member="objects", **how):
        """All entries, page after page, by next or by the date of the last."""
        out, more = [], ""
        for _ in range(500):
            answer = self.page("&".join(p for p in (query, more) if p), path, **how)
            assert answer.status == 200, answer.body
            out += answer.json.get(member, [])
            if not answer.json.get("more"):
                return out
            more = (f"next={answer.json['next']}" if by == "next"
                    else f"added_after={answer.headers[LAST]}")
        raise AssertionError("the pages do not end")

    def entry(self, name, query=""):
        [only] = self.page(f"match[id]={name}&{query}".rstrip("&"), self.manifest).objects
        return only

    def now(self):
        """The date of the newest entry."""
        return self.walk("", self.manifest)[-1]["date_added"]

    def fresh(self, n, **more):
        """n objects that were just added, in one envelope, and the filter that finds only them."""
        before = self.now()
        things = [indicator(**more) for _ in range(n)]
        self.add(*things)
        return things, f"added_after={before}"

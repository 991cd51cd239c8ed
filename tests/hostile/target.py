"""The node under attack, reached with bare sockets: no library puts anything right."""

import base64
import collections
import json
import re
import socket
import ssl
import time
import uuid

import story

STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) ")
TAXII = "application/taxii+json;version=2.1"
MIB = 1024 * 1024


def basic(account="meera", password=story.PASSWORD):
    return "Basic " + base64.b64encode(f"{account}:{password}".encode()).decode()


def indicator(**more):
    made = {
        "type": "indicator", "spec_version": "2.1", "id": f"indicator--{uuid.uuid4()}",
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
        "pattern": "[ipv4-addr:value = '203.0.113.7']", "pattern_type": "stix",
        "valid_from": "2026-01-01T00:00:00Z"}
    return made | more


class Answer(collections.namedtuple("Answer", "status head body")):
    @property
    def json(self):
        return json.loads(self.body)


class Target:
    def __init__(self, node):
        self.node = node
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.context.check_hostname = False
        self.context.load_verify_locations(str(node.realm / "tls/people.crt"))
        self.root = "/local/"
        listed = self.get(self.root + "collections/").json["collections"]
        self.id = next(c["id"] for c in listed if c["can_write"])
        self.objects = f"/local/collections/{self.id}/objects/"

    # -- connections

    def plain(self, source="127.0.0.1"):
        return socket.create_connection(("127.0.0.1", self.node.people_port), timeout=20,
                                        source_address=(source, 0))

    def connect(self, source="127.0.0.1"):
        return self.context.wrap_socket(self.plain(source))

    @staticmethod
    def drain(s):
        out = b""
        try:
            while piece := s.recv(65536):
                out += piece
        except (TimeoutError, ConnectionError, ssl.SSLError):
            pass
        return out

    def raw(self, text, seconds=20):
        """All that comes back until the node closes, or nothing comes for so long."""
        with self.connect() as s:
            s.settimeout(seconds)
            try:
                s.sendall(text if isinstance(text, bytes) else text.encode())
            except (ConnectionError, ssl.SSLError):
                pass  # it had heard enough
            return self.drain(s)

    def statuses(self, text, seconds=20):
        """The status of each answer to these bytes."""
        return [int(n) for n in STATUS.findall(self.raw(text, seconds))]

    # -- requests

    def head(self, method, path, *lines, close=True):
        return "\r\n".join([
            f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: {basic()}",
            f"Accept: {TAXII}", *(["Connection: close"] if close else []), *lines, "", ""])

    def ask(self, method, path, *lines, body=b""):
        more = [f"Content-Length: {len(body)}"] if body or method == "POST" else []
        out = self.raw(self.head(method, path, *lines, *more).encode() + body)
        head, _, rest = out.partition(b"\r\n\r\n")
        if b"transfer-encoding: chunked" in head.lower():
            raise AssertionError("an answer in chunks")
        return Answer(int(head.split()[1]) if head else 0, head.decode("latin1"), rest)

    def get(self, path, *lines):
        return self.ask("GET", path, *lines)

    def post(self, body, *lines):
        body = body if isinstance(body, bytes) else body.encode()
        return self.ask("POST", self.objects, f"Content-Type: {TAXII}", *lines, body=body)

    def post_objects(self, *objects):
        return self.post(json.dumps({"objects": objects}))

    # -- what an attack must not change

    def serves(self):
        started = time.monotonic()
        assert self.get("/local/").status == 200
        return time.monotonic() - started

    def memory(self):
        """What the node holds, and the most that it held since reset_peak()."""
        text = open(f"/proc/{self.node.process.pid}/status", encoding="ascii").read()
        return [int(re.search(rf"{name}:\s+(\d+) kB", text)[1]) * 1024 for name in ("VmRSS", "VmHWM")]

    def reset_peak(self):
        with open(f"/proc/{self.node.process.pid}/clear_refs", "w", encoding="ascii") as f:
            f.write("5")

    def cpu(self):
        fields = open(f"/proc/{self.node.process.pid}/stat", encoding="ascii").read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100

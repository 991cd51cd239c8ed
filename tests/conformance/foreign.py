"""A TAXII 2.1 server that says what a test wants, and keeps what it was asked."""

import base64
import collections
import contextlib
import datetime
import http.server
import itertools
import json
import re
import socketserver
import ssl
import threading
import urllib.parse

import story

TAXII = "application/taxii+json;version=2.1"
COLLECTION = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
ROOT, OBJECTS = "/api/", f"/api/collections/{COLLECTION}/objects/"
NUMBERS = itertools.count()

Asked = collections.namedtuple("Asked", "method path query headers")
Reply = collections.namedtuple("Reply", "status headers body", defaults=({}, b""))


def date(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def taxii(value, status=200, **headers):
    """headers: content_type="..." is Content-Type."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(status, {"content-type": TAXII, **named}, json.dumps(value).encode())


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        path, _, query = self.path.partition("?")
        asked = Asked(self.command, path, query, {k.lower(): v for k, v in self.headers.items()})
        self.server.foreign.asked.append(asked)
        reply = self.server.foreign.reply(asked)
        self.send_response_only(reply.status)
        for name, value in reply.headers.items():
            if value is not None:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = answer

    def log_message(self, *_):
        pass


class Listener(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def get_request(self):
        plain, address = super().get_request()
        plain.settimeout(30)
        return plain, address

    def finish_request(self, request, address):
        with contextlib.suppress(OSError, ssl.SSLError):
            with self.context.wrap_socket(request, server_side=True) as secure:
                super().finish_request(secure, address)

    def handle_error(self, *_):
        pass  # a client that breaks off is what some tests want


class Foreign:
    """Honest until a test changes it.

    page        objects of a page at most
    by_next     give `next`; else only the dates
    one_next    the same `next` on every page, as medallion does
    resources   what discovery, root and collection answer, by path
    say         called with (asked, reply) for each; what it returns is sent
    """

    def __init__(self, node, context=None):
        self.node, self.asked, self.entries = node, [], []
        self.page, self.by_next, self.one_next, self.say = 100, True, False, lambda asked, reply: reply
        self.clock = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)
        self.turn = 0  # of the client that pages by one_next
        self.resources = {
            "/taxii2/": {"title": "foreign", "default": ROOT, "api_roots": [ROOT]},
            ROOT: {"title": "foreign", "versions": [TAXII], "max_content_length": 1000},
            f"{ROOT}collections/{COLLECTION}/": {
                "id": COLLECTION, "title": "all", "can_read": True, "can_write": False,
                "media_types": ["application/stix+json;version=2.1"]},
        }
        self.listener = Listener(("127.0.0.1", 0), Handler)
        self.listener.foreign, self.listener.context = self, context or self.tls()
        threading.Thread(target=self.listener.serve_forever, args=(0.05,), daemon=True).start()
        self.port = self.listener.server_address[1]
        self.url = f"https://localhost:{self.port}/taxii2/"
        self.feeds = []

    @property
    def authority(self):
        return str(self.node.realm / "tls/people.crt")

    def tls(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.authority, str(self.node.realm / "tls/people.key"))
        return context

    # -- what it holds

    def add(self, *objects, apart=1):
        """Each a second after the one before, or all at one instant (apart=0)."""
        for thing in objects:
            self.clock += datetime.timedelta(seconds=apart)
            self.entries.append((self.clock, thing))
        if apart == 0:
            self.clock += datetime.timedelta(seconds=1)
        return list(objects)

    # -- answering

    def reply(self, asked):
        if asked.path in self.resources:
            return self.say(asked, taxii(self.resources[asked.path]))
        if asked.path != OBJECTS:
            return self.say(asked, taxii({"title": "not here"}, 404))
        return self.say(asked, self.objects_page(dict(urllib.parse.parse_qsl(asked.query))))

    def objects_page(self, query):
        after = query.get("added_after", "")
        found = [(at, o) for at, o in self.entries if date(at) > after]
        if self.one_next:
            self.turn = self.turn + 1 if "next" in query else 0
        begin = self.turn * self.page if self.one_next else int(query.get("next", 0))
        size = min(self.page, int(query["limit"]))
        if self.page == 1 and not self.by_next:
            size = min(int(query["limit"]) // 250, 100) or 1  # grows when asked for more
        part, more = found[begin:begin + size], len(found) > begin + size
        envelope = {"more": more}
        if part:
            envelope["objects"] = [o for _, o in part]
        if more and self.by_next:
            envelope["next"] = "same" if self.one_next else str(begin + size)
        dates = {"X-TAXII-Date-Added-First": date(part[0][0]),
                 "X-TAXII-Date-Added-Last": date(part[-1][0])} if part else {}
        return Reply(200, {"content-type": TAXII, **dates}, json.dumps(envelope).encode())

    # -- the node that reads it

    def feed(self, *more, url=None, authority=True, collection=COLLECTION):
        """Adds a feed of this server, which is read at once; returns its name after that."""
        name = f"feed{next(NUMBERS)}"
        self.node.run("feed", "add", name, "--url", url or self.url, "--collection", collection,
                      *(["--ca", self.authority] if authority else []), *more)
        self.feeds.append(name)
        story.until(lambda: self.show(name)["polled_at"])
        return name

    def show(self, name):
        return self.node.json("feed", "show", name)

    def poll(self, name):
        done = self.node.run("feed", "poll", name, "--json", check=False)
        return json.loads(done.stdout)

    def read(self, *more, **how):
        """What a new feed says of itself after its first turn."""
        return self.show(self.feed(*more, **how))

    def good(self, *more, **how):
        seen = self.read(*more, **how)
        assert seen["problem"] == "", seen
        return seen

    def bad(self, words, *more, **how):
        seen = self.read(*more, **how)
        assert re.search(words, seen["problem"]), seen["problem"]
        return seen

    def paths(self):
        return [a.path for a in self.asked]

    def queries(self):
        return [dict(urllib.parse.parse_qsl(a.query)) for a in self.asked if a.path == OBJECTS]

    def close(self):
        for name in self.feeds:
            self.node.run("feed", "remove", name)
        self.listener.shutdown()
        self.listener.server_close()


@contextlib.contextmanager
def serving(t, context=None):
    server = Foreign(t.node, context)
    try:
        yield server
    finally:
        server.close()


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

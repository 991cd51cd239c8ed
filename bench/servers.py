"""The servers that a bench asks, and the one client that asks them."""

import base64
import http.client
import json
import pathlib
import re
import ssl
import subprocess
import sys

import inputs
import story

PAGE_LIMIT = 100
TAXII = "application/taxii+json;version=2.1"
PAGES_MAX = 1000
WAIT_S = 120  # OpenTAXII takes seconds for an envelope


def server_cpu_s(pid):
    """Of all threads of a process, exact to the nanosecond."""
    tasks = pathlib.Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


class Client:
    """One connection that stays open, the same for all servers."""

    def __init__(self, port, account=None, tls=True):
        context = {"context": ssl._create_unverified_context()} if tls else {}
        kind = http.client.HTTPSConnection if tls else http.client.HTTPConnection
        self.connection = kind("127.0.0.1", port, timeout=WAIT_S, **context)
        self.headers = {"Accept": TAXII}
        if account:
            pair = base64.b64encode(f"{account}:{story.PASSWORD}".encode()).decode()
            self.headers["Authorization"] = f"Basic {pair}"

    def ask(self, method, target, wanted, body=None):
        extra = {"Content-Type": TAXII} if body else {}
        self.connection.request(method, target, body, headers=self.headers | extra)
        response = self.connection.getresponse()
        answer = response.read()
        if response.status != wanted:
            sys.exit(f"{target}: {response.status} {answer[:300].decode()}")
        return response, answer

    def get(self, target):
        return self.ask("GET", target, 200)

    def post(self, target, body):
        return self.ask("POST", target, 202, body)

    def close(self):
        self.connection.close()


class Server:
    """A process with one collection; subclasses start it and set pid, port, collection."""

    account = None
    tls = True
    greeting = "/taxii2/"

    def client(self):
        client = Client(self.port, self.account, self.tls)
        client.get(self.greeting)  # the handshake and the password are paid here
        return client

    def spent_s(self, ask, n):
        """CPU seconds that the server needs for each of the n requests of ask(client)."""
        client = self.client()
        begun = server_cpu_s(self.pid)
        ask(client)
        spent = server_cpu_s(self.pid) - begun
        client.close()
        return spent / n

    def get_s(self, targets):
        """The same for a list of targets; their sizes are kept for the yardstick."""
        self.sizes = []

        def ask(client):
            for target in targets:
                self.sizes.append(len(client.get(target)[1]))

        return self.spent_s(ask, len(targets))

    def post_s(self, body):
        return self.spent_s(lambda client: client.post(f"{self.collection}/objects/", body), 1)

    def follow(self, client, pages_max, after=None):
        """Asks for pages that follow each other and returns what was asked for; their sizes
        are kept for the yardstick."""
        objects = f"{self.collection}/objects/?limit={PAGE_LIMIT}"
        target, asked, self.sizes = objects + (f"&added_after={after}" if after else ""), [], []
        while target and len(asked) < pages_max:
            body = client.get(target)[1]
            asked.append(target)
            self.sizes.append(len(body))
            # At the beginning or, of OpenTAXII, at the end.
            more = re.search(rb'"next": ?"([^"]+)"', body[:200] + body[-200:])
            target = more and f"{objects}&next={more[1].decode()}"
        return asked

    def follow_s(self, pages_max, after=None):
        """CPU seconds for each of these pages; they stand in self.pages then."""
        self.pages = []
        spent = self.spent_s(lambda client: self.pages.extend(self.follow(client, pages_max, after)), 1)
        return spent / len(self.pages)


class Node(Server):
    """A node of ours; with `bundle`, in its local collection."""

    account = "meera"

    def __init__(self, folder, *bundles):
        self.folder = folder
        self.node = story.Node(
            inputs.build / "src/torana", folder / "node", party="IN", org="IN:CERT-IN", name="in.example",
            display="Bench", people=[("meera", "analyst officer approver")])
        self.node.init("https://in.example:1")
        self.unbind()
        for bundle in bundles:
            self.node.run("object", "import", str(bundle), account="meera", check=False)
        self.start()
        client = self.client()
        found = json.loads(client.get("/local/collections/")[1])["collections"]
        client.close()
        self.collection = f"/local/collections/{next(c['id'] for c in found if c['alias'] == 'local')}"

    def start(self):
        self.node.start()
        self.pid, self.port = self.node.process.pid, self.node.people_port
        self.certificates = self.node.realm / "tls"

    def stop(self):
        self.node.stop()

    def unbind(self):
        """One caller asks for as many pages as there is time for."""
        config = self.node.folder / "torana.conf"
        text = config.read_text()
        assert "\nrequests = 6000\n" in text
        config.write_text(text.replace("\nrequests = 6000\n", "\nrequests = 10000000\n"))

    def after(self, n):
        """The place in the collection behind its first n objects."""
        client = self.client()
        response, _ = client.get(f"{self.collection}/manifest/?limit={n}")
        client.close()
        return response.headers["X-TAXII-Date-Added-Last"]

    def walk_s(self, i):
        """CPU seconds a page of a walk over all; no page was asked for before."""
        return self.follow_s(PAGES_MAX, self.after(i + 1))


class Empty(Server):
    """A running bench/empty.c that answers with as many bytes as `node` just sent."""

    greeting = "/0"

    def __init__(self, node):
        self.n = len(node.sizes)
        (node.folder / "sizes").write_text("".join(f"{size}\n" for size in node.sizes))
        tls = node.certificates
        self.process = subprocess.Popen(
            [inputs.program("empty"), tls / "people.crt", tls / "people.key", node.folder / "sizes"],
            stdout=subprocess.PIPE, text=True)
        self.pid = self.process.pid
        self.port = int(self.process.stdout.readline().split("=")[1])

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


def empty_s(node):
    """CPU seconds of the yardstick for each of what the node answered last."""
    server = Empty(node)
    spent = server.get_s([f"/{i}" for i in range(server.n)])
    server.stop()
    return spent


class OpenTaxii(Server):
    """OpenTAXII with SQLite, without TLS and without passwords: less work than ours has."""

    tls = False

    def __init__(self, python, folder):
        self.said = open(folder / "opentaxii.log", "wb")
        self.process = subprocess.Popen(
            [python, "-W", "ignore", inputs.ROOT / "bench/opentaxii_server.py", folder / "opentaxii"],
            stdout=subprocess.PIPE, stderr=self.said, text=True)
        self.pid = self.process.pid
        ready = json.loads(self.process.stdout.readline() or "null")
        if ready is None:
            sys.exit(f"OpenTAXII does not start: {(folder / 'opentaxii.log').read_text()[-500:]}")
        self.port, self.collection = ready["port"], ready["collection"]

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.said.close()

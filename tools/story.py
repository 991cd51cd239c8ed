"""The story of the demonstration, as functions: tools/demo tells it, tests/story proves it.

Two nodes are two processes; whatever happens goes through the program itself:
its command line, its REST face, its peer listener.
"""

import base64
import collections
import http.client
import json
import os
import pathlib
import shutil
import ssl
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARE = ROOT / "share"
CERT_IN = "identity--5f0c1a52-8e0e-4a3f-9a77-2f1f5a5d0a01"
PASSWORD = "demonstration-only"
PATIENCE_S = 30  # for what another process does by itself
EVERY_MS = 300  # between two rounds: nobody should wait in a demonstration


class Wrong(Exception):
    """A step did not end as it must."""


def must(condition, text):
    if not condition:
        raise Wrong(text)


def count(values):
    return sorted(collections.Counter(values).items())


def differing(a, b):
    other = {d["id"]: d["outcome"] for d in b["decisions"]}
    return [d["id"] for d in a["decisions"] if other.get(d["id"], d["outcome"]) != d["outcome"]]


def until(what, seconds=PATIENCE_S):
    """Asks again and again until the answer is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = what()
        if answer:
            return answer
        time.sleep(0.1)
    return what()


class Answer(collections.namedtuple("Answer", "status body headers")):
    @property
    def json(self):
        return json.loads(self.body) if self.body else None


class Node:
    """One node: its folder, its process, its people."""

    def __init__(self, torana, folder, *, party, org, name, display, people, ports=(0, 0),
                 identity=None):
        self.torana, self.folder, self.party, self.org = str(torana), pathlib.Path(folder), party, org
        self.name, self.display, self.people, self.ports = name, display, people, ports
        self.identity = identity
        self.process = None
        self.log = None
        self.words = ""
        self.people_port = self.peer_port = 0

    @property
    def realm(self):
        return self.folder / "demo"

    @property
    def url(self):
        return f"https://{self.name.split('.')[0]}.localhost:{self.people_port}"

    def run(self, *args, account=None, stdin=None, check=True):
        """The program's output; None where check is off and it failed."""
        command = [self.torana, *args, "--dir", str(self.folder)]
        if account:
            command += ["--as", account, "--password-file", str(self.folder / "password")]
        done = subprocess.run(command, capture_output=True, input=stdin, timeout=120)
        if check and done.returncode != 0:
            raise Wrong(f"{' '.join(args)}: {done.stderr.decode().strip()}")
        return done

    def json(self, *args, account=None, check=True):
        done = self.run(*args, "--json", account=account, check=check)
        return json.loads(done.stdout) if done.stdout.strip() else None

    def init(self, peer_url):
        # The port must be known before the first start: partners are told it.
        extra = ["--identity", self.identity] if self.identity else []
        done = subprocess.run(
            [self.torana, "init", "--dir", str(self.folder), "--realm", "demo", "--party", self.party,
             "--org", self.org, "--name", self.name, "--display", self.display,
             "--peer-url", peer_url, "--people-port", str(self.ports[0]),
             "--peer-port", str(self.ports[1]), "--peer-address", "127.0.0.1", "--every-ms", str(EVERY_MS), *extra],
            capture_output=True, timeout=120)
        must(done.returncode == 0, f"init: {done.stderr.decode()}")
        (self.folder / "password").write_text(PASSWORD + "\n")
        os.chmod(self.folder / "password", 0o600)
        for name, roles in self.people:
            self.run("account", "add", name, "--roles", roles, "--new-password-file",
                     str(self.folder / "password"))

    def start(self):
        self.log = open(self.folder / "node.log", "ab")
        self.process = subprocess.Popen(
            [self.torana, "serve", "--dir", str(self.folder)], stdout=subprocess.PIPE, stderr=self.log)
        line = self.process.stdout.readline().decode()
        must(line.startswith("ready "), f"{self.name} did not start; see {self.folder}/node.log")
        ports = dict(word.split("=") for word in line.split()[1:])
        self.people_port, self.peer_port = int(ports["people"]), int(ports["peer"])

    def stop(self, how="terminate"):
        if self.process and self.process.poll() is None:
            getattr(self.process, how)()
            self.process.wait(timeout=60)
        if self.process:
            self.process.stdout.close()
        if self.log:
            self.log.close()
        self.process = self.log = None

    def request(self, method, path, body=None, account=None, headers=None):
        """To the people listener, its certificate pinned."""
        context = ssl.create_default_context(cafile=str(self.realm / "tls/people.crt"))
        context.check_hostname = False
        connection = http.client.HTTPSConnection("127.0.0.1", self.people_port, context=context,
                                                 timeout=60)
        sent = {"Content-Type": "application/json", **(headers or {})}
        if account:
            pair = base64.b64encode(f"{account}:{PASSWORD}".encode()).decode()
            sent["Authorization"] = f"Basic {pair}"
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        connection.request(method, path, body=data, headers=sent)
        response = connection.getresponse()
        answer = Answer(response.status, response.read(), dict(response.getheaders()))
        connection.close()
        return answer

    def api(self, method, path, body=None, account=None):
        answer = self.request(method, "/api/v1" + path, body, account)
        if answer.status >= 400:
            raise Wrong(f"{method} {path}: {answer.status} {answer.body.decode()[:300]}")
        return answer.json

    def peer_request(self, path, to, headers=None):
        """As this node, to another node's peer listener."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.load_verify_locations(str(to.realm / "tls/peer.crt"))
        context.load_cert_chain(str(self.realm / "tls/peer.crt"), str(self.realm / "tls/peer.key"))
        connection = http.client.HTTPSConnection("127.0.0.1", to.peer_port, context=context, timeout=60)
        connection.request("GET", path, headers={
            "Accept": "application/taxii+json;version=2.1", **(headers or {})})
        response = connection.getresponse()
        answer = Answer(response.status, response.read(), dict(response.getheaders()))
        connection.close()
        return answer

    def invitation(self):
        done = self.run("peer", "invite")
        self.words = done.stderr.decode().splitlines()[1].strip()
        return done.stdout


def free_ports(n):
    import socket
    sockets = [socket.socket() for _ in range(n)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class Story:
    """India's and Japan's node, and what happens between them."""

    password = PASSWORD

    def __init__(self, torana, folder, fixed_ports=False):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        ports = [8440, 8441, 8450, 8451] if fixed_ports else free_ports(4)
        self.IN = Node(torana, self.folder / "in", party="IN", org="IN:CERT-IN", name="in.example",
                       display="CERT-In (demonstration)", identity=CERT_IN, ports=ports[:2],
                       people=[("meera", "analyst officer approver"), ("arjun", "approver legal policy"),
                               ("vikram", "defence-liaison"), ("audit", "auditor")])
        self.JP = Node(torana, self.folder / "jp", party="JP", org="JP:JPCERT", name="jp.example",
                       display="JPCERT/CC (demonstration)", ports=ports[2:],
                       people=[("haruka", "analyst officer approver"), ("kenji", "approver legal policy"),
                               ("audit", "auditor")])
        self.bundle = (SHARE / "demo/incident.json").read_bytes()
        self.sent = None

    def nodes(self):
        return (self.IN, self.JP)

    def stop(self):
        for node in self.nodes():
            node.stop()

    def wait(self):
        while all(node.process.poll() is None for node in self.nodes()):
            time.sleep(0.5)
        raise Wrong("a node ended by itself; see its node.log")

    # -- 1, 2: getting to know each other

    def make(self):
        for node in self.nodes():
            node.init(f"https://127.0.0.1:{node.ports[1]}")
            signed = node.run("pack", "sign", str(SHARE / f"packs/{node.party.lower()}.json"))
            (node.folder / "pack.signed").write_bytes(signed.stdout)
            node.run("pack", "activate", str(node.folder / "pack.signed"))
        invitations = {node.party: node.invitation() for node in self.nodes()}
        for node in self.nodes():
            for party, text in invitations.items():
                (node.folder / f"{party}.invitation").write_bytes(text)
        self.add_peer(self.IN, self.JP)
        for node in self.nodes():
            node.start()

    def add_peer(self, node, other, words=None):
        return node.run("peer", "add", str(node.folder / f"{other.party}.invitation"),
                        "--fingerprint", words or other.words, check=False)

    def wrong_fingerprint(self):
        words = self.IN.words.split()
        words[0], words[1] = words[1], words[0]
        done = self.add_peer(self.JP, self.IN, " ".join(words))
        must(done.returncode != 0, "a wrong fingerprint was accepted")
        right = self.add_peer(self.JP, self.IN)
        must(right.returncode == 0, f"the right fingerprint was refused: {right.stderr.decode()}")
        return done.stderr.decode().strip().removeprefix("torana: ")

    def closed_door(self):
        answer = self.JP.peer_request("/ij-model/", self.IN)
        must(answer.status == 403, f"without an agreement the API root answers {answer.status}")
        return f"403, {answer.json.get('description') or answer.json.get('title')}"

    def agree(self, template=SHARE / "agreements/india-japan.json"):
        envelope = self.IN.run("agreement", "make", str(template)).stdout
        must(self.JP.peer_request("/ij-model/", self.IN).status == 403, "one signature opened the door")
        (self.folder / "ij.envelope").write_bytes(envelope)
        self.JP.run("agreement", "add", str(self.folder / "ij.envelope"))
        both = self.JP.run("agreement", "sign", "IJ-MODEL").stdout
        (self.folder / "ij.envelope").write_bytes(both)
        self.IN.run("agreement", "add", str(self.folder / "ij.envelope"))
        must(until(lambda: self.JP.peer_request("/ij-model/", self.IN).status == 200),
             "the door stays closed after both signatures")

    # -- 3, 4: import and preview

    def import_incident(self):
        path = SHARE / "demo/incident.json"
        done = self.IN.run("object", "import", "--json", str(path), account="meera", check=False)
        must(done.returncode in (0, 1), f"import: {done.stderr.decode()}")
        return json.loads(done.stdout)

    def ids(self):
        """Identifiers of the bundle's objects, without the broken one."""
        objects = json.loads(self.bundle)["objects"]
        return [o["id"] for o in objects if o.get("name") != "Saved in a hurry"]

    def preview(self, to, ids=None):
        return self.IN.api("POST", "/preview", {
            "to": to, "purpose": "incident-response", "area": "CI", "ids": ids or self.ids()},
            account="meera")

    # -- 5, 6: send, approve, receive

    def send(self, to, ids=None):
        preview = self.preview(to, ids)
        self.sent = self.IN.api("POST", "/orders", {
            "to": to, "purpose": "incident-response", "area": "CI", "ids": ids or self.ids(),
            "at": preview["at"],
            "expect": {d["id"]: d["bytes_sha256"] for d in preview["decisions"]
                       if d["id"] in (ids or self.ids())}}, account="meera")
        return self.sent

    def holds(self, account="arjun"):
        return self.IN.api("GET", "/approvals", account=account)["items"]

    def approve(self, item, account="arjun", role=None, digest=None):
        path = f"/api/v1/approvals/{item['order_id']}/{item['ordinal']}/approve"
        return self.IN.request("POST", path, {
            "role": role or item["needed"][0], "bytes_sha256": digest or item["bytes_sha256"]}, account)

    def refuse(self, item, reason, account="arjun"):
        path = f"/api/v1/approvals/{item['order_id']}/{item['ordinal']}/refuse"
        return self.IN.request("POST", path, {
            "role": item["needed"][0], "bytes_sha256": item["bytes_sha256"], "reason": reason}, account)

    def approve_own(self):
        item = self.holds()[0]
        answer = self.approve(item, account="meera")
        must(answer.status == 403, f"the proposer approved: {answer.status}")
        return answer.json["error"]["message"]

    def decide_holds(self):
        approved = refused = 0
        for item in self.holds():
            if item["id"].startswith("intrusion-set--"):
                answer = self.refuse(item, "attribution is not agreed yet")
                refused += 1
            else:
                for role in item["missing"]:
                    account = "vikram" if role == "defence-liaison" else "arjun"
                    answer = self.approve(item, account=account, role=role)
                    must(answer.status < 300, f"{item['id']}: {answer.status} {answer.body.decode()[:200]}")
                approved += 1
            must(answer.status < 300, f"{item['id']}: {answer.status} {answer.body.decode()[:200]}")
        must(self.holds() == [], "something still waits")
        return approved, refused

    def received(self, node=None):
        node = node or self.JP
        account = node.people[0][0]
        rows = node.api("GET", "/objects?limit=500", account=account)["objects"]
        return [o for o in rows if o["giver"]]

    def released(self):
        rows = self.IN.api("GET", "/releases", account="meera")["items"]
        return [r for r in rows if r["state"] == "released"]

    def wait_received(self):
        wanted = {r["leaving_id"] for r in self.released()}
        must(until(lambda: wanted <= {o["id"] for o in self.received()}),
             "Japan did not get everything that was released")
        must(until(lambda: all(r["cosigned"] and r["received"] for r in self.released())),
             "not every release is cosigned and acknowledged")
        return self.received()

    def cosigned(self):
        witnesses = self.IN.api("GET", "/node")["log"]["witnesses"]
        return max((w["size"] for w in witnesses), default=0)

    # -- 7: audit

    def heads(self):
        path = self.folder / "in.heads"
        path.write_bytes(self.JP.run("audit", "heads", "--of", "in.example/demo").stdout)
        return path

    def copy_of_india(self, name="copy"):
        copy = self.folder / name
        if copy.exists():
            shutil.rmtree(copy)
        shutil.copytree(self.IN.realm, copy, ignore=shutil.ignore_patterns("*.sock", "keys", "tls"))
        return copy

    def verify(self, folder, heads=None):
        command = [self.IN.torana, "audit", "verify", "--json", str(folder)]
        done = subprocess.run(command + (["--heads", str(heads)] if heads else []),
                              capture_output=True, timeout=300)
        must(done.returncode in (0, 1), f"audit verify: {done.stderr.decode()}")
        return json.loads(done.stdout)

    def audit(self):
        report = self.verify(self.copy_of_india(), self.heads())
        must(report["ok"], f"the audit found {report['problems'][:3]}")
        return report

    # -- 8: scan and sighting

    def write_log(self):
        path, truth = self.folder / "gateway.log", self.folder / "gateway.truth"
        lines, planted = log_lines()
        path.write_text("\n".join(lines) + "\n")
        truth.write_text(json.dumps(planted))
        return path, planted

    def scan(self):
        path, planted = self.write_log()
        done = self.JP.run("scan", "--json", str(path), "--report", account="haruka")
        hits = [json.loads(line) for line in done.stdout.splitlines()]
        found = sorted((h["line"], h["value"], h["match"]) for h in hits)
        must(found == sorted(map(tuple, planted)),
             f"planted {len(planted)}, found {len(found)}: "
             f"{sorted(set(found) ^ set(map(tuple, planted)))[:5]}")
        return hits

    def original_of(self, leaving_id):
        for row in self.IN.api("GET", "/releases", account="meera")["items"]:
            if row["leaving_id"] == leaving_id:
                return row["source_id"]
        return leaving_id

    def sighting_back(self, hits):
        indicator = next(h["indicator"] for h in hits if h["value"] == "203.0.113.66")
        n = sum(h["indicator"] == indicator for h in hits)
        sighting = self.JP.api("POST", "/sightings", {
            "indicator": indicator, "count": n, "first": "2026-11-21T22:10:00Z",
            "last": "2026-11-22T01:50:00Z"}, account="haruka")["id"]
        preview = self.JP.api("POST", "/preview", {
            "to": "IN:CERT-IN", "purpose": "incident-response", "area": "CI", "ids": [sighting]},
            account="haruka")
        sent = self.JP.api("POST", "/orders", {
            "to": "IN:CERT-IN", "purpose": "incident-response", "area": "CI", "ids": [sighting],
            "at": preview["at"], "expect": {d["id"]: d["bytes_sha256"] for d in preview["decisions"]
                                            if d["id"] == sighting}}, account="haruka")
        mine = next(d for d in sent["decisions"] if d["id"] == sighting)
        must(mine["state"] == "released", f"the sighting may not go back: {mine}")
        original = self.original_of(indicator)
        must(until(lambda: self.IN.api("GET", f"/objects/{original}", account="meera")["sightings"]),
             "India does not show the sighting at its original indicator")
        return original

    # -- 9: recall and suspension

    def recall(self):
        row = next(r for r in self.released()
                   if r["source_id"].startswith("indicator--") and r["recipient"] == "JP:JPCERT")
        self.IN.api("POST", "/recalls", {"id": row["source_id"], "to": "JP:JPCERT",
                                         "reason": "the address belongs to a scanner project"},
                    account="meera")

        def answered():
            rows = self.IN.api("GET", "/recalls", account="meera")["recalls"]
            return next((r for r in rows if r["state"] == "answered"), None)

        answer = until(answered)
        must(answer, "the recall was not answered")
        must(row["leaving_id"] not in {o["id"] for o in self.received()}, "Japan still shows it")
        return f"{answer['state']} ({answer['answer']})"

    def suspend(self):
        self.IN.run("agreement", "suspend", "IJ-MODEL", "--reason", "consultation on clause 7")
        answer = self.JP.peer_request("/ij-model/", self.IN)
        must(answer.status == 403, f"after suspension the API root answers {answer.status}")
        return f"403, {answer.json.get('description') or answer.json.get('title')}"


def log_lines(lines=100_000):
    """A gas utility's log with 25 planted hits, and where they are: [line, value, match]."""
    hits = [("203.0.113.66", "exact")] * 9 + [("198.51.100.200", "cidr")] * 3 + [
        ("198.51.100.131", "cidr"), ("2001:db8:66::17", "exact"), ("relay-sync.example", "exact"),
        ("a7.relay-sync.example", "subdomain"), ("cdn.eu.relay-sync.example", "subdomain"),
        ("https://firmware-note.example/feeder/update", "exact"),
        ("https://firmware-note.example/feeder/update/v2?x=1", "prefix"),
        ("billing@grid-invoice.example", "exact"), ("9b74c9897bac770ffc029102a200c5de", "exact"),
        ("a3c1f0d2b4e59687700112233445566778899aabbccddeeff001122334455667", "exact"),
        ("relay-b.example", "exact"), ("x.meter-cache.example", "subdomain"),
        ("old-relay.example", "exact")]
    at = {(i + 1) * (lines // (len(hits) + 1)): hit for i, hit in enumerate(hits)}
    out, planted = [], []
    for n in range(1, lines + 1):
        # Near misses on purpose: a longer address, another name with the same end.
        benign = f"192.0.2.{n % 250}" if n % 997 else "203.0.113.166"
        host = f"w{n % 4000}.intra.example" if n % 991 else "notrelay-sync.example"
        value = benign
        if n in at:
            value, match = at[n]
            planted.append([n, value, match])
        out.append(f"2026-11-22T{n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}Z gw{n % 7} allow "
                   f"src=10.{n % 200}.{n % 250}.7 dst={value} host={host} bytes={n * 37 % 90000}")
    return out, planted

"""Our client against a server that is odd, wrong or hostile."""

import datetime
import json
import os
import re
import signal
import ssl
import subprocess

import foreign
from checks import row
from foreign import COLLECTION, OBJECTS, ROOT, Reply, basic, serving, taxii
from server import indicator, new_id, version_of

LAST = "X-TAXII-Date-Added-Last"


def held(t, feed):
    """What the feed's own collection shows."""
    answer = t.get(f"/local/collections/feed-{feed['name']}/objects/?limit=1000")
    return answer.ids


def same(ids, objects):
    return sorted(ids) == sorted(o["id"] for o in objects)


# ---- transport ----


@row("TC-001")
def only_tls_1_2_and_1_3(t):
    for version, works in ((ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True),
                           (ssl.TLSVersion.TLSv1_1, False)):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.load_cert_chain(str(t.node.realm / "tls/people.crt"), str(t.node.realm / "tls/people.key"))
        context.minimum_version = context.maximum_version = version
        with serving(t, context) as f:
            assert (f.read()["problem"] == "") == works, version
            assert bool(f.asked) == works
    done = t.node.run("feed", "add", "plain", "--url", "http://localhost/taxii2/", "--collection", "x", check=False)
    assert done.returncode == 1 and b"is not https" in done.stderr


@row("TC-002")
def three_ways_to_sign_in(t):
    with serving(t) as f:
        secret = t.node.folder / "feed-secret"
        secret.write_text("päss, word\n")
        f.good("--user", "meera", "--login-file", str(secret))
        assert {a.headers.get("authorization") for a in f.asked} == {basic("meera", "päss, word")}
        f.asked.clear()
        secret.write_text("abc.def")
        f.good("--bearer-file", str(secret))
        assert {a.headers.get("authorization") for a in f.asked} == {"Bearer abc.def"}
        f.asked.clear()
        f.good()
        assert not any("authorization" in a.headers for a in f.asked)


@row("TC-002")
def a_client_certificate_is_shown(t):
    own = t.tale.JP.realm / "tls"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(str(t.node.realm / "tls/people.crt"), str(t.node.realm / "tls/people.key"))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(str(own / "peer.crt"))
    with serving(t, context) as f:
        f.good("--certificate", str(own / "peer.crt"), "--key", str(own / "peer.key"))
        f.asked.clear()
        f.bad("TLS|broke off|answer")
        assert f.asked == []


@row("TC-002")
def secrets_are_told_to_nobody(t):
    with serving(t) as f:
        secret = t.node.folder / "feed-secret"
        secret.write_text("correct horse battery")
        name = f.feed("--user", "meera", "--login-file", str(secret))
        f.poll(name)
        shown = t.node.run("feed", "show", name, "--json").stdout + t.node.run("feed", "list", "--json").stdout
        files = b"".join(p.read_bytes() for p in t.node.realm.glob("*.db*"))
        assert b"correct horse" not in shown + files
        assert b"correct horse" not in (t.node.folder / "node.log").read_bytes()


@row("TC-003")
def strangers_are_no_servers(t):
    with serving(t) as f:
        secret = t.node.folder / "feed-secret"
        secret.write_text("never sent")
        login = ("--user", "meera", "--login-file", str(secret))
        f.bad("not vouched for", *login, authority=False)
        f.bad("not vouched for", *login, "--ca", str(t.tale.JP.realm / "tls/people.crt"), authority=False)
        f.bad("not vouched for", *login, url=f.url.replace("localhost", "other.localhost"))
        f.bad("another key", *login, "--pin", "0" * 64, authority=False)
        assert f.asked == []


@row("TC-003")
def a_pin_is_enough(t):
    with serving(t) as f:
        spki = subprocess.run(
            f"openssl x509 -in {f.authority} -noout -pubkey | openssl pkey -pubin -outform DER"
            " | openssl dgst -sha256 -r", shell=True, capture_output=True, text=True, check=True).stdout
        f.good("--pin", spki.split()[0], authority=False)


@row("TC-004", "TC-006", "TC-007", "TC-016", "TC-017", "TC-018")
def every_request_is_a_polite_reading(t):
    with serving(t) as f:
        f.page = 2
        f.add(*(indicator() for _ in range(5)))
        f.good("--types", "indicator,malware")
        assert len(f.asked) == 6
        for asked in f.asked:
            assert asked.method == "GET" and asked.path.endswith("/")
            assert asked.headers["accept"] == foreign.TAXII
            assert re.fullmatch(r"torana/\d+\.\d+(\.\d+)?", asked.headers["user-agent"])
    assert not re.search(r"feed (push|send|post)", t.node.run("--help").stdout.decode())


# ---- resources ----


@row("TC-008", "TC-011")
def what_is_missing_has_a_preset_and_what_is_unknown_is_nothing(t):
    with serving(t) as f:
        f.resources = {
            "/taxii2/": {"api_roots": [ROOT], "x_more": [1, {"a": None}]},
            ROOT: {"x_more": 1},
            f"{ROOT}collections/{COLLECTION}/": {"can_read": True, "x_more": None},
        }
        things = f.add(indicator(x_own_property={"kept": 1}))
        f.say = lambda asked, reply: reply if asked.path != OBJECTS else Reply(
            200, reply.headers, json.dumps({**json.loads(reply.body), "x_more": {}}).encode())
        seen = f.good()
        [got] = t.get(f"/local/collections/feed-{seen['name']}/objects/").objects
        assert got == things[0]
        f.say = lambda asked, reply: reply if asked.path != OBJECTS else taxii({})
        f.good()


@row("TC-008")
def a_root_or_collection_that_is_not_for_us_is_said(t):
    with serving(t) as f:
        one = f"{ROOT}collections/{COLLECTION}/"
        for path, change, words in (
                (ROOT, {"versions": ["application/taxii+json;version=3.0"]}, "does not list TAXII 2.1"),
                (one, {"can_read": False}, "may not read"),
                (one, {"media_types": ["application/stix+json;version=2.0"]}, "holds no STIX 2.1"),
                ("/taxii2/", {"default": None, "api_roots": []}, "names no API root")):
            before = f.resources[path]
            f.resources[path] = {**before, **change}
            f.bad(words)
            f.resources[path] = before


@row("TC-009")
def the_type_is_read_in_any_spelling(t):
    with serving(t) as f:
        f.add(indicator())
        for kind, words in (
                ("application/taxii+json; version=2.1", ""), ("Application/TAXII+json;VERSION=2.1", ""),
                ('application/taxii+json ; charset=utf-8; version="2.1"', ""), ("application/taxii+json", ""),
                ("application/taxii+json;version=2.0", "no TAXII 2.1 server"),
                ("application/vnd.oasis.taxii+json; version=2.0", "speaks TAXII 2.0"),
                ("application/json", "no TAXII 2.1 server"), (None, "no TAXII 2.1 server"),
                ("text/html; charset=utf-8", "a web page answers")):
            f.say = lambda asked, reply, kind=kind: reply._replace(headers={**reply.headers, "content-type": kind})
            assert re.search(words or "^$", f.read()["problem"]), kind
        f.say = lambda asked, reply: Reply(200, {"content-type": "text/html"}, b"<html>Accept our terms</html>")
        f.bad("log-in page or a proxy")


# ---- where we let ourselves be led ----


@row("TC-010")
def roots_are_found_below_discovery(t):
    with serving(t) as f:
        for root in (ROOT, f"https://localhost:{f.port}/api/", f"https://LOCALHOST:{f.port}/api"):
            f.resources["/taxii2/"] = {"title": "x", "default": root}
            f.good()
        f.resources["/taxii2/sub/"] = {"title": "x", "api_roots": ["../api/", "below/"]}
        f.resources["/taxii2/sub/below/"] = f.resources[ROOT]
        f.bad("404", url=f"https://localhost:{f.port}/taxii2/sub/")
        assert f"/taxii2/sub/below/collections/{COLLECTION}/" in f.paths()
        f.good("--api-root", f"https://localhost:{f.port}/api/", url="https://nowhere.invalid/taxii2/")


@row("TC-010")
def bad_roots_lead_nowhere(t):
    with serving(t) as f, serving(t) as other:
        secret = t.node.folder / "feed-secret"
        secret.write_text("ours alone")
        login = ("--user", "meera", "--login-file", str(secret))
        for bad in ("//localhost/api/", "../api/", "/api/../x/", "/a/%2e%2E/api/", "/api/?x=1", "/api/#x",
                    f"http://localhost:{f.port}/api/", f"https://localhost:{other.port}/api/",
                    f"https://me@localhost:{f.port}/api/", "file:///etc/passwd", "/a\r\nX: y/", "", "/a%2f..%2fb/"):
            f.resources["/taxii2/"] = {"title": "x", "default": bad, "api_roots": [bad]}
            f.asked.clear()
            f.bad("would be right as|do not go to another host|names no API root", *login)
            assert f.paths() == ["/taxii2/"], bad
            f.resources["/taxii2/"]["api_roots"] = [bad, ROOT]
            f.good()
        for status in (301, 302, 303, 307, 308):
            f.say = lambda asked, reply, status=status: Reply(status, {"location": other.url})
            f.bad("redirects are not followed", *login)
        assert other.asked == []


# ---- pages ----


@row("TC-012")
def queries_are_in_their_form(t):
    with serving(t) as f:
        f.page = 2
        f.add(*(indicator() for _ in range(3)))
        name = f.feed("--types", "indicator,malware")
        f.poll(name)
        f.add(indicator())
        f.poll(name)
        for asked in (a for a in f.asked if a.path == OBJECTS):
            names = re.findall(r"(?:^|&)([^=&]+)=", asked.query)
            assert len(names) == len(set(names)) and " " not in asked.query
        for query in f.queries():
            assert int(query["limit"]) >= 1 and query["match[type]"] == "indicator,malware"
            if "added_after" in query:
                assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", query["added_after"])
        assert "added_after" in f.queries()[-1]


@row("TC-013")
def pages_are_followed_to_the_end(t):
    for by_next, one_next in ((True, False), (True, True), (False, False)):
        with serving(t) as f:
            f.page, f.by_next, f.one_next = 3, by_next, one_next
            things = f.add(*(indicator() for _ in range(10)))
            assert same(held(t, f.good()), things), (by_next, one_next)
            assert len(f.queries()) >= 4


@row("TC-013")
def without_progress_a_turn_ends(t):
    def sticks(asked, reply):
        body = json.loads(reply.body)
        return reply._replace(body=json.dumps({**body, "more": True, "next": "again"}).encode())

    def always_the_first(asked, reply):
        return taxii({"more": True, "next": "0", "objects": [things[0]]}, **{LAST.replace("-", "_"): dates[0]})

    def empty(asked, reply):
        return taxii({"more": True, "next": "1"})

    def no_way_on(asked, reply):
        return taxii({"more": True, "objects": [things[0]]})

    def back_in_time(asked, reply):
        at = dates[1] if len(f.queries()) == 1 else dates[0]
        return taxii({"more": True, "objects": [indicator()]}, **{LAST.replace("-", "_"): at})

    for lie, words in ((sticks, "nothing new"), (always_the_first, "nothing new"), (empty, "nothing new"),
                       (no_way_on, "neither by next nor by"), (back_in_time, "back in time")):
        with serving(t) as f:
            f.one_next = True
            things = f.add(indicator(), indicator())
            dates = [foreign.date(at) for at, _ in f.entries]
            f.say = lambda asked, reply, lie=lie: lie(asked, reply) if asked.path == OBJECTS else reply
            f.bad(words)
            assert len(f.queries()) < 10, lie


@row("TC-014")
def the_cursor_is_the_date_of_the_server(t):
    with serving(t) as f:
        f.add(indicator(), indicator())
        name = f.feed()
        first = f.poll(name)
        last = foreign.date(f.entries[-1][0])
        assert first["reached"] == last and first["new"] == 2
        f.asked.clear()
        before = t.restart()
        assert before
        again = f.poll(name)
        [query] = f.queries()[-1:]
        asked = datetime.datetime.strptime(query["added_after"], "%Y-%m-%dT%H:%M:%S.%fZ")
        reached = datetime.datetime.strptime(last, "%Y-%m-%dT%H:%M:%S.%fZ")
        assert datetime.timedelta(0) < reached - asked <= datetime.timedelta(seconds=1)
        assert (again["new"], again["reached"]) == (2, last)


@row("TC-014", "TC-022")
def a_date_that_is_none_is_passed_over(t):
    with serving(t) as f:
        f.add(indicator())
        future = foreign.date(datetime.datetime.now() + datetime.timedelta(days=400))
        for said in ("undefined", "", "yesterday", "2026-13-40T00:00:00Z", future, None):
            f.say = lambda asked, reply, said=said: reply._replace(headers={**reply.headers, LAST: said})
            seen = f.good()
            assert seen["reached"] is None and seen["new"] == 1, said
        for said in ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.1Z", "2026-01-02T03:04:05.123456789Z"):
            f.say = lambda asked, reply, said=said: reply._replace(headers={**reply.headers, LAST: said})
            assert f.good()["reached"].startswith("2026-01-02T03:04:05"), said


@row("TC-015")
def one_instant_over_a_page_loses_nothing(t):
    with serving(t) as f:
        f.page, f.by_next, f.one_next = 3, True, True
        things = f.add(*(indicator() for _ in range(8)), apart=0)
        assert same(held(t, f.good()), things)
    with serving(t) as f:
        f.page, f.by_next = 1, False  # and gives more when asked for more
        things = f.add(*(indicator() for _ in range(8)), apart=0)
        things += f.add(indicator())
        assert same(held(t, f.good()), things)
    with serving(t) as f:  # what shares the last instant and came later
        things = f.add(indicator(), apart=0)
        name = f.feed()
        f.poll(name)
        f.entries.append((f.entries[0][0], indicator()))
        seen = f.poll(name)
        assert same(held(t, seen), [o for _, o in f.entries]) and seen["new"] == 2


# ---- refusals ----


@row("TC-019")
def challenges_are_read(t):
    with serving(t) as f:
        secret = t.node.folder / "feed-secret"
        secret.write_text("wrong")
        said = 'Bearer realm="a, Digest \\"b\\", c", error="x", Basic realm="taxii"'
        f.say = lambda asked, reply: taxii({"title": "no"}, 401, WWW_Authenticate=said)
        f.bad(r"does not take our credentials \(basic\); it wants Bearer, Basic$",
              "--user", "meera", "--login-file", str(secret))
        assert len(f.asked) == 1


def seconds_until(seen):
    at = [datetime.datetime.strptime(seen[k], "%Y-%m-%dT%H:%M:%S.%fZ") for k in ("polled_at", "next_at")]
    return (at[1] - at[0]).total_seconds()


@row("TC-020")
def who_is_busy_is_left_alone(t):
    with serving(t) as f:
        later = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=2)).strftime(
            "%a, %d %b %Y %H:%M:%S GMT")
        for status, value, least in ((429, "7200", 7200), (503, later, 7000), (503, "soon", 0), (500, None, 0)):
            f.say = lambda asked, reply, s=status, v=value: taxii({"title": "busy"}, s, Retry_After=v)
            wait = seconds_until(f.bad(str(status)))
            assert least <= wait <= max(least, 0) + 300 and wait >= 30, (status, value, wait)


@row("TC-020")
def pauses_grow_and_end(t):
    with serving(t) as f:
        f.say = lambda asked, reply: taxii({"title": "broken"}, 500)
        name = f.feed("--every", "1h")
        waits = [seconds_until(f.show(name)), *(seconds_until(f.poll(name)) for _ in range(3))]
        assert 45 <= waits[0] <= 75 and 360 <= waits[3] <= 600
        f.say = lambda asked, reply: reply
        seen = f.poll(name)
        assert seen["problem"] == "" and seen["failures"] == 0 and seconds_until(seen) == 3600


@row("TC-021")
def what_is_gone_there_stays_here(t):
    with serving(t) as f:
        things = f.add(indicator(), indicator())
        name = f.feed()
        seen = f.poll(name)
        for status in (404, 403):
            f.say = lambda asked, reply, status=status: taxii({"title": "gone"}, status)
            after = f.poll(name)
            assert "what is here stays" in after["problem"] and after["reached"] == seen["reached"]
            assert same(held(t, seen), things)
        f.say = lambda asked, reply: reply
        assert f.poll(name)["problem"] == ""


@row("TC-022")
def odd_answers_are_understood(t):
    with serving(t) as f:
        page = b"<html><body>Not\x00Found</body></html>"
        for status in (400, 403, 404, 406, 500, 502):
            f.say = lambda asked, reply, s=status: Reply(s, {"content-type": "text/html"}, page)
            f.bad(f"answers {status}")
        f.say = lambda asked, reply: taxii({"title": "no\u202e", "description": "x" * 9000}, 400)
        assert len(f.bad("answers 400")["problem"]) < 1000


@row("TC-022", "TC-023")
def what_is_no_envelope_is_refused_whole(t):
    deep = b'{"objects":[' + b"[" * 20000 + b"]" * 20000 + b"]}"
    with serving(t) as f:
        for body in (b"", b"{", b"[]", b'"x"', b'{"objects":{}}', b'{"objects":[],"objects":[]}', deep,
                     b'{"objects":["\\ud800"]}', b'{"more":true,"objects":[]}{}', b"\xff\xfe{}"):
            f.say = lambda asked, reply, b=body: reply._replace(body=b) if asked.path == OBJECTS else reply
            seen = f.bad("cannot be read")
            assert held(t, seen) == []


# ---- what is taken ----


@row("TC-023")
def a_bad_object_fails_alone(t):
    with serving(t) as f:
        good = indicator()
        f.add(indicator(pattern=7), {"type": "indicator"}, 7, good, indicator(spec_version="9.9"))
        seen = f.good()
        assert same(held(t, seen), [good]) and seen["refused"] == 4
        seen = f.poll(seen["name"])
        assert seen["new"] == 1


@row("TC-023")
def a_feed_takes_no_place_of_ours(t):
    with serving(t) as f:
        ours = indicator(name="ours")
        t.add(ours)
        theirs = version_of(ours, "2026-02-01T00:00:00.000Z", name="theirs")
        made = indicator(created_by_ref=new_id("identity"))
        f.add(theirs, made, ours)
        name = f.feed()
        seen = f.show(name)
        assert same(held(t, seen), [made]) and seen["refused"] == 1
        [entry] = t.page(f"match[id]={ours['id']}").objects
        assert entry["name"] == "ours"
        f.add(version_of(made, "2026-02-01T00:00:00.000Z", created_by_ref=new_id("identity")),
              version_of(made, "2026-03-01T00:00:00.000Z", name="newer"))
        seen = f.poll(name)
        [got] = t.get(f"/local/collections/feed-{name}/objects/").objects
        assert got["name"] == "newer" and seen["refused"] >= 1


@row("TC-023")
def a_feed_cannot_give_back_what_we_gave(t):
    with serving(t) as f:
        [released] = t.get("/ij-model/collections/", peer=True).json["collections"]
        path = f"/ij-model/collections/{released['id']}/objects/"
        gone = [o for o in t.page("limit=50", path, peer=True).objects if "modified" in o][:3]
        f.add(*(version_of(o, "2030-01-01T00:00:00.000Z") for o in gone))
        seen = f.good()
        assert held(t, seen) == [] and seen["refused"] == len(gone) > 0


@row("TC-023")
def nobody_may_write_into_a_feed(t):
    with serving(t) as f:
        f.add(indicator())
        seen = f.good()
        path = f"/local/collections/feed-{seen['name']}/"
        assert t.get(path).json["can_write"] is False
        assert t.post(indicator(), path=f"{path}objects/").status == 403
        assert t.get(path, account="ravi").status == 404
        [thing] = t.get(f"{path}objects/").objects
        assert t.ask("DELETE", f"{path}objects/{thing['id']}/").status == 403


# ---- a crash, and another node ----


@row("TC-014", "TC-015")
def a_kill_between_a_page_and_its_cursor_loses_nothing(t):
    with serving(t) as f:
        f.page = 3
        things = f.add(*(indicator() for _ in range(10)))
        name = f.feed("--every", "1d", url=f"https://localhost:{f.port}/later/")
        f.poll(name)
        f.resources["/later/"] = f.resources["/taxii2/"]
        t.node.stop()
        os.environ["TORANA_CRASH"] = "feed:2"
        try:
            assert t.node.run("feed", "poll", name, check=False).returncode == -signal.SIGKILL
        finally:
            del os.environ["TORANA_CRASH"]
        t.node.start()
        t.forget_connections()
        seen = f.poll(name)
        assert same(held(t, seen), things) and seen["problem"] == ""


@row("TC-013", "TC-002")
def a_node_reads_another_node(t):
    other = t.tale.JP
    source = t.node.folder / "of-jp.json"
    things = [indicator() for _ in range(30)]
    source.write_text(json.dumps({"type": "bundle", "id": new_id("bundle"), "objects": things}))
    other.run("object", "import", str(source), account="haruka")
    base = f"https://127.0.0.1:{other.people_port}"
    with serving(t) as f:
        name = f.feed("--user", "haruka", "--login-file", str(other.folder / "password"), "--ca", str(other.realm / "tls/people.crt"), url=f"{base}/taxii2/", authority=False,
                      collection="local")
        seen = f.poll(name)
        assert seen["problem"] == "" and {o["id"] for o in things} <= set(held(t, seen))
        newer = version_of(things[0], "2026-06-01T00:00:00.000Z", name="newer")
        source.write_text(json.dumps(newer))
        other.run("object", "import", str(source), account="haruka")
        assert f.poll(name)["new"] == seen["new"] + 1

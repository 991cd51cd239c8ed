"""The console of both nodes in a real browser: the story as two officers press it.

Both nodes are real; the page is the one that is embedded in the program.
Needs chromium and chromedriver (tools/install-deps browser); skipped without.
"""

import json
import pathlib
import sys

import pytest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent),
                str(pathlib.Path(__file__).resolve().parents[2] / "tools")]

import browser  # noqa: E402
import story  # noqa: E402

pytestmark = pytest.mark.skipif(bool(browser.MISSING), reason=f"not installed: {browser.MISSING}")

# An object whose text would like to be a program.
SCRIPT = "<img src=x onerror=\"document.title='owned'\">"
HOSTILE = {
    "type": "bundle", "id": "bundle--0c4dc9a1-6b5e-4b0c-9f61-3a8d1f7e5a10", "objects": [{
        "type": "tool", "spec_version": "2.1", "id": "tool--4f6b0f0e-5d60-4a58-8a3b-0a3f6d1a2b77",
        "created": "2026-11-20T02:00:00.000Z", "modified": "2026-11-20T02:00:00.000Z",
        "name": f"{SCRIPT} \u202egnp.exe", "description": f"<script>alert(1)</script>{SCRIPT}",
        "object_marking_refs": ["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"]}]}
INCIDENT = "Odd writes to controllers at Sabarmati Grid Distribution Limited"
ENTER, DOWN, SPACE, SHIFT = "\ue007", "\ue015", " ", "\ue008"


@pytest.fixture(scope="module")
def nodes(program, tmp_path_factory):
    s = story.Story(program, tmp_path_factory.mktemp("console") / "nodes")
    try:
        s.make()
        s.wrong_fingerprint()
        s.agree()
        s.import_incident()
        s.IN.api("POST", "/import?source=hostile", HOSTILE, account="meera")
        yield s
    finally:
        s.stop()


@pytest.fixture(scope="module")
def window(nodes):
    opened = browser.Browser()
    yield opened
    opened.close()


def sign_in(window, node, account, password=story.PASSWORD):
    window.open(node.url + "/")
    if window.until("return document.querySelector('#sign-out, form.sign-in')?.tagName") == "BUTTON":
        window.click("#sign-out")
    window.find("form.sign-in")
    window.type("[name=account]", account)
    window.type("[name=password]", password)
    window.click("form.sign-in button")


def test_wrong_password_keeps_the_account(nodes, window):
    sign_in(window, nodes.IN, "meera", "wrong")
    window.find(".problem")
    assert window.script("return document.querySelector('[name=account]').value") == "meera"


COMPARED = [
    # name, original, leaving, struck out on the left, marked on the right
    ("the same", '{"a":1}', '{"a":1}', [], []),
    ("another order is no change", '{"a":1,"b":2}', '{"b":2,"a":1}', [], []),
    ("a member left out", '{"a":1,"b":"x"}', '{"a":1}', ['"x"'], []),
    ("a member added", '{"a":1}', '{"a":1,"b":"x"}', [], ['"x"']),
    ("a value replaced", '{"a":"x"}', '{"a":"y"}', ['"x"'], ['"y"']),
    ("words of a sentence", '{"a":"writes at Sabarmati Grid seen"}', '{"a":"writes at a utility seen"}',
     ["Sabarmati Grid"], ["a utility"]),
    ("an element left out", '{"a":["x","y","z"]}', '{"a":["x","z"]}', ['"y"'], []),
    ("an element replaced", '{"a":["x","y"]}', '{"a":["x","w"]}', ['"y"'], ['"w"']),
    ("inside of an element", '{"a":[{"b":1,"c":2}]}', '{"a":[{"b":1}]}', ["2"], []),
    ("another kind", '{"a":{"b":1}}', '{"a":[1]}', ["{", "1", "}"], ["[", "1", "]"]),
    ("spelling of a number", '{"a":1.0}', '{"a":1}', ["1.0"], ["1"]),
    ("digits beyond a double", '{"a":90071992547409931}', '{"a":90071992547409932}',
     ["90071992547409931"], ["90071992547409932"]),
    ("names that mean something to scripts", '{"__proto__":{"x":1},"constructor":2}', '{"constructor":2}',
     ["{", "1", "}"], []),
    ("text that hides", '{"a":"x\u202ey"}', '{"a":"x"}', ['"x\\u202ey"'], ['"x"']),
    ("nothing leaves", '{"a":"x"}', "", ["{", '"x"', "}"], []),
]


@pytest.mark.parametrize("name, original, leaving, struck, marked", COMPARED, ids=[c[0] for c in COMPARED])
def test_comparison(nodes, window, name, original, leaving, struck, marked):
    if not window.script("return location.protocol").startswith("https"):
        window.open(nodes.IN.url + "/")
    got = window.script("""const { comparison } = await import("/ui/compare.js");
        const node = comparison(arguments[0], arguments[1]);
        return ["del", "ins"].map((tag) => [...node.querySelectorAll(tag)].map((e) => e.textContent))""",
                        original, leaving)
    assert got == [struck, marked]


def test_realm_and_clocks_stand_on_the_first_screen(nodes, window):
    window.open(nodes.IN.url + "/")
    window.find(".realm-demo", "DEMO")
    assert window.script("return [...document.querySelectorAll('.clock abbr')].map((e) => e.textContent)") \
        == ["IST", "JST"]


def test_objects_are_listed_and_chosen_by_keyboard(nodes, window):
    sign_in(window, nodes.IN, "meera")
    window.find("tr[data-id]", INCIDENT)
    assert window.script("return document.querySelectorAll('tr[data-id]').length") >= 60
    window.script("document.querySelector('tr[data-id]').focus()")
    window.press(SPACE)
    window.press(DOWN)
    window.press(SPACE)
    assert window.script("return document.querySelectorAll('tr[aria-selected=true]').length") == 2
    window.press(ENTER)
    window.find(".compare")
    window.click("a.back")
    assert window.until("return document.querySelectorAll('tr[aria-selected=true]').length") == 2
    window.script("document.querySelector('thead input').click()")
    window.script("document.querySelector('thead input').checked && document.querySelector('thead input').click()")


def test_text_of_objects_is_never_markup(nodes, window):
    window.type("[type=search]", "onerror")
    window.find("tr[data-id]", "<img src=x")
    assert "\\u202e" in window.text("tr[data-id] .name")  # shown, not obeyed
    window.click("tr[data-id] a")
    window.find(".compare", "<script>alert(1)</script>")
    assert window.script("return document.querySelectorAll('main img, main script').length") == 0
    assert "owned" not in window.script("return document.title")
    window.click("a.back")
    window.type("[type=search]", "")
    window.script("document.querySelector('[type=search]').dispatchEvent(new Event('input'))")


def test_preview_strikes_out_what_is_withheld(nodes, window):
    window.click("#preview")
    window.click(".list [role=option]", INCIDENT)
    window.find(".decision h2", INCIDENT)
    assert window.script("return [...document.querySelector('main').childNodes].every((n) => n.nodeType === Node.ELEMENT_NODE)")
    struck = window.script("return [...document.querySelectorAll('.compare del')].map((e) => e.textContent).join(' ')")
    left = window.script("return [...document.querySelectorAll('.cell.leaving')].map((e) => e.textContent).join(' ')")
    assert "Sabarmati" in struck
    assert "Sabarmati" not in left and "incident" in left
    facts = window.text(".decision")
    assert "V-VICTIM" in facts and "Clause 6" in facts and "model text, not the Memorandum" in facts
    exact = window.script("return document.querySelector('.exact .halves > :last-child pre').textContent")
    assert json.loads(exact)["type"] == "incident"


def test_a_lost_session_loses_nothing_else(nodes, window):
    window.click("a.back")
    window.type("[type=search]", "relay")
    window.send("DELETE", "/cookie/torana_session")
    window.click("#preview")
    window.find("form.sign-in", "session has ended")
    window.type("[name=password]", story.PASSWORD)
    window.click("form.sign-in button")
    window.find("tr[data-id]", "relay")
    assert window.script("return document.querySelector('[type=search]').value") == "relay"
    window.type("[type=search]", "")
    window.script("document.querySelector('[type=search]').dispatchEvent(new Event('input'))")
    window.click("#preview")
    window.find(".decision")


def test_officer_sends(nodes, window):
    window.click("#send")
    window.click("dialog button.primary")
    window.find(".done-card", "released")
    assert len(nodes.holds()) >= 2


def test_live_shows_the_road_to_the_receipt(nodes, window):
    window.click("nav a", "Live")
    window.until("""const r = [...document.querySelectorAll('.release[data-state=released]')];
        return r.length > 30 && r.every((e) => e.querySelectorAll('.road > .done').length === 5)""",
                 seconds=story.PATIENCE_S)
    window.find("[data-event='exchange.cosigned']")
    window.find("[data-event='release.received']")


def test_proposer_cannot_approve(nodes, window):
    window.click("nav a", "Approve")
    window.find(".detail", "another person decides")
    assert window.script("return document.querySelectorAll('[data-approve]').length") == 0


def test_another_person_refuses_with_a_reason_and_approves(nodes, window):
    sign_in(window, nodes.IN, "arjun")
    window.click("nav a", "Approve")
    window.find(".verdict")
    waiting = len(nodes.holds())
    window.click("[data-refuse]")
    window.find(".problem", "reason")
    assert len(nodes.holds()) == waiting
    window.type(".refusal textarea", "attribution is not agreed yet")
    window.click("[data-refuse]")
    window.until("return document.querySelectorAll('.list [role=option]').length === arguments[0]", waiting - 1)
    window.find(".verdict")
    window.click("[data-approve]")
    window.until("return document.querySelectorAll('.list [role=option]').length === arguments[0]", waiting - 2)
    states = [r["state"] for r in nodes.IN.api("GET", "/releases", account="arjun")["items"]]
    assert "refused" in states and states.count("held") == waiting - 2


def test_japan_sees_what_it_received(nodes, window):
    sign_in(window, nodes.JP, "haruka")
    window.find("tr[data-id]", "relay")
    givers = window.script("return [...document.querySelectorAll('td.from')].map((e) => e.textContent)")
    assert givers.count("IN:CERT-IN") == len(nodes.received())
    assert "Sabarmati" not in window.text("main")


def test_hits_are_shown_and_a_sighting_flows_back(nodes, window):
    nodes.scan()
    window.find("td.number.some", "3")
    window.click("tr[data-id] a", "Relay domain of Quiet Feeder")
    window.click("main button", "Report a sighting")
    window.click("dialog button.primary")
    window.find(".ask .hint", "Chosen: 1")
    window.click("#preview")
    window.click(".list [role=option]", "Sighting")
    window.find(".decision h2", "Sighting")
    window.click("#send")
    window.click("dialog button.primary")
    window.find(".done-card", "0 denied")
    window.click("a.back")
    sign_in(window, nodes.IN, "meera")
    window.type("[type=search]", "Relay domain of Quiet Feeder")
    window.find("tr[data-id] td[data-label=Sightings].some", "1")
    window.click("tr[data-id] a", "Relay domain of Quiet Feeder")
    window.find("main li", "3 times")
    sign_in(window, nodes.JP, "haruka")
    window.find("tr[data-id]", "relay")


def test_language_and_light_change_without_losing_what_was_filled_in(nodes, window):
    window.type("[type=search]", "relay")
    window.script("""const s = document.getElementById('language'); s.value = 'ja';
        s.dispatchEvent(new Event('change'))""")
    window.find("h1", "オブジェクト")
    assert window.script("return document.querySelector('[type=search]').value") == "relay"
    assert window.script("return document.documentElement.lang") == "ja"
    window.script("""const s = document.getElementById('language'); s.value = 'en';
        s.dispatchEvent(new Event('change'))""")
    window.find("h1", "Objects")


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wider_than_the_window(nodes, window, width):
    window.size(width, 844)
    for page in ("objects", "approve", "live", "oversight"):
        window.script("location.hash = '#/' + arguments[0]", page)
        window.find("main h1")
        assert window.script("return document.documentElement.scrollWidth <= innerWidth"), page


VICTIM = "identity--6301bbfc-a0c5-454e-8ff9-bb510944fe0c"


def test_an_incident_brings_its_technique_and_says_what_is_left_out(nodes, window):
    window.size(1280, 900)
    sign_in(window, nodes.IN, "meera")
    window.find(".grid tbody tr")
    window.type("input[type=search]", "Odd writes")
    window.click("#preview")
    window.find("details.left-out summary")
    window.click("details.left-out summary")
    window.find("details.left-out li", "Sabarmati Grid Distribution Limited")
    names = window.script("return [...document.querySelectorAll('.list .name')].map((e) => e.textContent)")
    assert len(names) > 10 and "Sabarmati Grid Distribution Limited" not in names


def test_oversight_shows_all_and_offers_what_the_role_may(nodes, window):
    nodes.IN.run("consent", "add", VICTIM, "--scope", "technique", "--until", "2027-05-01T00:00:00Z",
                 "--evidence", "letter 12/2026", account="arjun")
    consents = "section[data-list=consents]"
    sign_in(window, nodes.IN, "audit")
    window.click("nav a", "Oversight")
    window.find(f"{consents} td", "letter 12/2026")
    assert window.script("return document.querySelectorAll('main td button').length") == 0
    window.type("form.told input", "Sabarmati Grid Distribution Limited")
    window.click("form.told button")
    window.find("td", "Incident response")
    sign_in(window, nodes.IN, "arjun")
    window.click("nav a", "Oversight")
    window.click(f"{consents} td button", "Withdraw")
    window.type("dialog textarea", "letter 3/2027")
    window.click("dialog button.danger")
    window.find(f"{consents} td", "letter 3/2027")


def test_an_object_is_shown_to_another_enclave(nodes, window):
    nodes.IN.run("account", "add", "dev", "--roles", "analyst", "--enclaves", "defence",
                 "--new-password-file", str(nodes.IN.folder / "password"))
    tool = HOSTILE["objects"][0]["id"]
    sign_in(window, nodes.IN, "audit")
    window.find(".grid tbody tr")
    window.script("location.hash = arguments[0]", f"#/object/{tool}")
    window.find("section.card h2", "Versions")
    assert window.script("return document.querySelector('#show-to-button')") is None
    sign_in(window, nodes.IN, "meera")
    window.find(".grid tbody tr")
    window.script("location.hash = arguments[0]", f"#/object/{tool}")
    window.click("#show-to-button")
    window.find("dialog", "nothing leaves")
    window.type("dialog .field:nth-of-type(1) input", "IN:CERT-IN")
    window.type("dialog .field:nth-of-type(2) input", "nowhere")
    window.type("dialog textarea", "the tool was seen in their networks")
    window.click("dialog button.primary")
    window.find("dialog .problem", "internal.to")
    window.type("dialog .field:nth-of-type(2) input", "defence")
    window.click("dialog button.primary")
    window.find(".notice", "It is shown.")
    window.click("nav a", "Oversight")
    window.find("section[data-list=showings] td", "the tool was seen in their networks")
    assert [o["id"] for o in nodes.IN.api("GET", "/objects", account="dev")["objects"]] == [tool]


TIMES = {"created": "2026-11-20T02:00:00.000Z", "modified": "2026-11-20T02:00:00.000Z"}
DISPUTED = {"type": "tool", "spec_version": "2.1", "id": "tool--4f6b0f0e-5d60-4a58-8a3b-0a3f6d1a2b78", **TIMES,
            "name": "Relay scanner", "object_marking_refs": HOSTILE["objects"][0]["object_marking_refs"]}
OLD = {"type": "indicator", "id": "indicator--4f6b0f0e-5d60-4a58-8a3b-0a3f6d1a2b79", **TIMES,
       "labels": ["malicious-activity"], "pattern": "[ipv4-addr:value = '203.0.113.7']",
       "valid_from": "2026-11-20T02:00:00Z", "name": SCRIPT}


def take_in(nodes, source, *objects):
    bundle = {"type": "bundle", "id": "bundle--0c4dc9a1-6b5e-4b0c-9f61-3a8d1f7e5a12", "objects": objects}
    nodes.IN.api("POST", f"/import?source={source}", bundle, account="meera")


def open_object(window, nodes, account, object_id):
    sign_in(window, nodes.IN, account)
    window.find(".grid tbody tr")
    window.script("location.hash = arguments[0]", f"#/object/{object_id}")
    window.find("section.card h2", "Versions")


def test_an_officer_chooses_among_contents(nodes, window):
    other = {**DISPUTED, "name": "Relay tester", "description": SCRIPT}
    take_in(nodes, "vendor", DISPUTED)
    take_in(nodes, "vendor", other)
    open_object(window, nodes, "audit", DISPUTED["id"])
    window.find("#contents .beside .row", "/name")
    cells = window.script("return [...document.querySelectorAll('.beside .row:has(.key)')].map((r) => r.innerText)")
    assert any("Relay scanner" in c and "Relay tester" in c for c in cells)
    assert window.script("return document.querySelectorAll('#contents button, main img').length") == 0
    open_object(window, nodes, "meera", DISPUTED["id"])
    window.click("#contents button", "Serve this content")
    window.click("dialog button.primary")
    assert window.script("return document.querySelector('dialog') !== null")  # a reason is needed
    window.type("dialog textarea", "the vendor's letter of today")
    window.click("dialog button.primary")
    window.find("#contents li", "the vendor's letter of today")
    window.find("h1", "Relay tester")
    window.find("#contents dd", "meera")
    assert nodes.IN.api("GET", f"/objects/{DISPUTED['id']}", account="meera")["name"] == "Relay tester"


def test_a_converted_object_says_what_was_done_to_it(nodes, window):
    take_in(nodes, "old", OLD)
    open_object(window, nodes, "audit", OLD["id"])
    window.find("#conversion h2", "STIX 2.0")
    window.find("#conversion td", "indicator_types")
    window.click("#conversion summary")
    came = window.find("#conversion pre", "malicious-activity")
    assert came and json.loads(window.script("return document.querySelector('#conversion pre').textContent"))["labels"]
    assert window.script("return document.querySelectorAll('main img').length") == 0


@pytest.mark.parametrize("language, title, converted", [
    ("en", "Several contents of a version", "Converted from STIX 2.0"),
    ("ja", "一つの版に複数の内容", "STIX 2.0 から変換"),
    ("hi", "एक संस्करण की कई सामग्रियाँ", "STIX 2.0 से रूपांतरित")])
def test_both_are_said_in_each_language_and_fit(nodes, window, language, title, converted):
    open_object(window, nodes, "audit", DISPUTED["id"])
    window.script("""const s = document.getElementById('language'); s.value = arguments[0];
        s.dispatchEvent(new Event('change'))""", language)
    for object_id, text, part in ((DISPUTED["id"], title, "#contents"), (OLD["id"], converted, "#conversion")):
        window.script("location.hash = arguments[0]", f"#/object/{object_id}")
        window.find(f"{part} h2", text)
        for width in (390, 1280):
            window.size(width, 900)
            assert window.script("return document.documentElement.scrollWidth <= innerWidth"), width
    colours = []
    for theme in ("light", "dark"):
        window.script("document.documentElement.dataset.theme = arguments[0]", theme)
        colours.append(window.script("return getComputedStyle(document.querySelector('#conversion')).backgroundColor"))
    assert len(set(colours)) == 2
    window.script("""delete document.documentElement.dataset.theme;
        const s = document.getElementById('language'); s.value = 'en'; s.dispatchEvent(new Event('change'))""")
    window.find("h2", "Versions")


def test_recall_is_shown_as_answered(nodes, window):
    window.size(1280, 900)
    sign_in(window, nodes.IN, "meera")
    window.click("nav a", "Live")
    source = window.until("""return [...document.querySelectorAll('.release[data-state=released]')]
        .map((e) => e.dataset.source).find((id) => id.startsWith('indicator--'))""")
    row = f".release[data-source='{source}']"
    window.click(f"{row} button")
    window.type("dialog textarea", "the address belongs to a scanner project")
    window.click("dialog button.danger")
    window.until("return document.querySelectorAll(arguments[0]).length === 2", f"{row} .done.back",
                 seconds=story.PATIENCE_S)
    assert "Answered" in window.text(row) and "delete" not in window.text(row).lower()


def test_suspension_is_seen_at_once(nodes, window):
    sign_in(window, nodes.IN, "meera")
    window.find(".agreement.open", "IJ-MODEL")
    nodes.suspend()
    window.find(".agreement.closed", "IJ-MODEL")


def test_the_browser_had_nothing_to_complain_about(nodes, window):
    # A 401 tells that nobody is signed in, or that the password was wrong; one showing was to a
    # place that is none.
    expected = ("401", "/internal-releases - Failed to load resource: the server responded with a status of 400")
    assert [c for c in window.complaints() if not any(e in c for e in expected)] == []

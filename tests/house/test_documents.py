"""What people read is true: commands, options, settings, requests, JSON shapes."""

import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAN = ROOT / "docs/man"
PAGES = sorted(MAN.glob("*.scd"))
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *PAGES]
OPTION_TERM = r"^\*--([a-z-]+)\*(?: _\S+_)?$"  # a line of its own in a manual page


# ---- what the program says about itself ----


class Command:
    """A command as its own --help shows it."""

    def __init__(self, program, words):
        done = subprocess.run([program, *words, "--help"], capture_output=True, text=True)
        assert done.returncode == 0, f"torana {' '.join(words)} --help: {done.stderr}"
        self.words, self.usage = words, done.stdout.splitlines()[0]
        self.options = re.findall(r"^  --([a-z-]+)", done.stdout, re.M)
        self.example = done.stdout.rpartition("Example:\n")[2].strip()


@pytest.fixture(scope="session")
def commands(program):
    text = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
    names = [row.split() for row in re.findall(r"^  ([a-z]+(?: [a-z]+)?) {2,}\S", text, re.M)]
    return {tuple(words): Command(program, words) for words in names}


@pytest.fixture(scope="session")
def common(commands):
    """Options that every command has."""
    return set.intersection(*(set(c.options) for c in commands.values()))


@pytest.fixture(scope="session")
def keys(program):
    text = subprocess.run([program, "config"], capture_output=True, text=True, check=True).stdout
    rows = [re.split(r" {2,}", line, maxsplit=2) for line in text.splitlines()]
    return {name: (unit, meaning.replace(" (at start only)", "")) for name, unit, meaning in rows}


# ---- manual pages ----


def entries(path):
    """The commands of a page: usage line, and its text up to the next heading."""
    parts = re.split(r"^(#{1,2} .*)$", path.read_text(), flags=re.M)
    return {head[3:]: text for head, text in zip(parts[1::2], parts[2::2])
            if head.startswith("## torana ")}


def test_every_command_has_its_place_in_one_manual_page(commands):
    there = [usage for page in PAGES for usage in entries(page)]
    assert sorted(there) == sorted(c.usage for c in commands.values())


def test_manual_pages_name_the_options_of_each_command(commands, common):
    there = {usage: text for page in PAGES for usage, text in entries(page).items()}
    for command in commands.values():
        documented = re.findall(OPTION_TERM, there[command.usage], re.M)
        assert documented == [o for o in command.options if o not in common], command.usage


def test_the_first_page_names_the_common_options(common):
    text = (MAN / "torana.1.scd").read_text()
    assert set(re.findall(OPTION_TERM, text, re.M)) == common


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_a_manual_page_can_be_made(page):
    if shutil.which("scdoc") is None:
        pytest.skip("scdoc is not installed")
    done = subprocess.run(["scdoc"], stdin=page.open(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert f"'{page.stem}'" in (MAN / "meson.build").read_text(), "meson.build does not list it"


# ---- settings ----


def test_settings_are_documented(keys):
    rows = re.findall(r"^\| `([a-z.-]+)` \| (\S+) \| (?:`\S+`)? ?\| (.*) \|$",
                      (ROOT / "docs/config.md").read_text(), re.M)
    assert {name: (unit, meaning) for name, unit, meaning in rows} == keys


def test_the_manual_page_of_settings_has_all_keys(keys):
    section, there = "", []
    for line in (MAN / "torana.conf.5.scd").read_text().splitlines():
        if m := re.fullmatch(r"# \[([a-z]+)\]|\*([a-z-]+)\*", line):
            section = m[1] or section
            there += [f"{section}.{m[2]}"] if m[2] else []
    assert there == list(keys)


def test_presets_are_documented(torana, folder):
    done = torana("init", "--dir", folder / "n", "--realm", "real", "--party", "IN", "--org",
                  "IN:CERT-IN", "--name", "in.example")
    assert done.returncode == 0, done.stderr
    section, written = "", {}
    for line in (folder / "n/torana.conf").read_text().splitlines():
        if m := re.fullmatch(r"\[([a-z]+)\]|([a-z-]+) = ?(.*)", line):
            section = m[1] or section
            written |= {f"{section}.{m[2]}": m[3]} if m[2] else {}
    rows = re.findall(r"^\| `([a-z.-]+)` \| \S+ \|(?: `(\S+)`)? \|",
                      (ROOT / "docs/config.md").read_text(), re.M)
    assert dict(rows) == written


# ---- command lines in documents ----


def command_lines(path):
    """Whole lines in code, and code within a line, that begin with `torana `."""
    in_code = False
    for n, line in enumerate(path.read_text().splitlines(), 1):
        if line.lstrip().startswith("```"):
            in_code = not in_code
        elif in_code:
            yield from ((n, m[1]) for m in [re.search(r"(?:^|[|;] *)(torana .*)$", line.strip())] if m)
        elif path.suffix == ".scd":
            bold = re.sub(r"(?<=[a-z0-9])\* _([A-Z:]+)_(?:\.\.\.)?", r" \1*", line)
            yield from ((n, text) for text in re.findall(r"\*(torana [^*]*)\*", bold))
        else:
            yield from ((n, text) for text in re.findall(r"`(torana [^`]*)`", line))


def problem_of(line, commands):
    """Why a command line cannot be; None when it can."""
    words = shlex.split(re.split(r" [|<>;&]|  #", line)[0], comments=True)[1:]
    plain = [w for w in words if not w.startswith("-")]
    if not plain:
        return None if set(words) <= {"--help", "--version"} else f"options without a command: {words}"
    if plain[0].isupper():
        return None  # torana NOUN VERB
    nouns = {words[0] for words in commands}
    if plain[0] not in nouns:
        return f"no noun {plain[0]}"
    command = commands.get((plain[0],)) or commands.get(tuple(plain[:2]))
    if command is None:
        return None if len(words) == 1 else f"no verb {' '.join(plain[:2])}"
    for name in (w[2:].partition("=")[0] for w in words if w.startswith("--") and w != "--"):
        if name not in command.options:
            return f"{' '.join(command.words)} has no --{name}"
    return None


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_documented_command_lines_exist(path, commands):
    bad = [f"{path.relative_to(ROOT)}:{n}: {line}: {why}" for n, line in command_lines(path)
           if (why := problem_of(line, commands))]
    assert bad == []


def test_examples_of_the_program_exist(commands):
    bad = [f"{c.example}: {why}" for c in commands.values() if (why := problem_of(c.example, commands))]
    assert bad == []


@pytest.mark.parametrize("line, why", [
    ("torana release send ID --to JP:JPCERT --purpose p | cat -", None),
    ("torana --version", None),
    ("torana audit", None),
    ("torana release sell ID", "no verb release sell"),
    ("torana relase send", "no noun relase"),
    ("torana object list --limit 7", "object list has no --limit"),
])
def test_a_wrong_command_line_is_seen(line, why, commands):
    assert problem_of(line, commands) == why


# ---- links ----


@pytest.mark.parametrize("path", [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))],
                         ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    there = re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text())
    assert [link for link in there if not (path.parent / link).exists()] == []


# ---- completion ----


def completions(*words):
    """What bash offers for the last word."""
    script = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _torana;'
              ' printf "%s\\n" "${COMPREPLY[@]}"')
    done = subprocess.run(["bash", "-c", script, "-", ROOT / "packaging/completion/torana.bash",
                           "torana", *words], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_completion_offers_what_there_is(commands):
    nouns = list(dict.fromkeys(words[0] for words in commands))
    assert completions("") == [*nouns, "--help", "--version"]
    for noun in nouns:
        verbs = [words[1] for words in commands if words[0] == noun and len(words) == 2]
        if verbs:
            assert completions(noun, "") == [*verbs, "--help"]
    for words, command in commands.items():
        assert completions(*words, "--") == [f"--{o}" for o in command.options]


# ---- requests ----


def requests_of(table):
    """METHOD PATH of the first column of a table in Markdown."""
    column = "\n".join(line.split("|")[1] for line in table.splitlines() if line.startswith("| `"))
    there = set()
    for text in re.findall(r"`([A-Z]+ /[^`]*)`", column):
        method, _, path = text.partition(" ")
        there |= {(method, re.sub(r"\{[^}]*\}", "{}", p.partition("?")[0]))
                  for p in path.replace(", GET", "").split()}
    return there


def routes_of(*sources):
    text = "".join((ROOT / s).read_text() for s in sources)
    rows = re.findall(r'\{ HTTP_([A-Z]+),\s*"([^"]+)"', text)
    return {(method, re.sub(r"\{[^}]*\}", "{}", path)) for method, path in rows}


def test_api_requests_are_documented():
    there = {(m, "/api/v1" + p) for m, p in requests_of((ROOT / "docs/api.md").read_text())}
    assert there == routes_of("src/api/routes.c")


def test_exchange_requests_are_documented():
    there = requests_of((ROOT / "docs/protocol.md").read_text())
    assert {r for r in there if r[1].startswith(("/exchange/", "/log/"))} == routes_of("src/exchange/face.c")


def test_events_of_the_api_are_documented():
    code = "".join(p.read_text() for p in (ROOT / "src").rglob("*.c") if not p.stem.endswith("_test"))
    events = re.findall(r"struct event\b[^;]*?\{(.*?)\};", code, re.S)
    names = {name for e in events for name in re.findall(r'\.name = S\("([a-z.-]+)"\)', e)}
    names |= set(re.findall(r'\b(?:note|record_event|note_event|event_write)\([^;"]*"([a-z.-]+)"', code))
    names |= {f"{kind}.added" for kind in re.findall(r'\blog_deed\(d, db, "([a-z]+)"', code)}
    there = (ROOT / "docs/api.md").read_text().partition("## Events")[2]
    assert sorted(names) == re.findall(r"^\| `([a-z.-]+)` \|", there, re.M)


# ---- JSON shapes ----


def shapes():
    """The JSON of the manual pages, by its outer members."""
    for page in PAGES:
        for block in re.findall(r"^```\n(\{.*?)\n```$", page.read_text(), re.M | re.S):
            yield json.loads(block)


def names(value):
    """Members all the way down; of a list, those of its first element."""
    if isinstance(value, dict):
        return {k: names(v) for k, v in value.items()}
    if isinstance(value, list):
        return [names(v) for v in value[:1]]
    return None


def same_shape(documented, got):
    if isinstance(documented, dict) and isinstance(got, dict):
        # The values of a line have the names that its code gives them.
        return documented.keys() == got.keys() and all(k == "args" or same_shape(documented[k], got[k]) for k in got)
    if isinstance(documented, list) and isinstance(got, list):
        return not documented or not got or same_shape(documented[0], got[0])
    return not isinstance(documented, (dict, list)) and not isinstance(got, (dict, list))


INDICATOR = {
    "type": "indicator", "spec_version": "2.1", "id": "indicator--8d2f6c1e-31a5-4c8e-9d21-0b7f4a6e5c01",
    "created": "2026-11-20T02:00:00.000Z", "modified": "2026-11-20T02:00:00.000Z",
    "pattern": "[ipv4-addr:value = '203.0.113.7']", "pattern_type": "stix",
    "valid_from": "2026-11-20T00:00:00Z",
}
BROKEN = {**INDICATOR, "id": "indicator--8d2f6c1e-31a5-4c8e-9d21-0b7f4a6e5c02", "valid_from": "soon"}


@pytest.fixture
def printed(torana, folder):
    """What a small node prints with --json, by command."""
    node = folder / "n"
    (folder / "password").write_text("only for this test")
    (folder / "bundle.json").write_text(json.dumps(
        {"type": "bundle", "id": "bundle--8d2f6c1e-31a5-4c8e-9d21-0b7f4a6e5c00",
         "objects": [INDICATOR, BROKEN]}))
    (folder / "a.log").write_text("from 203.0.113.7\n")
    account = {"TORANA_ACCOUNT": "meera", "TORANA_PASSWORD_FILE": str(folder / "password")}

    def run(*args, code=0, acting=False, dir=node):
        done = torana(*args, env=os.environ | {"TORANA_DIR": str(dir)} | (account if acting else {}))
        assert done.returncode == code, (args, done.stderr)
        return json.loads(done.stdout) if "--json" in args else None

    run("init", "--realm", "demo", "--party", "IN", "--org", "IN:CERT-IN", "--name", "in.example",
        "--peer-url", "https://in.example:8441")
    run("init", "--realm", "demo", "--party", "JP", "--org", "JP:JPCERT", "--name", "jp.example",
        "--peer-url", "https://jp.example:8441", dir=folder / "jp")
    partner = run("peer", "invite", "--json", dir=folder / "jp")
    (folder / "jp.invitation").write_text(json.dumps(partner["invitation"]))
    run("peer", "add", folder / "jp.invitation", "--fingerprint", partner["fingerprint"]["words"])
    run("account", "add", "meera", "--roles", "analyst officer", "--new-password-file", folder / "password")
    signed = torana("pack", "sign", ROOT / "share/packs/in.json", env=os.environ | {"TORANA_DIR": str(node)})
    (folder / "in.signed").write_text(signed.stdout)
    run("pack", "activate", folder / "in.signed")
    run("agreement", "make", ROOT / "share/agreements/india-japan.json")
    imported = run("object", "import", "--json", folder / "bundle.json", code=1, acting=True)
    asked = [INDICATOR["id"], "--to", "JP:JPCERT", "--purpose", "incident-response"]
    return {
        "import": imported,
        "explain": run("release", "explain", "--json", *asked, acting=True),
        "scan": run("scan", "--json", folder / "a.log"),
        "audit": run("audit", "verify", "--json"),
        "status": run("status", "--json"),
        "accounts": run("account", "list", "--json"),
        "objects": run("object", "list", "--json"),
        "packs": run("pack", "list", "--json"),
        "agreements": run("agreement", "list", "--json"),
        "peers": run("peer", "list", "--json"),
    }


def test_json_shapes_of_the_manual_pages_are_what_is_printed(printed):
    documented = list(shapes())
    for what, got in printed.items():
        assert any(same_shape(shape, got) for shape in documented), f"{what}: {json.dumps(names(got))}"

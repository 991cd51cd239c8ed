"""The files of the console: catalogues that fit together, and nothing that runs text."""

import json
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CATALOGUES = {p.stem: json.loads(p.read_text()) for p in sorted((ROOT / "share/lang").glob("*.json"))}
SCRIPTS = sorted((ROOT / "ui").glob("*.js"))
PAGES = [*SCRIPTS, *sorted((ROOT / "ui").glob("*.html")), *sorted((ROOT / "ui").glob("*.css"))]
CODES = ROOT / "src/agreement/codes.c"
LINES = ROOT / "src/agreement/line.c"


def placeholders(text):
    return sorted(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("name", ["hi", "ja"])
def test_catalogues_have_the_same_keys_and_places(name):
    assert list(CATALOGUES[name]) == list(CATALOGUES["en"])
    for key, text in CATALOGUES["en"].items():
        assert placeholders(CATALOGUES[name][key]) == placeholders(text), key
        assert CATALOGUES[name][key].strip(), key


@pytest.mark.parametrize("name, letters", [("hi", "[\u0900-\u097f]"), ("ja", "[\u3040-\u30ff\u4e00-\u9fff]")])
def test_catalogues_are_translated(name, letters):
    left = [CATALOGUES["en"][k] for k, text in CATALOGUES[name].items() if not re.search(letters, text)]
    # Without a word in them: places alone, and names that are the same everywhere.
    assert [text for text in left if re.sub(r"{\w+}|TLP|URL|PAP|IEP", "", text).strip(" :()")] == []


def used():
    """Keys that stand in the scripts: whole ones, and the beginnings of computed ones."""
    text = "".join(p.read_text() for p in SCRIPTS)
    whole = set(re.findall(r"""\bt\("([a-z0-9.-]+)"[,)]""", text))
    begun = set(re.findall(r"""\bt\("([a-z0-9.-]+)" \+""", text))
    begun |= {kind + "." for kind in re.findall(r"""\bnamed\("([a-z]+)",""", text)}
    named = set(re.findall(r"""\[?"((?:object|objects)\.[a-z-]+)", """, text))
    # The page of a dossier is written by the program.
    page = (ROOT / "src/cli/dossier_html.c").read_text()
    printed = {"dossier.technique", "dossier.name", "dossier.personal"} | set(re.findall(r'"((?:dossier|agreement)\.[a-z-]+)"', page))
    begun |= set(re.findall(r'"((?:purpose|area|code|outcome|state|realm)\.)"', page))
    page = (ROOT / "src/cli/decision_cmd.c").read_text()
    printed |= set(re.findall(r'"((?:decision|agreement)\.[a-z-]+)"', page))
    return whole | named | printed, begun


def test_every_message_is_in_the_catalogue_and_used():
    whole, begun = used()
    assert whole - CATALOGUES["en"].keys() == set()
    assert [b for b in begun if not any(k.startswith(b) for k in CATALOGUES["en"])] == []
    assert [k for k in CATALOGUES["en"] if k not in whole and not k.startswith(tuple(begun))] == []


def test_every_reason_code_has_a_name():
    codes = re.findall(r'^\t\{ "([A-Z0-9-]+)",', CODES.read_text(), re.M)
    assert len(codes) > 20
    assert sorted(codes) == sorted(k.removeprefix("code.") for k in CATALOGUES["en"] if k.startswith("code."))


def test_every_line_of_an_explanation_has_its_sentence():
    """What the gate says in English is what the catalogues translate, with the same values."""
    table = re.findall(r'= \{ "([a-z.-]+)", \{ ([^}]*) \}, "((?:[^"\\]|\\.)*)" \}', LINES.read_text())
    assert len(table) > 40
    wanted = {"line." + name: text.replace('\\"', '"') for name, _, text in table}
    assert {k: v for k, v in CATALOGUES["en"].items() if k.startswith("line.")} == wanted
    for name, values, text in table:
        assert set(placeholders(text)) <= set(re.findall(r'"(\w+)"', values)), name


def test_every_reason_has_its_sentence():
    table = dict(re.findall(r'^\t\{ "([\w.-]+)",\s*"([^"]*)" \}', CODES.read_text(), re.M))
    assert len(table) > 30
    assert {k.removeprefix("reason."): v for k, v in CATALOGUES["en"].items() if k.startswith("reason.")} == table


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_nothing_turns_text_into_markup_or_comes_from_elsewhere(path):
    text = path.read_text()
    for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function",
                      "DOMParser", "srcdoc", "javascript:", "http://", "https://", "@import", "<style"):
        assert forbidden not in text, forbidden
    assert not re.search(r"<\w[^>]*\s(on\w+|style)=", text)


def test_every_file_is_embedded():
    listed = re.findall(r"'([\w.]+\.(?:js|css|html|svg))'", (ROOT / "src/console/meson.build").read_text())
    assert sorted(listed) == sorted(p.name for p in (ROOT / "ui").iterdir())

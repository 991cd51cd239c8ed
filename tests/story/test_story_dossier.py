"""What was shared about one organisation: a signed document, and a page in three languages.

Runs after test_story.py, on what that left behind.
"""

import base64
import json
import re
import subprocess

import pytest


def objects(node):
    return json.loads(node.run("object", "list", "--json").stdout)["objects"]


@pytest.fixture(scope="module")
def about(tale):
    """An identity of India about which something left."""
    if tale.sent is None:
        pytest.fail("the story has not been played: run tests/story as a whole", pytrace=False)
    for row in objects(tale.IN):
        if row["type"] == "identity":
            answer = tale.IN.json("disclosure", "list", "--about", row["id"], account="audit")
            if answer["disclosures"]:
                return row["id"]
    pytest.fail("nothing left about anybody")
    return None


def write(tale, about, lang, check=True, name="dossier"):
    out, html = tale.folder / f"{name}-{lang}.json", tale.folder / f"{name}-{lang}.html"
    done = tale.IN.run("disclosure", "dossier", "--about", about, "--out", str(out), "--html", str(html),
                       "--lang", lang, account="audit", check=check)
    if done.returncode != 0:
        assert not out.exists() and not html.exists()
        return None, None, done.stderr.decode()
    envelope = json.loads(out.read_text())
    return json.loads(base64.b64decode(envelope["payload"])), html.read_text(), envelope


@pytest.mark.parametrize("lang", ["en", "hi", "ja"])
def test_a_dossier_is_a_signed_document_and_a_page(tale, about, lang):
    dossier, page, envelope = write(tale, about, lang)
    assert envelope["payloadType"] == "application/vnd.torana.dossier+json" and envelope["signatures"]
    assert dossier["about"] == about and dossier["disclosures"]
    for row in dossier["disclosures"]:
        assert row["agreement"] and row["clause"] and row["to"] and row["leaf"] >= 0 and row["published"]
        assert row["source_id"] in page and (row["as"] == "original") == (row["withheld"] == [])
    assert f'<html lang="{lang}">' in page and "<script" not in page and "http" not in page.split("</style>")[1]
    assert not re.search(r"\{\w+\}", page.split("</style>")[1])


def test_whoever_has_a_dossier_can_verify_it(tale, about):
    """By the key that the invitation told, without node and account; and a changed byte shows."""
    dossier, _, envelope = write(tale, about, "en", name="verify")
    key, path = dossier["log_key"], tale.folder / "verify-en.json"
    assert key == tale.JP.json("peer", "list")["peers"][0]["log_key"]
    good = tale.IN.run("disclosure", "verify", str(path), "--key", key, "--json")
    assert json.loads(good.stdout) == dossier
    wrong = tale.IN.run("disclosure", "verify", str(path), "--key", "0" * 64, check=False)
    assert wrong.returncode == 1 and "not by" in wrong.stderr.decode()
    forged = tale.folder / "forged.json"
    payload = json.dumps(dossier | {"disclosures": []}).encode()
    forged.write_text(json.dumps(envelope | {"payload": base64.b64encode(payload).decode()}))
    wrong = tale.IN.run("disclosure", "verify", str(forged), "--key", key, check=False)
    assert wrong.returncode == 1


def test_a_dossier_of_nobody_says_so(tale):
    nobody = "identity--00000000-0000-4000-8000-00000000ffff"
    dossier, page, _ = write(tale, nobody, "en", name="nobody")
    assert dossier["disclosures"] == [] and "Nothing about this organisation had left" in page
    _, _, text = write(tale, "No Such Plant", "en", check=False, name="unknown")
    assert "no identity here has the name No Such Plant" in text


def test_it_is_not_for_everybody(tale, about):
    done = tale.IN.run("disclosure", "dossier", "--about", about, "--out", str(tale.folder / "x.json"), check=False)
    assert done.returncode == 1

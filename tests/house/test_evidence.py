"""`torana agreement evidence`: which instrument of which agreement a State's signature belongs to."""

import hashlib
import json
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIGNATURE = ROOT / "src/crypto/corpus/cms/detached"
CA = ROOT / "src/crypto/testdata/stranger.pem"
TEXT = b"text"


@pytest.fixture
def ask(program, tmp_path):
    """ask(text, instrument): exit code, what was printed, what was complained about."""

    def run(text=TEXT, instrument=None, at="2027-01-01T00:00:00Z"):
        (tmp_path / "text").write_bytes(text)
        command = [program, "agreement", "evidence", "--json", str(SIGNATURE),
                   "--text", str(tmp_path / "text"), "--ca", str(CA), "--at", at]
        if instrument is not None:
            agreement = json.loads((ROOT / "share/agreements/india-japan.json").read_text())
            agreement["header"]["instruments"] = [instrument]
            (tmp_path / "agreement").write_text(json.dumps(agreement))
            command += ["--agreement", str(tmp_path / "agreement")]
        done = subprocess.run(command, capture_output=True, text=True)
        return done.returncode, json.loads(done.stdout or "null"), done.stderr

    return run


def instrument(text=TEXT, signature=SIGNATURE.read_bytes()):
    return {"title": "Memorandum", "date": "2026-05-01T00:00:00Z", "binding": False,
            "text_hash": hashlib.sha256(text).hexdigest(),
            "evidence": {"name": "moc.p7s", "hash": hashlib.sha256(signature).hexdigest()}}


def test_who_signed_until_when_and_under_which_ca(ask):
    code, got, _ = ask(instrument=instrument())
    assert code == 0
    assert got["instrument"] == "Memorandum" and got["agreement"] == "IJ-MODEL"
    assert [(s["subject"], s["ca"]) for s in got["signers"]] == [("CN=Stranger", "CN=Stranger")]
    assert got["signers"][0]["valid_until"].startswith("2036-11-")


@pytest.mark.parametrize("what,complaint", [
    ({"text": b"texts"}, "are not these bytes"),
    ({"at": "2037-01-01T00:00:00Z"}, "not valid any more"),
    ({"at": "2026-01-01T00:00:00Z"}, "not valid before"),
    ({"at": "yesterday"}, "is no time"),
    ({"instrument": instrument(text=b"other")}, "no instrument of IJ-MODEL"),
    ({"instrument": instrument(signature=b"other")}, "no instrument of IJ-MODEL"),
])
def test_what_does_not_fit_is_said(ask, what, complaint):
    code, got, said = ask(**what)
    assert code != 0 and got is None
    assert complaint in said

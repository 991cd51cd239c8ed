"""What a row says, when it is missed, and that bench/run ends with 1 then."""

import importlib.machinery
import importlib.util
import json
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from rows import Pairs, Row, table, write  # noqa: E402


@pytest.fixture
def run(tmp_path, monkeypatch):
    loader = importlib.machinery.SourceFileLoader("bench_run", str(HERE / "run"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("bench_run", loader))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader.exec_module(module)
    monkeypatch.setattr(module, "OUT", tmp_path / "bench")
    monkeypatch.setattr(module, "prepare", lambda: None)
    return module


@pytest.mark.parametrize("row, missed", [
    (Row("a", "1 s"), False),
    (Row("a", "1 s", "2 s", 2.0), False),
    (Row("a", "1 s", "2 s", 0.5, must=0.5), False),
    (Row("a", "1 s", "2 s", 0.499, must=0.5), True),
    (Row("a", "1 s", "2 s", 2.9, must=3, at_most=True), False),
    (Row("a", "1 s", "2 s", 3.1, must=3, at_most=True), True),
], ids=["no ratio", "no must", "kept", "missed", "below a ceiling", "above a ceiling"])
def test_must(row, missed):
    assert row.missed == missed


def test_table():
    assert table([
        Row("page", "0.2 ms", "empty 0.1 ms", 0.512, must=0.3, aim=0.6),
        Row("scan", "0.4 s", "grep 42 s", 104.6, must=110),
        Row("memory", "99 MB", "file 46 MB", 2.15, must=3, at_most=True),
        Row("proof", "7 us"),
    ]) == [
        "what   | figure | against      | ratio | must           | aim",
        "page   | 0.2 ms | empty 0.1 ms | 0.512 | >= 0.3         | >= 0.6",
        "scan   | 0.4 s  | grep 42 s    | 105   | >= 110  MISSED",
        "memory | 99 MB  | file 46 MB   | 2.15  | <= 3",
        "proof  | 7 us",
    ]


def test_pairs_are_interleaved():
    calls = []
    times = {"a": [1.0, 2.0, 1.0], "b": [2.0, 2.0, 3.0]}
    pairs = Pairs(3, lambda i: calls.append("a") or times["a"][i],
                  lambda i: calls.append("b") or times["b"][i])
    assert calls == list("ababab")
    assert (pairs.mine_s, pairs.other_s, pairs.ratio) == (1.0, 2.0, 2.0)


def test_write(tmp_path):
    write(tmp_path / "x/y.json", "y", [Row("a", "1", "b", 0.1, must=1), Row("c", "2")])
    document = json.loads((tmp_path / "x/y.json").read_text())
    assert document["bench"] == "y" and document["missed"] == 1
    assert [row["missed"] for row in document["rows"]] == [True, False]


@pytest.mark.parametrize("ratio, code", [(0.6, 0), (0.4, 1)], ids=["kept", "missed"])
def test_exit_code(run, monkeypatch, capsys, ratio, code):
    monkeypatch.setattr(run, "BENCHES", {"one": lambda: [Row("a", "1 s", "2 s", ratio, must=0.5)]})
    assert run.main(["one"]) == code
    assert "a    | 1 s" in capsys.readouterr().out
    assert json.loads((run.OUT / "one.json").read_text())["missed"] == code


def test_unknown_bench(run):
    with pytest.raises(SystemExit) as stop:
        run.main(["nothing"])
    assert stop.value.code == 2

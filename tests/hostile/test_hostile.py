"""Each attack has its answer, in bounded memory, and the node serves on."""

import pytest

import document
import http_attacks  # noqa: F401
import json_attacks  # noqa: F401
from attacks import ATTACKS

SECONDS = 20  # of processor time for one attack, in a build with sanitizers
MIB = 1024 * 1024


def cases():
    for a in ATTACKS:
        yield pytest.param(a, id=a.name, marks=[pytest.mark.long] if a.long else [])


@pytest.mark.parametrize("attack", cases())
def test_attack(target, attack):
    target.serves()
    target.reset_peak()
    before, _ = target.memory()
    cpu = target.cpu()
    attack.check(target)
    assert target.node.process.poll() is None, "the node died"
    assert target.serves() < 10
    _, peak = target.memory()
    print(f"{attack.name}: {(peak - before) // MIB} MiB, {target.cpu() - cpu:.1f} s")
    assert peak - before < attack.memory, f"{(peak - before) // MIB} MiB more"
    assert target.cpu() - cpu < SECONDS


def test_page():
    """docs/hostile.md is what the attacks say."""
    assert document.DOCUMENT.read_text() == "".join(document.page()), "run tests/hostile/document.py"

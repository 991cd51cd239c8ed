"""Step 10, among three: what goes round a ring of agreements comes to rest and never comes back."""

import pathlib
import time

import pytest

import club
import story

IDLE_S = 60


def indicator(n):
    return club.indicator(n, club.CLEAR if n % 2 == 0 else club.GREEN)


def rest(node):
    log = node.api("GET", "/node")["log"]
    return club.held_here(node), log["size"], log["root"], log["published"]


@pytest.mark.long
def test_step_10_three_nodes_in_a_ring_come_to_rest(request, tmp_path):
    exe = pathlib.Path(request.config.getoption("--torana")).resolve()
    ports = story.free_ports(6)
    nodes = [club.member(exe, tmp_path, p, ports[2 * i:2 * i + 2]) for i, p in enumerate(("AA", "BB", "CC"))]
    for node in nodes:
        node.init(f"https://127.0.0.1:{node.ports[1]}")
    for a, b in ((0, 1), (1, 2), (2, 0)):
        club.introduce(nodes[a], nodes[b])
        club.agree([nodes[a], nodes[b]], f"{nodes[a].party}-{nodes[b].party}-MODEL", tmp_path)
    try:
        for node in nodes:
            node.start()
        for i, node in enumerate(nodes):
            club.take_in(node, [indicator(10 * i + k) for k in range(5)])
        own = [[indicator(10 * i + k)["id"] for k in range(5)] for i in range(3)]
        for i, node in enumerate(nodes):
            assert club.send(node, nodes[(i + 1) % 3].org, own[i])["released"] >= 5
        for i, node in enumerate(nodes):
            assert story.until(lambda n=node, o=own[i - 1]: set(o) <= set(rest(n)[0]))
        # GREEN is for the community it was given to, CLEAR for everybody, and
        # nothing goes back to its giver.
        clear = [{identifier for k, identifier in enumerate(o) if (10 * i + k) % 2 == 0}
                 for i, o in enumerate(own)]
        for i, node in enumerate(nodes):
            assert club.sent_of(node, nodes[(i + 1) % 3].org, own[i - 1]) == clear[i - 1]
            assert club.sent_of(node, nodes[i - 1].org, own[i - 1]) == set()
        # The third node has them now; its next is their originator, who gets nothing back.
        for i, node in enumerate(nodes):
            assert story.until(lambda n=node, c=clear[i - 2]: c <= set(rest(n)[0]))
            assert club.sent_of(node, nodes[(i + 1) % 3].org, sorted(clear[i - 2])) == set()
        time.sleep(5)
        before = [rest(n) for n in nodes]
        time.sleep(IDLE_S)
        assert [rest(n) for n in nodes] == before
    finally:
        for node in nodes:
            node.stop()

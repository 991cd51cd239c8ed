"""TAXII faces: pages and objects of a node, against the emptiest server and OpenTAXII."""

import json

import inputs
import servers
from rows import Pairs, Row

COLD_PAIRS = 5
AGAIN_PAIRS = 7
AGAIN_REQUESTS = 300
ENVELOPE = 1000  # objects of one POST
PEER_ENVELOPES = 4  # OpenTAXII gets no more: with all of ATT&CK a page takes it minutes
PEER_PAIRS = 3
PEER_REQUESTS = 4


def empty_row(what, pairs, must, aim):
    return Row(f"{what}, server CPU", f"{1e6 * pairs.mine_s:.0f} us",
               f"empty libmicrohttpd, equal bytes {1e6 * pairs.other_s:.0f} us", pairs.ratio, must=must, aim=aim)


def peer_row(what, pairs, must, aim):
    return Row(what, f"{1e6 * pairs.mine_s:.0f} us", f"OpenTAXII {1e3 * pairs.other_s:.1f} ms", pairs.ratio,
               must=must, aim=aim)


def chosen_objects(objects, n, i):
    """n objects from all over the list, others for each i."""
    step = len(objects) // n
    return [objects[k * step + i] for k in range(n)]


def one_object(server, objects, n, i):
    """CPU seconds for an object that nobody asked for before."""
    return server.get_s([f"{server.collection}/objects/{o['id']}/" for o in chosen_objects(objects, n, i)])


def bench_page():
    bundle = inputs.attack()[0]
    objects = json.loads(bundle.read_bytes())["objects"]
    with inputs.scratch() as folder:
        node = servers.Node(folder, bundle)

        def again(_):
            return node.get_s([node.pages[len(node.pages) // 2]] * AGAIN_REQUESTS)

        try:
            cold = Pairs(COLD_PAIRS, node.walk_s, lambda _: servers.empty_s(node))
            same = Pairs(AGAIN_PAIRS, again, lambda _: servers.empty_s(node))
            single = Pairs(COLD_PAIRS, lambda i: one_object(node, objects, AGAIN_REQUESTS, i),
                           lambda _: servers.empty_s(node))
        finally:
            node.stop()
    limit = servers.PAGE_LIMIT
    return [empty_row(f"page of {limit}, cold", cold, 0.3, None),
            empty_row(f"page of {limit}, again", same, 0.6, 0.85),
            empty_row("one object, cold", single, 0.5, 0.7)]


# ---- against OpenTAXII ----


def taken_by_both(bundle):
    """OpenTAXII 0.9.3 refuses a whole envelope for one malware without is_family (ATT&CK has
    696), and answers 500 for an object without `modified`."""
    return [o for o in json.loads(bundle.read_bytes())["objects"]
            if "." in o.get("modified", "") and (o["type"] != "malware" or "is_family" in o)]


def spread(objects, n):
    """The same objects, so ordered that the first n of them come from all over the list: a
    bundle has its large ones at its beginning and its relationships at the end."""
    step = -(-len(objects) // n)
    return [o for i in range(step) for o in objects[i::step]]


def envelopes(objects):
    return [json.dumps({"objects": objects[i:i + ENVELOPE]}).encode() for i in range(0, len(objects), ENVELOPE)]


def post_all(node, peer, bodies):
    """The first PEER_ENVELOPES to both in turns, measured; ours gets the rest, too."""
    pairs = Pairs(PEER_ENVELOPES, lambda i: node.post_s(bodies[i]) / ENVELOPE,
                  lambda i: peer.post_s(bodies[i]) / ENVELOPE)
    for body in bodies[PEER_ENVELOPES:]:
        node.post_s(body)
    return pairs


def bare_s(folder, bundle):
    """CPU seconds an object of the bare sqlite3 loop of bench/import.c."""
    inputs.result_of(inputs.program("import"), bundle, folder / "import.db")
    got = inputs.result_of(inputs.program("import"), "bare", folder / "import.db", folder / "bare.db")
    return got["cpu_s"] / got["rows"]


def compare(node, peer, objects):
    cold = Pairs(PEER_PAIRS, node.walk_s, lambda _: peer.follow_s(PEER_REQUESTS))
    single = Pairs(PEER_PAIRS, lambda i: one_object(node, objects, AGAIN_REQUESTS, i),
                   lambda i: one_object(peer, objects[:PEER_ENVELOPES * ENVELOPE], PEER_REQUESTS, i))
    return cold, single


def bench_taxii():
    python = inputs.foreign()
    if python is None:
        return [Row("OpenTAXII cannot be installed here: left out", "")]
    bundle, name = inputs.attack()
    objects = spread(taken_by_both(bundle), PEER_ENVELOPES * ENVELOPE)
    with inputs.scratch() as folder:
        node, peer = servers.Node(folder), servers.OpenTaxii(python, folder)
        try:
            post = post_all(node, peer, envelopes(objects))
            bare = bare_s(folder, bundle)
            cold, single = compare(node, peer, objects)
        finally:
            peer.stop()
            node.stop()
    return [
        peer_row(f"{name} by POST, {ENVELOPE} a request, CPU per object", post, 100, 150),
        Row("  the same", f"{1e6 * post.mine_s:.0f} us", f"bare sqlite3 loop {1e6 * bare:.0f} us",
            bare / post.mine_s, must=0.5, aim=0.75),
        peer_row(f"page of {servers.PAGE_LIMIT}, cold, CPU", cold, 80, 100),
        peer_row("one object, cold, CPU", single, 250, None),
    ]

"""An agreement that only one party signed, with that party's key beside the other's name."""

import base64
import hashlib
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def signature(key, kind, payload):
    pae = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"keyid": hashlib.sha256(public).hexdigest(),
            "sig": base64.b64encode(key.sign(pae)).decode()}


def forged(envelope, keyfile, victim):
    """Version 9 in the words of version 1, signed twice by the holder of keyfile."""
    e = json.loads(envelope)
    own = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(keyfile.read_text().split()[-1]))
    fresh = Ed25519PrivateKey.generate()
    document = json.loads(base64.b64decode(e["payload"]))
    document["header"]["version"] = 9
    for party in document["parties"]:
        if party["code"] == victim:
            party["agreement_key"] = fresh.public_key().public_bytes(
                Encoding.Raw, PublicFormat.Raw).hex()
    payload = json.dumps(document, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
    kind = e["payloadType"].encode()
    return json.dumps({"payload": base64.b64encode(payload).decode(), "payloadType": e["payloadType"],
                       "signatures": [signature(k, kind, payload) for k in (own, fresh)]}).encode()

"""serve.py medallion|opentaxii FOLDER CERTIFICATE KEY: a foreign TAXII 2.1 server, over TLS, with small pages.

Prints where it is as one JSON object and serves until it is ended.
"""

import json
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))

import opentaxii_server  # noqa: E402

PAGE = 7
COLLECTION = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
TAXII = "application/taxii+json;version=2.1"


def medallion(_):
    """The reference server, its data in memory."""
    from medallion import application_instance as app, register_blueprints, set_config
    backend = {"module": "medallion.backends.memory_backend", "module_class": "MemoryBackend", "filename": None}
    for name, value in (("users", {"meera": "secret"}), ("taxii", {"max_page_size": PAGE}), ("backend", backend)):
        set_config(app, name, {name: value})
    app.medallion_backend.data = {
        "/discovery": {"title": "medallion", "default": "/api/", "api_roots": ["/api/"]},
        "api": {
            "information": {"title": "api", "versions": [TAXII], "max_content_length": 9765625},
            "status": [],
            "collections": [{"id": COLLECTION, "title": "all", "can_read": True, "can_write": True,
                             "media_types": ["application/stix+json;version=2.1"], "objects": [], "manifest": []}],
        },
    }
    register_blueprints(app)
    return app, f"/api/collections/{COLLECTION}/"


def mend_versions(response):
    """OpenTAXII 0.9.3 writes an object's type where its spec_version belongs; what it says would be refused."""
    body = response.get_json(silent=True) or {}
    objects = [o for o in body.get("objects", []) if "spec_version" in o]
    if objects:
        for thing in objects:
            thing["spec_version"] = "2.1"
        response.set_data(json.dumps(body))
    return response


def opentaxii(folder):
    folder.mkdir(parents=True)
    pages = f"taxii2:\n  default_pagination_limit: {PAGE}\n  max_pagination_limit: {PAGE}"
    config = opentaxii_server.CONFIG.format(folder=folder).replace("taxii2:", pages, 1)
    (folder / "config.yml").write_text(config)
    os.environ["OPENTAXII_CONFIG"] = str(folder / "config.yml")
    opentaxii_server.mend_json()
    from opentaxii.http import app
    app.after_request(mend_versions)
    with app.app_context():
        store = app.taxii_server.servers.taxii2.persistence.api
        root = store.add_api_root(title="Interop", default=True, is_public=True)
        made = store.add_collection(api_root_id=root.id, title="all", is_public=True, is_public_write=True)
    return app, f"/taxii2/{root.id}/collections/{made.id}/"


def main(which, folder, certificate, key):
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_request(self, *_):
            pass

    app, collection = {"medallion": medallion, "opentaxii": opentaxii}[which](pathlib.Path(folder))
    server = make_server("127.0.0.1", 0, app, request_handler=Quiet, threaded=True, ssl_context=(certificate, key))
    print(json.dumps({"port": server.server_port, "collection": collection}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])

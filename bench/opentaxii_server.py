"""opentaxii_server.py FOLDER: OpenTAXII on SQLite with one collection that all may read and write.

Run by the Python that has it (bench/requirements.txt).  Prints where it is as
one JSON object and serves until it is ended.
"""

import json
import os
import pathlib
import sys
import uuid

CONFIG = """
domain: "127.0.0.1"
support_basic_auth: yes
auth_api:
  class: opentaxii.auth.sqldb.SQLDatabaseAPI
  parameters: {{db_connection: "sqlite:///{folder}/auth.db", create_tables: yes, secret: bench}}
taxii1:
taxii2:
  title: Bench
  public_discovery: true
  allow_custom_properties: true
  max_content_length: 104857600
  persistence_api:
    class: opentaxii.persistence.sqldb.Taxii2SQLDatabaseAPI
    parameters: {{db_connection: "sqlite:///{folder}/data.db", create_tables: yes}}
logging: {{opentaxii: error, root: error}}
"""


def mend_json():
    """OpenTAXII 0.9.3 answers 500 on SQLite: it hands UUIDs to json, which knows none."""
    plain = json.JSONEncoder.default
    json.JSONEncoder.default = lambda self, o: str(o) if isinstance(o, uuid.UUID) else plain(self, o)


def main(folder):
    folder.mkdir(parents=True)
    (folder / "config.yml").write_text(CONFIG.format(folder=folder))
    os.environ["OPENTAXII_CONFIG"] = str(folder / "config.yml")
    mend_json()
    from opentaxii.http import app
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_request(self, *_):
            pass

    with app.app_context():
        store = app.taxii_server.servers.taxii2.persistence.api
        root = store.add_api_root(title="Bench", default=True, is_public=True)
        collection = store.add_collection(
            api_root_id=root.id, title="Bench", is_public=True, is_public_write=True)
    server = make_server("127.0.0.1", 0, app, request_handler=Quiet)
    print(json.dumps({"port": server.server_port,
                      "collection": f"/taxii2/{root.id}/collections/{collection.id}"}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))

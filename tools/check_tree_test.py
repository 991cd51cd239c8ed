"""Each rule of check_tree.py: a tree that breaks it, and what is then said."""

import check_tree
import pytest

GOOD = {
    "src/meson.build": "layers = [\n  ['base',      []],\n  ['db',        ['base']],\n]\n",
    "ARCHITECTURE.md": "| `base` | | words |\n| `db` | `base` | words |\n",
    "docs/events.md": "| `node.start` | notice | `port` | it serves |\n",
    "src/base/meson.build": "sources = files('base.c')\ntests = ['base']\nfuzzers = ['base']\n",
    "src/base/base.h": "/* base.h: words. */\n\n/* Adds. */\nint add(int a,\n    int b);\nint sub(int a);\n",
    "src/base/base.c": '#include "base.h"\n\n#include <stdio.h>\n',
    "src/base/base_test.c": '#include "base.h"\n',
    "src/base/base_fuzz.c": '#include "base.h"\n',
    "src/base/corpus/base/one": "x",
    "src/db/db_p.h": "int hidden(void);\n",
    "src/db/db.c": '#include "db_p.h"\n\n#include <sqlite3.h>\n'
                   'log_event(LOG_NOTICE,\n    "node.start", LOG_U64("port", 1));\n',
}


def said(folder, **changed):
    for name, text in (GOOD | changed).items():
        if text is not None:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    tree = check_tree.Tree(folder)
    return [line for rule in check_tree.RULES for line in check_tree.problems(tree, rule)]


def test_a_good_tree_has_no_problems(tmp_path):
    assert said(tmp_path) == []


@pytest.mark.parametrize("name, text, want", [
    ("src/base/base.c", '#include <stdio.h>\n#include "base.h"\n',
     "src/base/base.c:1: include base.h first"),
    ("src/base/base.c", '#include "base.h"\n#include "db_p.h"\n',
     "src/base/base.c:2: db_p.h is private to another module"),
    ("src/base/base.c", '#include "base.h"\n#include <sqlite3.h>\n',
     "src/base/base.c:2: only src/db may include sqlite3.h"),
    ("src/base/base.c", '#include "base.h"\n#include <gnutls/crypto.h>\n',
     "src/base/base.c:2: only src/crypto and src/http may include gnutls/crypto.h"),
    ("src/base/base.c", '#include "base.h"\n' + "\n" * 600,
     "src/base/base.c:600: 601 lines, at most 600"),
    ("src/base/base.h", "#pragma once\n", "src/base/base.h:1: start with a comment '/* base.h: "),
    ("src/base/base.h", "/* base.h: words. */\n\nint add(int a);\n",
     "src/base/base.h:3: a public function without a comment"),
    ("src/base/base.h", "/* base.h: words. */\n\nenum err add(struct a *a,\n    int b);\n",
     "src/base/base.h:3: a public function without a comment"),
    ("src/base/base.h", "/* base.h: words. */\nstatic inline int\nf(int a)\n{\n\treturn g(a);\n}\n", None),
    ("src/base/meson.build", "sources = files()\nfuzzers = ['base']\n",
     "src/base/base_test.c:1: never built: add 'base' to tests in src/base/meson.build"),
    ("src/base/meson.build", "tests = ['base']\n", "src/base/base_fuzz.c:1: never built"),
    ("src/base/corpus/base/one", None, "src/base/base_fuzz.c:1: no saved inputs"),
    ("src/base/base.c", '#include "base.h"\n/* FIX' + 'ME later */\n', "src/base/base.c:2: FIX" "ME: do"),
    ("docs/a.md", "text \n", "docs/a.md:1: blanks at the end of the line"),
    ("docs/a.md", "text", "docs/a.md:1: no line end after the last line"),
    ("docs/events.md", "", "src/db/db.c:4: event node.start is not in docs/events.md"),
    ("src/db/db.c", "", "docs/events.md:1: event node.start is not in the program any more"),
    ("ARCHITECTURE.md", "| `base` | | words |\n| `db` | | words |\n",
     "ARCHITECTURE.md:2: the row of db must say what src/meson.build says: `base`"),
    ("ARCHITECTURE.md", "| `db` | `base` | |\n| `base` | | |\n",
     "ARCHITECTURE.md:1: the layers stand in another order"),
    ("ARCHITECTURE.md", GOOD["ARCHITECTURE.md"] + "| `web` | | |\n",
     "ARCHITECTURE.md:3: no module web"),
])
def test_a_broken_rule_is_named(tmp_path, name, text, want):
    got = said(tmp_path, **{name: text})
    if want is None:
        assert got == []
    else:
        assert any(line.startswith(want) for line in got), got

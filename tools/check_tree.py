#!/usr/bin/python3
"""Rules of the tree that no compiler knows.  Prints file:line: what, and how to put it right.

Run: tools/check_tree.py [ROOT].  A rule is a generator over a Tree; a new one
is written here, listed in RULES and tested in check_tree_test.py.
"""

import pathlib
import re
import sys

LINES_MAX = 600  # a longer file holds two ideas

# A library lies in /usr/include, where every module sees it; these have a home.
ONLY_IN = {
    "sqlite3.h": ["db"],
    "libpq-fe.h": ["db"],
    "gnutls/": ["crypto", "http"],
    "sodium.h": ["crypto"],
    "microhttpd.h": ["http"],
    "resolv.h": ["http"],
    "curl/": ["http"],
    "simdjson.h": ["json"],
    "ini.h": ["node"],
}

CODE = {".c", ".h", ".cpp", ".py", ".js", ".css", ".html"}
TEXT = CODE | {".md", ".scd", ".bash", ".build", ".sql", ".json", ".txt", ""}
PLACES = ["src", "ui", "tests", "bench", "tools", "docs", "share", "packaging", ".ci"]
FOREIGN = {"corpus", "testdata", "golden", "node_modules", "__pycache__"}


class Tree:
    """The files that people wrote, each read once."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        places = [p for place in PLACES for p in sorted((self.root / place).rglob("*"))]
        self.files = [
            p for p in [*sorted(self.root.glob("*")), *places]
            if p.is_file() and p.suffix in TEXT and not p.name.startswith(".")
            and not FOREIGN & set(p.relative_to(self.root).parts)
        ]
        self.text = {}

    def read(self, path):
        if path not in self.text:
            self.text[path] = path.read_text(errors="replace") if path.exists() else ""
        return self.text[path]

    def lines(self, path):
        return list(enumerate(self.read(path).splitlines(), 1))

    def source(self, *suffixes):
        return [p for p in self.files if p.suffix in suffixes and self.module(p)]

    def module(self, path):
        """The folder of src/ that path stands in, or None."""
        parts = path.relative_to(self.root).parts
        return parts[1] if parts[0] == "src" and len(parts) > 2 else None

    def includes(self, path):
        for n, line in self.lines(path):
            if m := re.match(r'#\s*include ["<](.+)[">]', line):
                yield n, m[1]


def own_header_first(tree):
    for path in tree.source(".c"):
        names = [path.stem, re.sub(r"_(test|fuzz)$", "", path.stem)]
        own = [f"{n}.h" for n in names if (path.parent / f"{n}.h").exists()]
        first = next((name for _, name in tree.includes(path)), None)
        if own and first not in own:
            yield path, 1, f"include {own[-1]} first: it proves that the header stands alone"


def private_headers_stay(tree):
    for path in tree.source(".c", ".cpp", ".h"):
        for n, name in tree.includes(path):
            if name.endswith("_p.h") and not (path.parent / name).exists():
                yield path, n, f"{name} is private to another module: use its public header"


def libraries_have_a_home(tree):
    for path in tree.source(".c", ".cpp", ".h"):
        for n, name in tree.includes(path):
            for header, homes in ONLY_IN.items():
                if name.startswith(header) and tree.module(path) not in homes:
                    yield path, n, f"only src/{' and src/'.join(homes)} may include {name}"


def files_are_short(tree):
    for path in tree.files:
        n = len(tree.lines(path))
        if path.suffix in CODE and n > LINES_MAX:
            yield path, LINES_MAX, f"{n} lines, at most {LINES_MAX}: split it by concept"


def headers_are_explained(tree):
    """A comment speaks for the lines that follow it up to an empty one."""
    for path in tree.source(".h"):
        if path.name.endswith("_p.h"):
            continue
        if not tree.read(path).startswith(f"/* {path.name}: "):
            yield path, 1, f"start with a comment '/* {path.name}: what concept this is'"
        explained = in_comment = False
        depth = 0
        for n, line in tree.lines(path):
            if "/*" in line or in_comment:
                explained = True
            elif not line.strip() and depth == 0:
                explained = False
            elif depth == 0 and not explained and PROTOTYPE.match(line):
                yield path, n, "a public function without a comment: say what it does and returns"
            in_comment = line.rfind("/*") > line.rfind("*/") or (in_comment and "*/" not in line)
            depth += line.count("{") - line.count("}")


PROTOTYPE = re.compile(
    r"(?!(static|struct \w+ \{|enum \w+ \{|typedef|extern|return|#))[A-Za-z_\[].*\w\(.*[,;]\s*$")


def tests_are_listed(tree):
    for path in tree.source(".c", ".cpp"):
        m = re.match(r"(.+)_(test|fuzz)$", path.stem)
        if not m:
            continue
        name, listed = m[1], "tests" if m[2] == "test" else "fuzzers"
        build = path.parent / "meson.build"
        if not re.search(rf"{listed}\s*\+?=\s*\[[^\]]*'{re.escape(name)}'", tree.read(build)):
            yield path, 1, f"never built: add '{name}' to {listed} in {build.relative_to(tree.root)}"
        if m[2] == "fuzz" and not any((path.parent / "corpus" / name).glob("*")):
            yield path, 1, f"no saved inputs: write some into corpus/{name}/"


def nothing_is_put_off(tree):
    # Spelt in pieces, so that this file passes its own rule.
    later = re.compile(r"\b(" + "|".join(["TO" "DO", "FIX" "ME", "XX" "X", "HA" "CK"]) + r")\b")
    for path in tree.files:
        for n, line in tree.lines(path):
            if path.suffix in CODE and (m := later.search(line)):
                yield path, n, f"{m[1]}: do it now, or open an issue and delete the line"


def no_blanks_at_line_ends(tree):
    for path in tree.files:
        for n, line in tree.lines(path):
            if line != line.rstrip():
                yield path, n, "blanks at the end of the line"
        if tree.read(path) and not tree.read(path).endswith("\n"):
            yield path, len(tree.lines(path)), "no line end after the last line"


def events_are_documented(tree):
    doc = tree.root / "docs" / "events.md"
    documented = {m[1]: n for n, line in tree.lines(doc) if (m := re.match(r"\| `([^`]+)` \|", line))}
    used = {}
    for path in tree.source(".c"):
        if path.stem.endswith(("_test", "_fuzz")):
            continue
        text = tree.read(path)
        for m in re.finditer(r'\blog_(?:event|emit)\(\s*\w[^,;]*,\s*"([^"]+)"', text):
            used.setdefault(m[1], (path, text.count("\n", 0, m.start()) + 1))
    for name in sorted(used.keys() - documented.keys()):
        yield *used[name], f"event {name} is not in docs/events.md"
    for name in sorted(documented.keys() - used.keys()):
        yield doc, documented[name], f"event {name} is not in the program any more"


def layers_are_documented(tree):
    build, page = tree.root / "src" / "meson.build", tree.root / "ARCHITECTURE.md"
    rows = re.findall(r"^  \['(\w+)',\s*\[(.*?)\]\],$", tree.read(build), re.M)
    code = {name: re.findall(r"'(\w+)'", uses) for name, uses in rows}
    words = {}
    for n, line in tree.lines(page):
        if m := re.match(r"\| `(\w+)` \|([^|]*)\|", line):
            words[m[1]] = (n, re.findall(r"`(\w+)`", m[2]))
    for name, uses in code.items():
        n, said = words.get(name, (1, None))
        if said != uses:
            wanted = " ".join(f"`{u}`" for u in uses)
            yield page, n, f"the row of {name} must say what src/meson.build says: {wanted}"
    for name in words.keys() - code.keys():
        yield page, words[name][0], f"no module {name} in src/meson.build"
    if list(words) != list(code) and words.keys() == code.keys():
        yield page, 1, "the layers stand in another order than in src/meson.build"


RULES = [
    own_header_first, private_headers_stay, libraries_have_a_home, files_are_short,
    headers_are_explained, tests_are_listed, nothing_is_put_off, no_blanks_at_line_ends,
    events_are_documented, layers_are_documented,
]


def problems(tree, rule):
    return [f"{path.relative_to(tree.root)}:{n}: {what}" for path, n, what in rule(tree)]


def main(root):
    tree = Tree(root)
    found = [line for rule in RULES for line in problems(tree, rule)]
    print("\n".join(found) if found else f"{len(tree.files)} files, {len(RULES)} rules, all kept")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent))

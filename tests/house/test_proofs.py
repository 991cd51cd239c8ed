"""What must not compile does not: a dropped error, a banned call, a step over a layer."""

import json
import pathlib
import re
import shlex
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SRC = ROOT / "src"
LAYERS = {
    name: ["base", name, *re.findall(r"'(\w+)'", uses)]
    for name, uses in re.findall(
        r"^  \['(\w+)',\s*\[(.*?)\]\],$", (SRC / "meson.build").read_text(), re.M)
}


# The second compiler is tried where `make check` has set it up.
BUILDS = ["build", *(["build-clang"] if (ROOT / "build-clang/build.ninja").exists() else [])]


def command_of(build, module):
    """The compiler call of a C file of the module, without its input and output; or None."""
    for entry in json.loads((ROOT / build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["directory"], entry["file"]).resolve()
        words = shlex.split(entry["command"])
        program = "_test" not in path.stem and "_fuzz" not in path.stem
        if path.parent == SRC / module and path.suffix == ".c" and program:
            drop = {"-o", "-c", "-MF", "-MQ", "-MD"}
            keep = [w for w, before in zip(words, [""] + words) if "diagnostics" not in w
                    and w not in drop and (before not in drop or before == "-MD")]
            return entry["directory"], keep + ["-fsyntax-only"]
    return None


@pytest.fixture(params=BUILDS)
def compile_as(request, folder):
    """compile_as(module, text): what the compiler says when the text stands in that module."""

    def compile(module, text):
        found = command_of(request.param, module)
        if found is None:
            pytest.skip(f"src/{module} has no C file")
        directory, command = found
        path = folder / "proof.c"
        path.write_text(text)
        return subprocess.run([*command, path], cwd=directory, capture_output=True, text=True)

    return compile


CALL = """#include "base.h"
enum err f(void);
void g(void);
void g(void) {{ {call} }}
"""


@pytest.mark.parametrize("call, says", [
    ("if (f() != OK) return;", None),
    ("(void)f();", None),
    ("f();", r"ignoring return value|nodiscard"),
], ids=["used", "dropped on purpose", "dropped"])
def test_a_dropped_error_does_not_compile(compile_as, call, says):
    done = compile_as("base", CALL.format(call=call))
    assert (done.returncode == 0) == (says is None), done.stderr
    assert says is None or re.search(says, done.stderr)


@pytest.mark.parametrize("call", [
    "char b[9]; strcpy(b, \"x\");", "(void)atoi(\"1\");", "(void)rand();",
])
def test_a_banned_call_does_not_compile(compile_as, call):
    done = compile_as("base", '#include "base.h"\n' + CALL.format(call=call))
    assert done.returncode != 0
    assert "poisoned" in done.stderr


def test_a_step_over_a_layer_does_not_compile(compile_as):
    done = compile_as("base", '#include "json.h"\n')
    assert done.returncode != 0
    assert re.search(r"fatal error: '?json\.h'?(: No such file or directory| file not found)",
                     done.stderr)


@pytest.mark.parametrize("module", LAYERS)
def test_a_module_sees_only_what_it_names(compile_as, module):
    seen = {p.name for used in LAYERS[module] for p in (SRC / used).glob("*.h")}
    others = {p.name for other in LAYERS for p in (SRC / other).glob("*.h")} - seen
    text = "".join(f'#if __has_include("{name}")\n#error sees {name}\n#endif\n'
                   for name in sorted(others))
    done = compile_as(module, text + "extern int proof;\n")
    assert done.returncode == 0, done.stderr


def test_a_cycle_cannot_be_written(folder):
    shutil.copytree(SRC, folder / "src")
    shutil.copytree(ROOT / "tools", folder / "tools")
    for name in ("meson.build", "meson_options.txt"):
        shutil.copy(ROOT / name, folder / name)
    table = folder / "src" / "meson.build"
    text, changed = re.subn(r"\['json',(\s*)\[\]\]", r"['json',\1['store']]", table.read_text())
    assert changed == 1
    table.write_text(text)
    done = subprocess.run(["meson", "setup", "build"], cwd=folder, capture_output=True, text=True)
    assert done.returncode != 0
    assert "Key store is not in the dictionary" in done.stdout

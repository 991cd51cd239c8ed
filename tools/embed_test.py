"""embed.py: the table it writes, and what it refuses."""

import hashlib
import shutil
import subprocess

import embed
import pytest

FILES = {"b.css": b"p{}", "a/x y.html": b'<p lang="hi">\xe0\xa4\xa8</p>\n', "c.sql": b""}

PROGRAM = """
#include <stdio.h>
#include "asset.h"
extern const struct asset t[];
extern const size_t t_count;
extern const char t_b_css[];
int
main(void)
{
	for (size_t i = 0; i < t_count; i++)
		printf("%s|%s|%s|%zu|%zu\\n", t[i].path, t[i].type, t[i].etag, t[i].bytes.len,
		    strlen(t[i].bytes.ptr));
	return t_b_css[3];
}
"""


def written(folder):
    for name, body in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(body)
    return [folder / name for name in FILES]


@pytest.mark.parametrize("compiler, options", [("gcc", []), ("gcc", ["-O2", "-flto"]), ("clang", [])])
def test_a_program_has_the_files(tmp_path, pytestconfig, compiler, options):
    if not shutil.which(compiler):
        pytest.skip(f"no {compiler}")
    paths = written(tmp_path)
    table, image = embed.embed("t", tmp_path, paths)
    (tmp_path / "t.c").write_text(table)
    (tmp_path / "files.S").write_text(image)
    (tmp_path / "main.c").write_text(PROGRAM)
    base = pytestconfig.rootpath / "src" / "base"
    subprocess.run([compiler, "-std=gnu2x", "-Wall", "-Wextra", "-Wpedantic", "-Werror", *options, f"-I{base}",
                    "-o", tmp_path / "t", tmp_path / "files.S", tmp_path / "t.c", tmp_path / "main.c"], check=True)
    out = subprocess.run([tmp_path / "t"], check=True, capture_output=True, text=True).stdout
    types = {"b.css": "text/css; charset=utf-8", "a/x y.html": "text/html; charset=utf-8",
             "c.sql": "application/sql"}
    want = [f'{n}|{types[n]}|"{hashlib.sha256(FILES[n]).hexdigest()[:32]}"|{len(FILES[n])}|{len(FILES[n])}'
            for n in sorted(FILES)]
    assert out.splitlines() == want


def test_an_unknown_suffix_is_refused(tmp_path):
    (tmp_path / "x.exe").write_bytes(b"")
    with pytest.raises(SystemExit, match="x.exe: no content type for .exe: add it to TYPES"):
        embed.embed("t", tmp_path, [tmp_path / "x.exe"])

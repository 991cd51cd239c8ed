"""Where a bench has its programs, its inputs and its place to write."""

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = ROOT / "build/bench"

build = ROOT / "build-release"  # bench/run --build sets another


def prepare():
    done = subprocess.run(["ninja", "-C", build, "src/torana", "bench"], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{done.stdout}{build} cannot be built")


def program(name):
    return str(build / "bench" / f"bench_{name}")


def result_of(*command):
    """What a program of ours printed: one JSON object."""
    done = subprocess.run([str(c) for c in command], check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def cpu_of(command, output):
    """User and system seconds of a program with all its threads.

    The output goes to a file: grep stops at the first line when it sees
    /dev/null.
    """
    with open(output, "wb") as out:
        child = subprocess.Popen([str(c) for c in command], stdout=out, stderr=subprocess.PIPE,
                                 env={**os.environ, "LC_ALL": "C"})
        said = child.stderr.read().decode()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        child.stderr.close()
    if child.returncode != 0:
        sys.exit(f"{command[0]}: {said}")
    return usage.ru_utime + usage.ru_stime, said


def generated(*what):
    """An input made by bench/gen.c, kept for the next time."""
    path = OUT / "data" / ("-".join(str(w) for w in what) + ".txt")
    newest = pathlib.Path(program("gen")).stat().st_mtime
    if not path.exists() or path.stat().st_mtime < newest:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "wb") as out:
            subprocess.run([program("gen"), *(str(w) for w in what)], check=True, stdout=out)
    return path


def attack():
    """The bundle of ATT&CK where it is, or one of its shape; and what to call it."""
    real = pathlib.Path(os.environ.get("TORANA_DATA", "/nonexistent")) / "attack/enterprise-attack.json"
    return (real, "ATT&CK") if real.exists() else (generated("attack"), "a bundle like ATT&CK")


@contextlib.contextmanager
def scratch():
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        yield pathlib.Path(folder)


def foreign():
    """The Python of an environment with the programs of bench/requirements.txt; None where
    they cannot be had."""
    wanted, venv = ROOT / "bench/requirements.txt", OUT / "venv"
    stamp = venv / "installed.txt"
    if not stamp.exists() or stamp.read_text() != wanted.read_text():
        for command in ([sys.executable, "-m", "venv", "--clear", venv],
                        [venv / "bin/pip", "install", "-q", "--no-deps", "--require-hashes", "-r", wanted]):
            if subprocess.run([str(c) for c in command], stdout=subprocess.DEVNULL).returncode != 0:
                return None
        stamp.write_text(wanted.read_text())
    return venv / "bin/python"

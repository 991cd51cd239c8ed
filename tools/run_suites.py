#!/usr/bin/python3
"""Runs suites, counts what they did, and ends in `N passed, N failed[, N skipped]`.

    tools/run_suites.py unit tree system      these suites, in this order
    tools/run_suites.py --module merkle unit  only the tests of src/merkle
    tools/run_suites.py --module TS-082 unit conformance   what proves one rule

A row of a test table counts as one test, not its executable.  A check that has
no rows (a build, a formatter) is one test.  The exit code is 0 when nothing
failed.
"""

import argparse
import concurrent.futures
import dataclasses
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import time
import xml.etree.ElementTree

import check_tree

ROOT = pathlib.Path(__file__).resolve().parent.parent
GCC, CLANG, FUZZ, RELEASE = "build", "build-clang", "build-fuzz", "build-release"
SOURCES = ("*.c", "*.h", "*.cpp")
JOBS = os.cpu_count() or 1
COMMAND_SHOWN = 300  # letters of a command that failed; some name every file


@dataclasses.dataclass
class Counts:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other):
        return Counts(self.passed + other.passed, self.failed + other.failed,
                      self.skipped + other.skipped)

    def __str__(self):
        tail = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{tail}"


def one(ok):
    return Counts(passed=1) if ok else Counts(failed=1)


def run(*command, quiet=False, **options):
    """Runs in the root of the tree.  quiet: the output appears only on failure."""
    # A finding of a sanitizer ends the program, and not with one of its own codes.
    options.setdefault("env", os.environ | {
        "ASAN_OPTIONS": "exitcode=99:detect_stack_use_after_return=1",
        "UBSAN_OPTIONS": "halt_on_error=1:exitcode=99:print_stacktrace=1",
    })
    command = [str(c) for c in command]
    pipe = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True} if quiet else {}
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, **pipe, **options)
    if quiet and done.returncode != 0:
        print(f"$ {shlex.join(command)[:COMMAND_SHOWN]}\n{done.stdout}", end="", flush=True)
    return done


def files(*patterns, under=("src", "tools", "bench", "tests")):
    return sorted(p for d in under for pattern in patterns for p in (ROOT / d).rglob(pattern))


# ---- builds: how each is made stands in the Makefile ----


def make(target):
    return run("make", "--silent", target, quiet=True).returncode == 0


def build_gcc(_):
    return one(make(GCC))


def build_clang(_):
    return one(make(CLANG))


def build_release(_):
    return one(make(RELEASE))


# ---- tests in C ----


def count_cmocka(result, output):
    """The rows of one test program; a crash or a time-out is one more failure."""
    def rows(word):
        return sum(int(n) for n in re.findall(rf"\[  {word} +\] (\d+) test\(s\)", output))

    counts = Counts(rows("PASSED"), rows("FAILED"), rows("SKIPPED"))
    if counts == Counts():
        return Counts(skipped=1) if result == "SKIP" else one(result == "OK")
    if result != "OK" and counts.failed == 0:
        counts.failed = 1
    return counts


def that_name(rule):
    """The test programs whose source names a rule: SI-046."""
    if rule is None or not re.fullmatch(r"[A-Z]+-\d+", rule):
        return set()
    return {p.stem.removesuffix("_test") for p in files("*_test.c", under=["src"])
            if re.search(rf"\b{rule}\b", p.read_text())}


def meson_suite(suite, args):
    known = json.loads((ROOT / GCC / "meson-info" / "intro-tests.json").read_text())
    labels = {t["name"]: {s.rpartition(":")[2] for s in t["suite"]} for t in known}
    wanted = {args.module, *that_name(args.module)}
    names = [n for n, found in labels.items()
             if suite in found and (args.module is None or wanted & {n, *found})]
    log = ROOT / GCC / "meson-logs" / "testlog.json"
    log.unlink(missing_ok=True)
    if not names:
        return Counts()
    done = run("meson", "test", "-C", GCC, "--no-rebuild", "--quiet", "--print-errorlogs", *names,
               quiet=True)
    if not log.exists():
        return one(done.returncode == 0)
    tests = [json.loads(line) for line in log.read_text().splitlines()]
    return sum((count_cmocka(t["result"], t.get("stdout", "") + t.get("stderr", "")) for t in tests),
               Counts())


def unit(args):
    return meson_suite("unit", args)


def corpus(args):
    return meson_suite("fuzz", args)


# ---- tests in Python ----


def count_junit(path, returncode):
    if not path.exists():
        return one(False)
    counts = Counts()
    for suite in xml.etree.ElementTree.parse(path).iter("testsuite"):
        n = {k: int(suite.get(k, 0)) for k in ("tests", "failures", "errors", "skipped")}
        bad = n["failures"] + n["errors"]
        counts += Counts(n["tests"] - bad - n["skipped"], bad, n["skipped"])
    nothing_found = 5
    if returncode not in (0, nothing_found) and counts.failed == 0:
        counts.failed = 1
    return counts


def pytest(args, *what, python="/usr/bin/python3"):
    report = ROOT / GCC / "pytest.xml"
    report.parent.mkdir(exist_ok=True)
    report.unlink(missing_ok=True)
    done = run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *what,
               *(["-k", args.module] if args.module else []))
    return count_junit(report, done.returncode)


def house(args):
    return pytest(args, "tools", "bench", "tests/house")


OTHER_SUITES = [f"--ignore=tests/{name}" for name in ("house", "conformance", "interop", "browser")]


def conformance(args):
    """TAXII 2.1 rule by rule, against two running nodes."""
    return pytest(args, "tests/conformance")


def system(args):
    return pytest(args, "tests", *OTHER_SUITES, "-m", "not long")


def long(args):
    return pytest(args, "tests", *OTHER_SUITES, "-m", "long")


def browser(args):
    """The console in Chromium; skipped, with a reason, where that is not installed."""
    return pytest(args, "tests/browser")


# What pip says when there is no network; another hash than the pinned one is a failure.
UNREACHABLE = re.compile(r"(?i)failed to establish a new connection|name resolution|timed out|network is unreachable")


def interop(args):
    """Foreign TAXII and STIX programs, of the versions in requirements.txt."""
    wanted, venv = ROOT / "tests/interop/requirements.txt", ROOT / GCC / "interop-venv"
    stamp = venv / "installed.txt"
    if not stamp.exists() or stamp.read_text() != wanted.read_text():
        for command in ([sys.executable, "-m", "venv", "--clear", "--system-site-packages", venv],
                        [venv / "bin/pip", "install", "-q", "--no-deps", "--require-hashes", "-r", wanted]):
            done = run(*command, quiet=True)
            if done.returncode != 0 and UNREACHABLE.search(done.stdout):
                print("skipped: PyPI cannot be reached", flush=True)
                return Counts(skipped=1)
            if done.returncode != 0:
                return one(False)
        stamp.write_text(wanted.read_text())
    return pytest(args, "tests/interop", f"--torana={RELEASE}/src/torana", python=venv / "bin/python")


# ---- checks ----


def tree(_):
    known = check_tree.Tree(ROOT)
    counts = Counts()
    for rule in check_tree.RULES:
        found = check_tree.problems(known, rule)
        print(*found, sep="\n", end="\n" if found else "")
        counts += one(not found)
    return counts


def format(_):
    return one(run("clang-format", "--dry-run", "-Werror", *files(*SOURCES), quiet=True).returncode == 0)


def cppcheck(_):
    # It does not know the cleanup attribute, nor that a callee fills an array:
    # leaks are found by the sanitizers, unset variables by clang-tidy.  And it
    # asks for readdir_r(), which POSIX withdrew.
    unknown = [f"--suppress={what}" for what in ("resourceLeak", "memleak", "uninitvar", "readdirCalled")]
    folders = [d for d in sorted((ROOT / "src").iterdir()) if d.is_dir()]
    return one(run(
        "cppcheck", "--quiet", f"-j{JOBS}", "--enable=warning,portability", "--inline-suppr",
        "--error-exitcode=1", "--std=c11", "--language=c", "--library=gnu", "--library=posix",
        *unknown, *[f"-I{d}" for d in folders], *files("*.c", under=["src"]), quiet=True,
    ).returncode == 0)


def tidy_one(entry, rules):
    """One file, unless exactly this text passed before: then its stamp says so."""
    name = pathlib.Path(entry["directory"], entry["file"]).resolve()
    preprocess = shlex.split(entry["command"])
    preprocess = preprocess[:preprocess.index("-MD")] + ["-E", "-P", "-w", str(name)]
    text = subprocess.run(preprocess, cwd=entry["directory"], capture_output=True)
    digest = hashlib.sha256(rules + name.read_bytes() + text.stdout).hexdigest()
    stamp = ROOT / CLANG / "tidy" / digest
    if text.returncode == 0 and stamp.exists():
        return True
    found = subprocess.run(["clang-tidy", "--quiet", "-p", CLANG, name], cwd=ROOT, text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    print(found.stdout, end="", flush=True)
    if found.returncode != 0:
        return False
    stamp.parent.mkdir(exist_ok=True)
    stamp.touch()
    return True


def tidy(_):
    """Every C file, as clang compiles it."""
    if not make(f"{CLANG}/build.ninja"):
        return one(False)
    rules = (ROOT / ".clang-tidy").read_bytes()
    entries = json.loads((ROOT / CLANG / "compile_commands.json").read_text())
    entries = {e["file"]: e for e in entries if e["file"].endswith(".c")}.values()
    counts = Counts()
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for ok in pool.map(lambda e: tidy_one(e, rules), entries):
            counts += one(ok)
    return counts


def fuzz_one(name, source, seconds):
    known, found = ROOT / FUZZ / "corpus" / name, ROOT / FUZZ / "findings" / name
    known.mkdir(parents=True, exist_ok=True)
    found.mkdir(parents=True, exist_ok=True)
    words = source.parent / f"{name}.dict"
    ok = run(ROOT / FUZZ / "src" / f"{name}_fuzz", f"-max_total_time={seconds}", "-timeout=10",
             *([f"-dict={words}"] if words.exists() else []), f"-artifact_prefix={found}/", known, source.parent / "corpus" / name,
             quiet=True).returncode == 0
    print(f"  {name}: {'ok' if ok else f'FAILED, see {found.relative_to(ROOT)}'}", flush=True)
    return ok


def fuzz(args):
    """Each target for some seconds, from its saved inputs on; findings are kept."""
    targets = {p.stem.removesuffix("_fuzz"): p for p in files("*_fuzz.c", under=["src"])}
    targets = {t: p for t, p in targets.items() if args.module in (None, t, p.parent.name)}
    if not targets:
        return Counts()
    if not make(f"{FUZZ}/build.ninja") or run(
            "ninja", "-C", FUZZ, *[f"src/{t}_fuzz" for t in targets], quiet=True).returncode != 0:
        return one(False)
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        ran = pool.map(lambda t: one(fuzz_one(*t, args.seconds)), sorted(targets.items()))
        return sum(ran, Counts())


SUITES = {f.__name__: f for f in [
    build_gcc, build_clang, build_release, unit, corpus, tree, house, conformance, system, browser, long,
    interop, format, tidy, cppcheck, fuzz,
]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("suite", nargs="+", choices=SUITES)
    parser.add_argument("--module", help="only the tests of this module or with this name")
    parser.add_argument("--seconds", type=int, default=60, help="fuzz each target so long")
    args = parser.parse_args()

    total, rows = Counts(), []
    for name in args.suite:
        print(f"== {name}", flush=True)
        begun = time.monotonic()
        counts = SUITES[name](args)
        rows.append(f"{name:14} {(time.monotonic() - begun) / 60:5.1f} min  {counts}")
        print(rows[-1], flush=True)
        total += counts
    print("==", *rows, sep="\n")
    print(total)
    nothing = args.module is not None and total == Counts()
    if nothing:
        print(f"no test belongs to {args.module}", file=sys.stderr)
    return int(nothing or total.failed != 0)


if __name__ == "__main__":
    sys.exit(main())

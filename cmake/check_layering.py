#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks by reading, not compiling: who includes what, what core code and tests must not call, licence lines, and that
no file names a place on its author's machine."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
ACTORS = ROOT / "actors/include"
TRANSPORT = ROOT / "transport/include"
DOOR = ROOT / "transport/door/include"

ZMQ = r"zmq(_addon)?\.h(pp)?$"
OTHERS = r"(nlohmann|boost|CLI)/"

# What may not be called, where, except in the files named.
FORBIDDEN_CALLS = [
    (("tests",), r"\bthis_thread::sleep_\w+|(?<![.>\w])u?sleep\(|\bnanosleep\(", (), "a test moves a clock or waits for a fact"),
    (("actors", "transport"), r"\bsteady_clock::now\b", ("clock.cpp", "thread_pool.cpp"), "ask the node's clock"),
    (("actors", "transport"), r"\b(system|high_resolution)_clock::now\b", ("clock.cpp",), "ask the node's clock"),
    (("actors", "transport"), r"\brandom_device\b", ("random.cpp",), "ask the node's random source"),
    (("actors", "transport"), r"\bstd::j?thread\b(?!::)", ("thread_pool.hpp", "thread_pool.cpp"),
     "threads are the scheduler's"),
    (("actors", "transport"), r"\bthis_thread::sleep_\w+", ("clock.cpp",), "ask the node's clock"),
]


def files():
    """Every file that is or could be committed."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8")
    if listed.returncode == 0:
        found = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        found = [path for path in ROOT.rglob("*") if path.relative_to(ROOT).parts[0] not in ("build", ".git")]
    return sorted(path for path in found if path.is_file())


def include_problem(path, folder, header, quoted):
    """Why the file at `path`, in the top folder `folder`, may not include `header`, or None."""
    if ".." in header.split("/"):
        return "an include path does not climb"
    public = [(place / header).exists() for place in (ACTORS, TRANSPORT, DOOR)]
    if header.startswith("zooid/") and quoted:
        return "public headers are included with <>"
    if folder == "actors":
        if re.match(rf"{ZMQ}|cereal/|{OTHERS}", header):
            return "actors/ uses std and threads only"
        if header.startswith("zooid/") and not public[0]:
            return "not a header of actors/"
        if quoted and not (ROOT / "actors/src" / header).exists():
            return "not a header of actors/src"
    if folder == "transport":
        if re.match(ZMQ, header) and not re.match(r"src/zmq_.*\.[ch]pp$", path.relative_to(ROOT / folder).as_posix()):
            return "only transport/src/zmq_* includes ZeroMQ"
        if header.startswith("cereal/") and not re.search(r"fields|archive|codec", path.stem):
            return "only fields, archive and codec files include cereal"
        in_door = path.relative_to(ROOT / folder).parts[0] == "door"
        if header.startswith("zooid/") and public[2] and not in_door:
            return "transport/ does not know its door's library"
        if header.startswith("nlohmann/") and path == ROOT / "transport/door/src/json.cpp":
            return None
        if re.match(OTHERS, header):
            return "transport/ uses actors/, libzmq, cppzmq and cereal only"
        if quoted and not any((ROOT / part / header).exists() for part in ("transport/src", "actors/src")):
            return "not a header of transport/src or actors/src"
    if folder == "examples" and header.startswith("nlohmann/"):
        return "examples use public headers; JSON is zooid/json.hpp's"
    if folder == "tools" and header.startswith("zooid/"):
        return "tools/ knows nodes by their plain door only"
    if folder in ("tools", "examples", "benchmarks"):
        if header.startswith("zooid/") and not any(public):
            return "not a public header"
        if quoted and not (path.parent / header).exists() and not (ROOT / folder / header).exists():
            return f"{folder}/ includes public headers and its own only"
    return None


def cpp_problems(path, text):
    folder = path.relative_to(ROOT).parts[0]
    for number, line in enumerate(text.splitlines(), start=1):
        line = re.sub(r"//.*", "", line) if '"' not in line else line
        if include := re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line):
            if problem := include_problem(path, folder, include[2], include[1] == '"'):
                yield number, f"includes {include[2]}: {problem}"
        for folders, call, allowed, why in FORBIDDEN_CALLS:
            if folder in folders and path.name not in allowed and (found := re.search(call, line)):
                yield number, f"{found[0]}: {why}"


def licence_problems(path, text):
    scripts = path.suffix in (".cpp", ".hpp", ".h", ".py", ".sh", ".cmake") or path.name in ("CMakeLists.txt", "Makefile")
    if scripts or text.startswith("#!"):
        if not any("SPDX-License-Identifier: Apache-2.0" in line for line in text.splitlines()[:2]):
            yield 1, "does not begin with its SPDX-License-Identifier"


def place_problems(text):
    """Home folders, and the folder where this checkout stands, where that is telling enough a name."""
    places = [r"/(home|Users)/\w+/"]
    if len(ROOT.parts) > 2:
        places.append(re.escape(str(ROOT)) + r"\b")
        if ROOT.parts[1] not in ("home", "root", "tmp", "var", "usr", "opt", "srv", "mnt", "media"):
            places.append(re.escape(str(ROOT.parent)) + "/")
    for number, line in enumerate(text.splitlines(), start=1):
        if found := re.search(rf"(?<![\w./$}}>*-])({'|'.join(places)})", line):
            yield number, f"names a place on one machine: {found[0]}"


def main():
    problems = []
    for path in files():
        text = path.read_text(encoding="utf-8", errors="replace")
        found = [*licence_problems(path, text), *place_problems(text)]
        if path.suffix in (".cpp", ".hpp", ".h"):
            found += cpp_problems(path, text)
        problems += [f"{path.relative_to(ROOT)}:{number}: {problem}" for number, problem in found]
    if problems:
        print(*problems, sep="\n")
    return 1 if problems else 0


sys.exit(main())

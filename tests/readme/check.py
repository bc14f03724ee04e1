#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Keeps what README.md, CONTRIBUTING.md and the pages in docs/ show true.

check.py extract FOLDER PORT   writes each ```cpp block that has a main() as a program into FOLDER, with PORT instead of
                               port 10000, and each block that follows a line `<!-- file: NAME -->` as that file into a
                               folder of its page; prints the paths of the programs, and of the pages' CMakeLists.txt
check.py verify BIN_FOLDER     checks that any other ```cpp block follows a line `<!-- snippet: NAME -->` and stands in
                               tests/ or examples/ between `// [NAME]` and `// [/NAME]`, whatever the white space, that
                               the commands of ```sh blocks exist, and that links lead to a file and a heading.
                               (```c++ blocks show other libraries.)
check.py talk SERVER CLIENT    runs the two programs of docs/guide/getting_started.md, which says what the client prints
"""

import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAIN = re.compile(r"\bint main\(")


def pages():
    names = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [page for page in names if page.exists()]


def blocks(page):
    """Yields (language, line number, (what, name) of the marker above or None, text) of each fenced block."""
    language, marker = None, None
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        if language is not None:
            if line.strip() == "```":
                yield language, start, marker, "\n".join(text) + "\n"
                language, marker = None, None
            else:
                text.append(line)
        elif fence := re.match(r"\s*```\s*([\w+-]*)", line):
            language, start, text = fence[1], number, []
        elif found := re.match(r"\s*<!-- (snippet|file): (\S+) -->", line):
            marker = found[1], found[2]
        elif line.strip():
            marker = None


def files_of(page):
    """What a page shows file by file: name and text."""
    return {marker[1]: text for _, _, marker, text in blocks(page) if marker and marker[0] == "file"}


def write(path, text, port):
    text = text.replace(":10000", f":{port}")
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def extract(folder, port):
    for page in pages():
        name = "shown_" + "_".join(page.relative_to(ROOT).with_suffix("").parts).lower()
        count = 0
        for language, _, marker, text in blocks(page):
            if language == "cpp" and MAIN.search(text) and marker is None:
                count += 1
                program = folder / f"{name}_{count}.cpp"
                write(program, text, port)
                print(program)
        files = files_of(page)
        for file, text in files.items():
            write(folder / name / file, text, port)
        if "CMakeLists.txt" in files:
            print(folder / name / "CMakeLists.txt")


def normalised(text):
    return " ".join(text.split())


def tested_snippets():
    found = {}
    for folder in ("tests", "examples"):
        for source in sorted((ROOT / folder).rglob("*.[ch]pp")):
            text = source.read_text(encoding="utf-8")
            for match in re.finditer(r"// \[([\w.-]+)\]\n(.*?)// \[/\1\]", text, re.DOTALL):
                found.setdefault(match[1], []).append(normalised(match[2]))
    return found


def headings(page):
    """The anchors of a page's headings."""
    fenced, found = False, []
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced and (heading := re.match(r"#+ (.*)", line)):
            found.append(re.sub(r"[^\w\- ]", "", heading[1].lower()).replace(" ", "-"))
    return found


def link_problems(page):
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = link.partition("#")
        if "://" in path:
            continue
        to = (page.parent / path).resolve() if path else page
        if not to.exists():
            yield f"links to {path}, which is not there"
        elif anchor and anchor not in headings(to):
            yield f"links to {link}, but there is no such heading"


def command_problem(command, targets, presets, programs, shown):
    """What is wrong with one command line, or None. `shown`: the programs that the page itself builds."""
    words = command.split()
    while words and (words[0] == "sudo" or re.match(r"\w+=", words[0])):
        words.pop(0)
    if not words:
        return None
    name, arguments = words[0].removeprefix("./"), words[1:]
    if name == "make":
        unknown = [word for word in arguments if not re.match(r"-|\w+=", word) and word not in targets]
        return f"make has no target {unknown[0]}" if unknown else None
    if name in ("cmake", "ctest"):
        named = [after for word, after in zip(arguments, arguments[1:]) if word == "--preset"]
        unknown = [preset for preset in named if preset not in presets]
        return f"there is no preset {unknown[0]}" if unknown else None
    if built := re.fullmatch(r"build/([\w-]+)/bin/([\w.-]+)", name):
        if built[1] not in presets:
            return f"there is no preset {built[1]}"
        return None if (programs / built[2]).exists() else f"no program {built[2]} is built"
    if name in ("git", "cd", "mkdir", "apt", "apt-get") or (ROOT / name).is_file():
        return None
    if name.removeprefix("build/") in shown:
        return None
    return f"{name} is neither a target of make, nor a built program, nor in this repository"


def shell_problems(text, *known):
    for line in text.replace("\\\n", " ").splitlines():
        line = re.sub(r"(^|\s)#.*", "", line).strip().removeprefix("$ ")
        for command in re.split(r"&&|\|\|?|;|&", line):
            if problem := command_problem(command, *known):
                yield problem


def verify(programs):
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    configured = json.loads((ROOT / "CMakePresets.json").read_text(encoding="utf-8"))["configurePresets"]
    presets = {preset["name"] for preset in configured if not preset.get("hidden")}
    tested = tested_snippets()
    problems = []
    for page in pages():
        problems += [f"{page.relative_to(ROOT)}: {problem}" for problem in link_problems(page)]
        shown = set(re.findall(r"add_executable\((\w+)", files_of(page).get("CMakeLists.txt", "")))
        for language, line, marker, text in blocks(page):
            where = f"{page.relative_to(ROOT)}:{line}"
            what, name = marker or (None, None)
            if language == "cpp" and what != "file" and not MAIN.search(text):
                if name is None:
                    problems.append(f"{where}: no main(), and no <!-- snippet: NAME --> above")
                elif name not in tested:
                    problems.append(f"{where}: no // [{name}] ... // [/{name}] in tests/ or examples/")
                elif not any(normalised(text) in source for source in tested[name]):
                    problems.append(f"{where}: differs from what stands at // [{name}]")
            elif language in ("sh", "bash"):
                problems += [f"{where}: {problem}" for problem in shell_problems(text, targets, presets, programs, shown)]
    print(*problems, sep="\n")
    return 1 if problems else 0


def talk(server, client):
    """Compares what the client prints with the page's two ```text blocks: with the server, and without it."""
    page = ROOT / "docs" / "guide" / "getting_started.md"
    with_server, without = [text for language, _, _, text in blocks(page) if language == "text"]
    with subprocess.Popen([server], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        print(running.stdout.readline(), end="")
        said = subprocess.run([client], capture_output=True, text=True, check=False)
        running.communicate("\n")
    print(said.stdout, said.stderr, sep="", end="")
    alone = subprocess.run([client], capture_output=True, text=True, check=False)
    print(alone.stdout, alone.stderr, sep="", end="")
    port = re.search(r"(127\.0\.0\.1:\d+)", alone.stderr)
    without = without.replace("127.0.0.1:10000", port[1] if port else "")
    return 0 if said.stdout == with_server and alone.stderr == without else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["extract"] and len(sys.argv) == 4:
        sys.exit(extract(pathlib.Path(sys.argv[2]), sys.argv[3]))
    if sys.argv[1:2] == ["verify"] and len(sys.argv) == 3:
        sys.exit(verify(pathlib.Path(sys.argv[2])))
    if sys.argv[1:2] == ["talk"] and len(sys.argv) == 4:
        sys.exit(talk(*sys.argv[2:4]))
    sys.exit(__doc__)

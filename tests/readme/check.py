#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Keeps what README.md, CONTRIBUTING.md and docs/*.md show true.

check.py extract FOLDER PORT   writes each ```cpp block that has a main() as a program into FOLDER, with PORT instead of
                               port 10000, and prints the programs' paths
check.py verify BIN_FOLDER     checks that any other ```cpp block follows a line `<!-- snippet: NAME -->` and stands in
                               tests/ or examples/ between `// [NAME]` and `// [/NAME]`, whatever the white space, and
                               that the commands of ```sh blocks exist
"""

import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAIN = re.compile(r"\bint main\(")


def pages():
    names = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
    return [page for page in names if page.exists()]


def blocks(page):
    """Yields (language, line number, snippet name or None, text) of each fenced block."""
    language, snippet = None, None
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        if language is not None:
            if line.strip() == "```":
                yield language, start, snippet, "\n".join(text) + "\n"
                language, snippet = None, None
            else:
                text.append(line)
        elif fence := re.match(r"\s*```\s*([\w+-]*)", line):
            language, start, text = fence[1], number, []
        elif marker := re.match(r"\s*<!-- snippet: (\S+) -->", line):
            snippet = marker[1]
        elif line.strip():
            snippet = None


def extract(folder, port):
    for page in pages():
        programs = [text for language, _, _, text in blocks(page) if language == "cpp" and MAIN.search(text)]
        for count, text in enumerate(programs, start=1):
            program = folder / f"shown_{page.stem.lower()}_{count}.cpp"
            text = text.replace(":10000", f":{port}")
            if not program.exists() or program.read_text(encoding="utf-8") != text:
                program.write_text(text, encoding="utf-8")
            print(program)


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


def command_problem(command, targets, presets, programs):
    """What is wrong with one command line, or None."""
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
    if name in ("git", "cd", "apt", "apt-get") or (ROOT / name).is_file():
        return None
    return f"{name} is neither a target of make, nor a built program, nor in this repository"


def shell_problems(text, targets, presets, programs):
    for line in text.replace("\\\n", " ").splitlines():
        line = re.sub(r"(^|\s)#.*", "", line).strip().removeprefix("$ ")
        for command in re.split(r"&&|\|\|?|;|&", line):
            if problem := command_problem(command, targets, presets, programs):
                yield problem


def verify(programs):
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    configured = json.loads((ROOT / "CMakePresets.json").read_text(encoding="utf-8"))["configurePresets"]
    presets = {preset["name"] for preset in configured if not preset.get("hidden")}
    tested = tested_snippets()
    problems = []
    for page in pages():
        for language, line, snippet, text in blocks(page):
            where = f"{page.relative_to(ROOT)}:{line}"
            if language == "cpp" and not MAIN.search(text):
                if snippet is None:
                    problems.append(f"{where}: no main(), and no <!-- snippet: NAME --> above")
                elif snippet not in tested:
                    problems.append(f"{where}: no // [{snippet}] ... // [/{snippet}] in tests/ or examples/")
                elif not any(normalised(text) in source for source in tested[snippet]):
                    problems.append(f"{where}: differs from what stands at // [{snippet}]")
            elif language in ("sh", "bash"):
                problems += [f"{where}: {problem}" for problem in shell_problems(text, targets, presets, programs)]
    print(*problems, sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["extract"] and len(sys.argv) == 4:
        sys.exit(extract(pathlib.Path(sys.argv[2]), sys.argv[3]))
    if sys.argv[1:2] == ["verify"] and len(sys.argv) == 3:
        sys.exit(verify(pathlib.Path(sys.argv[2])))
    sys.exit(__doc__)

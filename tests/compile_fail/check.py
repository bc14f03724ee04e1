#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Usage: check.py SOURCE COMPILER [OPTION...]

Compiles SOURCE, which must fail and say what each of its `// expect: REGEX` lines says, or succeed if the file is
called *_ok.cpp.
"""

import pathlib
import re
import subprocess
import sys


def main():
    source = pathlib.Path(sys.argv[1])
    expected = re.findall(r"^// expect: (.*\S)\s*$", source.read_text(encoding="utf-8"), re.MULTILINE)
    compiled = subprocess.run(sys.argv[2:] + [str(source)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              encoding="utf-8", errors="replace")
    problems = []
    if source.stem.endswith("_ok"):
        if compiled.returncode != 0:
            problems.append("it should compile")
    else:
        if compiled.returncode == 0:
            problems.append("it should not compile")
        if not expected:
            problems.append("it has no `// expect: REGEX` line")
        problems += [f"the compiler does not say: {regex}" for regex in expected
                     if not re.search(regex, compiled.stdout)]
    if problems:
        print(compiled.stdout)
        print(*(f"{source.name}: {problem}" for problem in problems), sep="\n")
    return 1 if problems else 0


sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Usage: check_warnings.py BUILD_FOLDER
Has the compiler of a configured build folder look at every source as it would be compiled, without making anything:
that shows all its warnings in half the time. Fails when there is one, or an error."""

import concurrent.futures
import json
import os
import re
import shlex
import subprocess
import sys


def look(entry):
    words = shlex.split(entry["command"])
    if os.path.basename(words[0]) == "ccache":
        words = words[1:]
    output = words.index("-o")
    words[output : output + 2] = ["-fsyntax-only"]
    words = [word for word in words if word not in ("-c", "-MD") and not word.startswith("-M")]
    words = [word for word in words if not re.search(r"\.o(\.d)?$", word)]
    done = subprocess.run(words, cwd=entry["directory"], capture_output=True, text=True)
    return entry["file"], done.returncode != 0 or "warning:" in done.stderr, done.stderr


def main():
    with open(os.path.join(sys.argv[1], "compile_commands.json"), encoding="utf-8") as file:
        entries = json.load(file)
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for number, (name, is_bad, words) in enumerate(pool.map(look, entries), 1):
            if is_bad:
                bad += 1
                print(f"{name}:\n{words}", flush=True)
            if number % 50 == 0 or number == len(entries):
                print(f"{number} of {len(entries)} sources looked at, {bad} with warnings or errors", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

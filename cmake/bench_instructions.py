#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts the instructions that a message costs, under callgrind: a guard that does not depend on the clock.

Exit code 1: an operation costs more than 5% over the baseline of the compiler that built the program; or it failed.
A compiler without a baseline passes."""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

BASELINE = pathlib.Path(__file__).resolve().parents[1] / "benchmarks/instructions/baseline.json"
MESSAGES = 20_000
MOST_GROWTH = 0.05


def instructions(program, operation):
    """That one message costs; counted where the program says so, after it has warmed up."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["valgrind", "--tool=callgrind", "--collect-atstart=no", "--toggle-collect=zooid_measured",
                   f"--callgrind-out-file={folder}/callgrind.out", program, operation, str(MESSAGES)]
        ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", timeout=600)
    collected = re.search(r"Collected\s*:\s*(\d+)", ran.stdout)
    if ran.returncode != 0 or not collected or int(collected[1]) == 0:
        sys.exit(f"{ran.stdout}\nbench-instructions: {operation} failed: exit code {ran.returncode}")
    return int(collected[1]) / MESSAGES


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("program", help="zooid-instructions, of a release build")
    arguments.add_argument("--update", action="store_true", help="make what is counted now this compiler's baseline")
    given = arguments.parse_args()

    listed = subprocess.run([given.program], stdout=subprocess.PIPE, encoding="utf-8", check=True, timeout=60)
    compiler, *operations = listed.stdout.splitlines()
    baselines = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {}
    baseline = baselines.get(compiler, {})

    counted = {}
    grown = []
    print(f"{f'instructions a message, {compiler}':40}{'now':>10}{'baseline':>10}{'change':>10}", flush=True)
    for operation in operations:
        now = counted[operation] = round(instructions(given.program, operation), 1)
        before = baseline.get(operation)
        change = now / before - 1 if before else 0
        against = f"{before:10.1f}{change:>+10.1%}" if before else f"{'-':>10}{'-':>10}"
        print(f"{operation:40}{now:10.1f}{against}", flush=True)
        if change > MOST_GROWTH:
            grown.append(operation)

    if given.update:
        baselines[compiler] = counted
        BASELINE.write_text(json.dumps(baselines, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        print(f"This is the baseline of {compiler} now.")
        return 0
    if not baseline:
        print(f"There is no baseline of {compiler}; --update makes one.")
    if grown:
        print(f"More than {MOST_GROWTH:.0%} over the baseline: {', '.join(grown)}.")
        print("If it must be so: --update, and say why where the change is described.")
    return 1 if grown else 0


sys.exit(main())

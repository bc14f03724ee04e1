#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a user's compiler pays: compiles, without optimisation, the first program of README.md and a generated file with
thirty messages, and prints seconds of processor time and the most memory used.

With --most MEGABYTES it only checks, once, that the generated file compiles within so much memory: exit code 1 if not."""

import argparse
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDES = [ROOT / "actors/include", ROOT / "transport/include"]
MESSAGES = 30

# The fields of the messages and of their replies, by turns.
FIELDS = [
    ("std::uint64_t number{};", "std::string text{};"),
    ("std::string name{};", "std::vector<std::string> lines{};"),
    ("double price{};", "std::optional<std::uint32_t> count{};"),
    ("bool urgent{};", "std::map<std::string, std::int64_t> totals{};"),
    ("std::int32_t left{};", "std::array<std::uint8_t, 16> key{};"),
]


def hello():
    return re.search(r"```cpp\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)[1]


def thirty_messages():
    """A contract of thirty messages, an actor that handles them, and a call of each."""
    lines = ["#include <zooid/zooid.hpp>", "using namespace std::chrono_literals;"]
    for header in ("array", "chrono", "cstdint", "iostream", "map", "optional", "string", "vector"):
        lines.insert(0, f"#include <{header}>")
    for i in range(MESSAGES):
        asked, more = FIELDS[i % len(FIELDS)]
        lines += [f"struct Answer{i} {{ {FIELDS[(i + 1) % len(FIELDS)][1]} std::uint64_t number{i}{{}}; }};",
                  f"struct Question{i} {{ using reply = Answer{i}; {asked} {more} std::int64_t field{i}{{}}; }};"]
    names = ", ".join(f"Question{i}" for i in range(MESSAGES))
    lines += [f'struct Oracle : zooid::contract<"oracle", {names}> {{}};',
              "struct Knowing {", "  using contract = Oracle;"]
    for i in range(MESSAGES):
        lines += [f"  Answer{i} on(const Question{i}& question) {{",
                  f"    Answer{i} answer;", f"    answer.number{i} = static_cast<std::uint64_t>(question.field{i});",
                  "    return answer;", "  }"]
    lines += ["};", "int main() {", '  zooid::node server{{.listen = "tcp://127.0.0.1:0"}};',
              '  server.spawn_as<Knowing>("oracle");', "  zooid::node client;",
              '  auto oracle = client.find<Oracle>(server.endpoint() + "/oracle");', "  std::uint64_t sum = 0;"]
    for i in range(MESSAGES):
        lines += [f"  Question{i} question{i};", f"  question{i}.field{i} = {i};",
                  f"  sum += oracle.call(question{i}, 1s).get().number{i};"]
    lines += ["  std::cout << sum << '\\n';", "}"]
    return "\n".join(lines) + "\n"


def compile_once(compiler, source):
    """(seconds of processor time in user mode, megabytes at most), or what the compiler said."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "program.cpp"
        path.write_text(source, encoding="utf-8")
        command = [compiler, "-std=c++20", "-O0", "-c", str(path), "-o", os.devnull, *(f"-I{each}" for each in INCLUDES)]
        with open(pathlib.Path(folder) / "said", "w+", encoding="utf-8") as said:
            child = subprocess.Popen(command, stdout=said, stderr=said)
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            said.seek(0)
            return (used.ru_utime, used.ru_maxrss / 1024) if child.returncode == 0 else said.read()


def measure(compiler, source, times):
    results = [compile_once(compiler, source) for _ in range(times)]
    for result in results:
        if isinstance(result, str):
            sys.exit(f"{result}\ncompile_time: {compiler} failed")
    return statistics.median(seconds for seconds, _ in results), max(megabytes for _, megabytes in results)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("compilers", nargs="+")
    arguments.add_argument("--most", type=int, metavar="MEGABYTES")
    given = arguments.parse_args()
    if given.most:
        _, megabytes = measure(given.compilers[0], thirty_messages(), 1)
        print(f"{MESSAGES} messages: {megabytes:.0f} MB; {given.most} MB are allowed")
        return 1 if megabytes > given.most else 0

    print(f"{'-O0, one file; median of 3':30}{'s':>8}{'MB':>8}", flush=True)
    for compiler in filter(shutil.which, given.compilers):
        for name, source in (("hello", hello()), (f"{MESSAGES} messages", thirty_messages())):
            seconds, megabytes = measure(compiler, source, 3)
            print(f"{f'{name}, {compiler}':30}{seconds:8.2f}{megabytes:8.0f}", flush=True)
    return 0


sys.exit(main())

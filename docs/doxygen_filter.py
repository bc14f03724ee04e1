#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints a page for Doxygen, which knows neither a forge's anchors nor its links between pages.

Headings get the anchors that a forge gives them; links to pages become references, so that Doxygen warns of one that
leads nowhere; links to other files of the repository lose their target. The items of docs/README.md, and the item of
README.md that leads there, make the tree of pages.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
MAIN = ROOT / "README.md"
TABLE = ROOT / "docs" / "README.md"


def page_id(page):
    if page == MAIN:
        return "index"
    return "page-" + "-".join(page.relative_to(ROOT).with_suffix("").parts).lower()


def anchor(page, title):
    return page_id(page) + "-" + re.sub(r"[^a-z0-9_\- ]", "", title.lower()).replace(" ", "-")


def reference(page, text, link):
    path, _, heading = link.partition("#")
    to = (page.parent / path).resolve() if path else page
    if "://" in path:
        return f"[{text}]({link})"
    if to.suffix != ".md":
        return text
    return f"[{text}](@ref {page_id(to)}{'-' + heading if heading else ''})"


def line_for_doxygen(page, line, first):
    if heading := re.match(r"(#+) (.*)", line):
        label = (page_id(page) if page != MAIN else "mainpage") if first else anchor(page, heading[2])
        return f"{heading[1]} {heading[2]} {{#{label}}}"
    if item := re.match(r"- \[([^\]]*)\]\(([^)#:]+\.md)\)(.*)", line):
        to = (page.parent / item[2]).resolve()
        if TABLE in (page, to):
            return f'- @subpage {page_id(to)} "{item[1]}"{item[3]}'
    return re.sub(r"(?<!!)\[((?:[^\[\]`]|`[^`]*`)*)\]\(([^)\s]+)\)", lambda m: reference(page, m[1], m[2]), line)


def main(path):
    page = pathlib.Path(path).resolve()
    fenced, first = False, True
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.lstrip().startswith("```"):
            fenced = not fenced
            print(line.replace("```c++", "```cpp"))
        elif fenced:
            print(line)
        else:
            print(line_for_doxygen(page, line, first))
            first = first and not line.startswith("#")


main(sys.argv[1])

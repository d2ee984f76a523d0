#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails when the page about rules and the agent's reader of rules know different keys, or when the
range of priorities is another one.

usage: rules.py PENSTOCKCTL
"""

import os
import re
import sys
import tempfile

import keys
from page_source import PAGES, ROOT, plain

READERS = [os.path.join(ROOT, "agent", "config", name) for name in ("rules.cpp", "rule_terms.cpp")]
CONDITION = re.compile(r'MatchKey\{\.name = "(\w+)"')
OTHER_KEY = re.compile(r'each\.key == "(\w+)"')
TERM_KEYS = re.compile(r"> keys\{(.*?)\}", re.DOTALL)
DOCUMENTED = re.compile(r"^\*(\w+)=\*$", re.MULTILINE)
WITHOUT_RANGE = "[Match]\nUser=0\n[Apply]\nPriority=99\n"


def complaints(page, reader, refusal):
    known = {*CONDITION.findall(reader), *OTHER_KEY.findall(reader),
             *re.findall(r'"(\w+)"', " ".join(TERM_KEYS.findall(reader)))}
    told = set(DOCUMENTED.findall(page))
    for key in sorted(known ^ told):
        yield f"{key}= {'is not in the page' if key in known else 'is in the page, and is no key'}"
    bounds = keys.RANGE.findall(refusal)
    for each in bounds or ["a range, which is not named in a refusal"]:
        if each not in plain(page):
            yield f"Priority=: the page does not say {each}"


def refused(penstockctl):
    """What is said of a priority that nobody can have."""
    with tempfile.TemporaryDirectory() as root:
        folder = os.path.join(root, "etc", "penstock", "rules.d")
        os.makedirs(folder)
        with open(os.path.join(folder, "a.conf"), "w", encoding="utf-8") as file:
            file.write(WITHOUT_RANGE)
        return keys.ask(penstockctl, "check", f"--sysroot={root}")


def main():
    penstockctl, = sys.argv[1:]
    with open(os.path.join(PAGES, "penstock.rules.5.scd"), encoding="utf-8") as file:
        page = file.read()
    reader = ""
    for path in READERS:
        with open(path, encoding="utf-8") as file:
            reader += file.read()
    found = list(complaints(page, reader, refused(penstockctl)))
    print("\n".join(found) or f"{len(DOCUMENTED.findall(page))} keys of rules are explained")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()

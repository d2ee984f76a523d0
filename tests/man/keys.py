#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails when the page about the configuration and the agent's table of keys disagree: about which
keys there are, a default, a range, or what holds without a restart.

usage: keys.py PAGE PENSTOCKCTL

The ranges are those that the program names when it refuses a value.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

import built_page
from page_source import ROOT

SECTION = re.compile(r"SECTION \[(\w+)\]$")
KEY = re.compile(r"(\w+)=$")
RANGE = re.compile(r"from \S+ to \S+")
NEVER_IN_RANGE = ("0", "-1", "999d", "100%")
TABLE = os.path.join(ROOT, "agent", "config", "settings.cpp")
POLICY_TABLE = os.path.join(ROOT, "policies", "setting_table.cpp")  # Of which all hold at once.
NAME = re.compile(r'\.name = "(\w+)"')
LIVE = re.compile(r'\.name = "(\w+)"(?:(?!\.name = ).)*?\.live = true', re.DOTALL)


def ask(penstockctl, *words):
    """Ends with 1 where the files have an error, which is no failure here."""
    ran = subprocess.run([penstockctl, "config", *words], capture_output=True, text=True,
                         timeout=60, check=False)
    if ran.returncode not in (0, 1):
        sys.exit(ran.stderr)
    return ran.stdout


def defaults(penstockctl, root):
    """{section: {key: its default}}."""
    return json.loads(ask(penstockctl, "show", "--json", f"--sysroot={root}"))["settings"]


def ranges(penstockctl, root, keys):
    """{key: the ranges that a refusal of it names}."""
    folder = os.path.join(root, "etc", "penstock")
    os.makedirs(folder)
    found = {key: set() for section in keys.values() for key in section}
    for value in NEVER_IN_RANGE:
        with open(os.path.join(folder, "agent.conf"), "w", encoding="utf-8") as file:
            for section, names in keys.items():
                file.writelines([f"[{section}]\n", *(f"{name}={value}\n" for name in names)])
        for line in ask(penstockctl, "check", f"--sysroot={root}").splitlines():
            key = re.search(r"error: (\w+)=", line)
            if key:
                found[key.group(1)].update(RANGE.findall(line.partition("; ")[0]))
    return found


def documented(sections):
    """{(section, key): what the page says of it}."""
    found = {}
    for heading, lines in sections.items():
        section = SECTION.match(heading)
        for entry in built_page.entries(lines) if section else ():
            if key := KEY.match(entry.term):
                found[section.group(1), key.group(1)] = entry.text
    return found


def key_complaints(pages, keys, bounds):
    known = {(section, key): default for section, rows in keys.items()
             for key, default in rows.items()}
    for (section, key), default in known.items():
        text = pages.get((section, key))
        if text is None:
            yield f"[{section}] {key}= is not in the page"
            continue
        said = f"the default is {default}." if default else "there is none by default."
        for sentence in (said, *sorted(bounds[key])):
            if sentence not in text:
                yield f"[{section}] {key}=: the page does not say \"{sentence}\""
    for section, key in sorted(pages.keys() - known.keys()):
        yield f"[{section}] {key}= is in the page, and is no key"


def live_complaints(sections, table, policy_table=""):
    said = built_page.text_of(sections["READING THE FILES AGAIN"]).partition("then hold at once")[0]
    page = set(re.findall(r"(\w+)=", said))
    code = {*LIVE.findall(table), *NAME.findall(policy_table)}
    for key in sorted(page ^ code):
        yield f"{key}= holds {'at once' if key in code else 'from the next start'}, " \
              "the page says otherwise"


def main():
    page, penstockctl = sys.argv[1:]
    with open(page, encoding="utf-8") as file:
        sections = built_page.sections(file.read())
    tables = []
    for path in (TABLE, POLICY_TABLE):
        with open(path, encoding="utf-8") as file:
            tables.append(file.read())
    with tempfile.TemporaryDirectory() as root:
        keys = defaults(penstockctl, root)
        bounds = ranges(penstockctl, root, keys)
    found = [*key_complaints(documented(sections), keys, bounds), *live_complaints(sections, *tables)]
    print("\n".join(found) or f"{len(bounds)} keys are explained")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()

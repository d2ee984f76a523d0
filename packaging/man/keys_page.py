#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes what the agent's own table says of each key into the page about the configuration.

usage: keys_page.py TEMPLATE SHOWN > SOURCE

SHOWN is what `penstockctl config show` prints where nothing is configured: a key's value there is
its default.
"""

import re
import sys

from placeholders import escaped, fill

SECTION = re.compile(r"\[(\w+)\]$")
MEANING = re.compile(r"# (.+) Expected: (.+)\.$")
ASSIGNMENT = re.compile(r"(\w+)=(.*)$")


def keys(shown):
    """(section, key, meaning, form, default) of each key, in the order of the table."""
    section, meaning = None, None
    for line in shown.splitlines():
        if found := SECTION.match(line):
            section = found.group(1)
        elif found := MEANING.match(line):
            meaning = found
        elif (found := ASSIGNMENT.match(line)) and meaning:
            yield section, found.group(1), *meaning.groups(), found.group(2)
            meaning = None


def entry(key, meaning, form, default):
    form = form[0].upper() + form[1:]
    usual = f"the default is *{escaped(default)}*" if default else "there is none by default"
    return f"*{key}=*\n\t{escaped(meaning)} {escaped(form)}; {usual}.\n"


def main():
    template, shown = sys.argv[1:]
    with open(shown, encoding="utf-8") as file:
        found = list(keys(file.read()))
    if not found:
        sys.exit(f"{shown}: no key of the configuration is in it")
    fill(template, {f"{section}.{key}": entry(key, *said) for section, key, *said in found})


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""The sources of the manual pages of programs, taken apart."""

import glob
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGES = os.path.join(ROOT, "packaging", "man")
COMMAND = re.compile(r"^## (.*)$", re.MULTILINE)
NAME = re.compile(r"\*(--?[\w-]+)\*")
MARKUP = re.compile(r"\\(.)|[*_]")


def text_of(program):
    """The source of a program's page."""
    path, = glob.glob(os.path.join(PAGES, f"{program}.[18].scd"))
    with open(path, encoding="utf-8") as file:
        return file.read()


def blocks(source):
    """{"": what is said of the program itself, COMMAND: what is said of it}."""
    own, *rest = COMMAND.split(source)
    found = {"": own}
    for command, block in zip(rest[::2], rest[1::2]):
        block, heading, more = block.partition("\n# ")
        found[command] = block
        found[""] += heading + more
    return found


def entries(block):
    """{option: what is said of it}: a line that begins with its name, and what is below it."""
    found, names = {}, []
    for line in block.splitlines():
        if line.startswith("*-"):
            names = NAME.findall(line)
            found.update(dict.fromkeys(names, ""))
        elif line and not line.startswith("\t"):
            names = []
        for name in names:
            found[name] += line + "\n"
    return found


def plain(text):
    """Without markup."""
    return MARKUP.sub(lambda found: found.group(1) or "", text)

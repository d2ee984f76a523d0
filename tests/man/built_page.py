# SPDX-License-Identifier: Apache-2.0
"""A manual page as it is installed, taken apart."""

import collections
import re

# What stands by itself in front of indented text, or of none; texts are plain.
Entry = collections.namedtuple("Entry", "term text")

FONT = re.compile(r"\\f[BIR]")
ESCAPED = re.compile(r"\\(?:&|(-|\\))")


def plain(line):
    return ESCAPED.sub(lambda found: found.group(1) or "", FONT.sub("", line)).replace("\\(aq", "'")


def sections(roff):
    """{heading: its lines, plain except for the requests of roff}."""
    found, lines = {}, []
    for line in roff.splitlines():
        if line.startswith(".SH "):
            lines = found.setdefault(plain(line[4:]), [])
        else:
            lines.append(line if line.startswith(".") else plain(line))
    return found


def text_of(lines):
    return " ".join(" ".join(line for line in lines if not line.startswith(".")).split())


def entries(lines):
    """A term begins a paragraph of the outermost level; what is indented below it is its text."""
    found, depth, begins = [], 0, True
    for line in lines:
        if line.startswith(".RS"):
            depth += 1
        elif line.startswith(".RE"):
            depth -= 1
        elif line.startswith("."):
            begins = begins or line.startswith((".P", ".SS"))
        elif depth == 0:
            if begins:
                found.append(Entry(line, ""))
            begins = False
        elif found:
            last = found[-1]
            found[-1] = last._replace(text=f"{last.text} {line}".strip())
    return found

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes one manual page from its source: scdoc, and what scdoc leaves to be wished for.

usage: make_page.py SCDOC SOURCE > PAGE

scdoc begins paragraphs where none can be, which mandoc warns of, and writes the dashes of options
as hyphens, which some terminals show as another character: who copies such an option gets an error.
"""

import re
import subprocess
import sys

HEADINGS = (".SH", ".SS")
# What is to be typed as it stands is bold or in italics.
TYPED = re.compile(r"\\f[BI].*?\\fR")
HYPHEN = re.compile(r"(?<!\\)-")


def with_dashes(line, literal):
    """The line with hyphens as ASCII has them, where they could be meant to be copied."""
    if line.startswith("."):
        return line
    if literal:
        return HYPHEN.sub(r"\\-", line)
    return TYPED.sub(lambda typed: HYPHEN.sub(r"\\-", typed.group()), line)


def with_paragraphs(lines):
    """The lines, with a .P only between two blocks of text."""
    wanted, fresh = False, True  # Fresh: right below a heading, which begins a paragraph itself.
    for line in lines:
        if line == ".P":
            wanted = not fresh
            continue
        heading = line.startswith(HEADINGS)
        ends_block = line == ".RE"  # What begins behind it needs the paragraph, not what ends.
        if wanted and not heading and not ends_block:
            yield ".P"
        wanted = wanted and ends_block
        fresh = heading or (fresh and ends_block)
        yield line


def finished(roff):
    literal, lines = False, []
    for line in roff.splitlines():
        literal = (literal or line == ".nf") and line != ".fi"
        lines.append(with_dashes(line, literal))
    head = next(number for number, line in enumerate(lines) if line.startswith(".TH")) + 1
    return "\n".join([*lines[:head], *with_paragraphs(lines[head:])]) + "\n"


def main():
    scdoc, source = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        ran = subprocess.run([scdoc], stdin=file, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        sys.exit(f"{source}: {ran.stderr.strip()}")
    print(finished(ran.stdout), end="")


if __name__ == "__main__":
    main()

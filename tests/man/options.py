#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails when a program's page and its --help do not name the same commands, options and arguments,
or when a default, a range or a choice is not said.

usage: options.py PROGRAM...
"""

import os
import re
import sys

import page_source
import program_help


def says(text, word):
    """Whether it stands there by itself: the 1 in 16 does not."""
    return re.search(rf"(?<![\w.-]){re.escape(word)}(?![\w-]|\.\w)", text) is not None


def option_complaints(options, entries):
    told = {name for option in options for name in option.names}
    for option in options:
        for name in option.names:
            if name not in entries:
                yield f"{name} is not in the page"
        text = page_source.plain(entries.get(option.names[-1], option.names[-1]))
        for word in (option.default, *option.bounds, *option.choices):
            if word and option.names[-1] in entries and not says(text, word):
                yield f"{option.names[-1]}: the page does not say {word}"
    for name in sorted(entries.keys() - told):
        yield f"{name} is in the page, and the program has no such option"


def argument_complaints(positionals, block):
    text = page_source.plain(block)
    for positional in positionals:
        for words in positional:
            for word in words.split():
                if not says(text, word):
                    yield f"the argument {word} is not in the page"


def complaints(helps, source):
    """`helps` as of program_help.all_of(), `source` of the page."""
    blocks = page_source.blocks(source)
    for command in sorted(blocks.keys() - helps.keys()):
        yield f"{command} is in the page, and the program has no such command"
    for command, told in helps.items():
        if command not in blocks:
            yield f"the command {command} is not in the page"
            continue
        entries = page_source.entries(blocks[command])
        if command:  # What every command has is said once, at the top.
            told = told._replace(options=[o for o in told.options if "--help" not in o.names])
        for complaint in (*option_complaints(told.options, entries),
                          *argument_complaints(told.positionals, blocks[command])):
            yield f"{command}: {complaint}" if command else complaint


def main():
    found = []
    for program in sys.argv[1:]:
        name = os.path.basename(program)
        source = page_source.text_of(name)
        found += [f"{name}: {c}" for c in complaints(program_help.all_of(program), source)]
    print("\n".join(found) or f"{len(sys.argv) - 1} pages say what the programs do")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""What a program's --help says, taken apart. The programs write it by CLI11."""

import collections
import re
import subprocess

# default is "" and choices are empty where the program tells none; bounds are texts as well.
Option = collections.namedtuple("Option", "names default bounds choices")
Help = collections.namedtuple("Help", "options positionals commands")

HEADING = re.compile(r"(\w+):$")
ROW = re.compile(r"  (\S.*)$")
DEFAULT = re.compile(r"^[^=]*=(\S+)")
BOUNDS = re.compile(r"in \[(-?\d+) - (-?\d+)\]")
CHOICES = re.compile(r":(?:value in )?\{([^}]*)\}")


def choices_of(specification):
    """The words of "TEXT:{check,show}", or those to the left of the arrows of an enumeration."""
    found = CHOICES.search(specification)
    return tuple(word.partition("->")[0] for word in found.group(1).split(",")) if found else ()


def option_of(row):
    names, _, rest = row.partition(" ")
    specification = re.split(r"\s{2,}", rest)[0]
    default = DEFAULT.search(re.sub(r"[:\s](in \[.*?\]|\{.*?\})", "", specification))
    bounds = BOUNDS.search(specification)
    return Option(tuple(names.split(",")), default.group(1) if default else "",
                  bounds.groups() if bounds else (), choices_of(specification))


def positional_of(row):
    """Its name, which may have blanks, stands before its type; with choices, they count."""
    specification = re.split(r"\s{2,}", row)[0]
    return choices_of(specification) or (re.split(r" TEXT\b", specification)[0],)


def parsed(text):
    found, rows = Help([], [], []), None
    for line in text.splitlines():
        if heading := HEADING.match(line):
            rows = heading.group(1)
        elif row := ROW.match(line):
            if row.group(1).startswith(" "):
                continue  # The description of the row before.
            if rows == "Options":
                found.options.append(option_of(row.group(1)))
            elif rows == "Positionals":
                found.positionals.append(positional_of(row.group(1)))
            elif rows == "Subcommands":
                found.commands.append(row.group(1).split()[0])
    return found


def ask(program, *words):
    ran = subprocess.run([program, *words, "--help"], capture_output=True, text=True, timeout=60,
                         check=True)
    return parsed(ran.stdout)


def all_of(program):
    """{"": the program's own help, COMMAND: its help}."""
    own = ask(program)
    return {"": own, **{command: ask(program, command) for command in own.commands}}

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the D-Bus contracts into their page: the comments of the XML files are its text.

usage: bus_page.py TEMPLATE CONTRACT.xml... > SOURCE
"""

import os
import sys
import textwrap

import contracts
from placeholders import escaped, fill

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../dbus"))
import access_tables  # noqa: E402 - it lies where the contracts do.

ACTION_IDS = {access: access_tables.OWN + name for access, name, *_ in access_tables.ACTIONS}
CHANGES = {"true": "announced", "invalidates": "announced without its value",
           "false": "not announced", "const": "constant"}
KINDS = (("method", "Methods"), ("property", "Properties"), ("signal", "Signals"))
FIRST = "org.penstock1.Manager"  # It says what holds for the others as well.


def heading(member):
    """"*Priority* (i, writable, announced)", or a call with its arguments."""
    name = f"*{member.name}*"
    if member.kind == "property":
        facts = [member.type, "writable" if member.writable else "", CHANGES[member.changes]]
        return f"{name} ({', '.join(escaped(fact) for fact in facts if fact)})"
    arguments = [" ".join(filter(None, (each.direction, escaped(each.type), f"_{each.name}_")))
                 for each in member.arguments]
    return f"{name}({', '.join(arguments)})"


def entry(member):
    paragraphs = [*member.paragraphs]
    if member.access in ACTION_IDS:
        writing = "Writing it needs" if member.kind == "property" else "Needs"
        paragraphs.append(f"{writing} *{ACTION_IDS[member.access]}*.")
    text = "".join(textwrap.indent(f"{each}\n\n", "\t") for each in paragraphs)
    return f"{heading(member)}\n{text.rstrip()}\n"


def interface_text(interface):
    parts = [f"# INTERFACE {interface.name}\n", *(p + "\n" for p in interface.paragraphs)]
    for kind, title in KINDS:
        entries = [entry(member) for member in interface.members if member.kind == kind]
        parts += [f"## {title}\n", *entries] if entries else []
    return "\n".join(parts)


def actions_text(interfaces):
    entries = []
    for access, _, defaults, description, _ in access_tables.ACTIONS:
        anybody, inactive, active = (f"*{each}*" for each in defaults.split())
        members = ", ".join(f"{interface.name.rpartition('.')[2]}.{member.name}"
                            for interface in interfaces for member in interface.members
                            if member.access == access)
        entries.append(
            f"*{ACTION_IDS[access]}*\n\t{escaped(description)}: {members}. Unless a rule of polkit "
            f"says otherwise: {active} in an active session, {inactive} in an inactive one, "
            f"{anybody} elsewhere.\n")
    return "\n".join(entries)


def main():
    template, *paths = sys.argv[1:]
    interfaces = [contracts.read(path) for path in paths]
    # systemd's interface comes last.
    interfaces.sort(key=lambda each: (each.name != FIRST,
                                      not each.name.startswith(access_tables.OWN), each.name))
    fill(template, {"INTERFACES": "\n".join(map(interface_text, interfaces)),
                    "ACTIONS": actions_text(interfaces)})


if __name__ == "__main__":
    main()

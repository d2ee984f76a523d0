#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails when the page about D-Bus lacks a member, an argument or a comment of the contracts, or has
a member that they do not.

usage: bus.py PAGE CONTRACT.xml...

It reads the contracts by other means than what makes the page, which could overlook something.
"""

import re
import sys
import xml.etree.ElementTree as ElementTree

import built_page

COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
TERM = re.compile(r"(\w+) ?\((.*)\)$")
MEMBERS = ("method", "property", "signal")


def arguments_of(member):
    """What stands in parentheses behind a method or a signal."""
    texts = [[arg.get(key) for key in ("direction", "type", "name")] for arg in member.iter("arg")]
    return ", ".join(" ".join(filter(None, text)) for text in texts)


def letters(text):
    """Without what the page lays out in another way."""
    return re.sub(r"\.xml\b|[^A-Za-z0-9]", "", text)


def member_complaints(interface, entries):
    shown = {found.group(1): found.group(2) for found in map(TERM.match, [e.term for e in entries])
             if found}
    for member in interface:
        name = member.get("name")
        if member.tag not in MEMBERS:
            continue
        if name not in shown:
            yield f"{name} is not in the page"
        elif member.tag == "property":
            if shown[name].rpartition(", ")[0].removesuffix(", writable") != member.get("type"):
                yield f"{name} is of type {member.get('type')}, the page says ({shown[name]})"
            if ("writable" in shown[name]) != ("write" in member.get("access")):
                yield f"{name} is {member.get('access')}, the page says ({shown[name]})"
        elif shown[name] != arguments_of(member):
            yield f"{name} takes ({arguments_of(member)}), the page says ({shown[name]})"
    for name in sorted(shown.keys() - {member.get("name") for member in interface}):
        yield f"{name} is in the page, and in no contract"


def comment_complaints(contract, lines):
    page = letters(built_page.text_of(lines))
    for comment in COMMENT.findall(contract):
        for paragraph in re.split(r"\n\s*\n", comment):
            if "SPDX" not in paragraph and letters(paragraph) not in page:
                yield f"the page does not say: {' '.join(paragraph.split())[:80]}"


def complaints(contract, sections):
    """`contract` is a file's text, `sections` are the page's."""
    interface = ElementTree.fromstring(contract).find("interface")
    name = interface.get("name")
    lines = sections.get(f"INTERFACE {name}")
    if lines is None:
        return [f"{name} is not in the page"]
    found = member_complaints(interface, built_page.entries(lines))
    return [f"{name}: {c}" for c in (*found, *comment_complaints(contract, lines))]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def main():
    page, *contracts = sys.argv[1:]
    sections = built_page.sections(read(page))
    found = [c for path in contracts for c in complaints(read(path), sections)]
    print("\n".join(found) or f"the page has all of {len(contracts)} contracts")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()

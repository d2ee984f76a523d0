# SPDX-License-Identifier: Apache-2.0
"""Contracts: the D-Bus interfaces of dbus/*.xml, with the comments that document them.

The comment above a member is about it, and about those below it that have none. The one at the top
of the file is about the interface.
"""

import collections
import re
import textwrap
import xml.dom.minidom as dom

from placeholders import escaped

Interface = collections.namedtuple("Interface", "name paragraphs members")
Member = collections.namedtuple(
    "Member", "kind name type writable changes access arguments paragraphs")
Argument = collections.namedtuple("Argument", "name type direction")

CHANGES = "org.freedesktop.DBus.Property.EmitsChangedSignal"
ACCESS = "org.penstock1.Access"
KINDS = ("method", "property", "signal")
CODE = re.compile(r"`([^`]+)`")
# A line of two columns, such as an error's name and what it means.
COLUMNS = re.compile(r"\s+(\S+)\s{2,}(\S.*)$")
# Where a line begins, these are markup.
LINE_START = re.compile(r"^(?=[-.#|:;])")
# On the page, all contracts stand in one place.
OTHER_CONTRACT = re.compile(r"\b(org\.penstock1\.\w+)\.xml\b")


def marked_up(text):
    """One paragraph for scdoc; what stands in backticks is to be typed."""
    parts = CODE.split(OTHER_CONTRACT.sub(r"\1", " ".join(text.split())))
    text = "".join(f"*{escaped(part)}*" if odd else escaped(part)
                   for odd, part in zip([False, True] * len(parts), parts))
    return LINE_START.sub(r"\\", text)


def blocks(lines):
    """Paragraphs; what is written as a table becomes a list of names."""
    text = []
    for line in lines:
        row = COLUMNS.match(line)
        if row and text:
            yield marked_up(" ".join(text))
            text = []
        if row:
            yield f"*{escaped(row.group(1))}*\n\t{marked_up(row.group(2))}"
        else:
            text.append(line)
    if text:
        yield marked_up(" ".join(text))


def paragraphs_of(comment):
    first, _, rest = comment.strip().partition("\n")
    text = f"{first}\n{textwrap.dedent(rest)}"
    return [paragraph for part in re.split(r"\n\s*\n", text)
            if "SPDX-License-Identifier" not in part for paragraph in blocks(part.splitlines())]


def children(node):
    return [child for child in node.childNodes if child.nodeType == node.ELEMENT_NODE]


def annotation(member, name):
    return next((each.getAttribute("value") for each in member.getElementsByTagName("annotation")
                 if each.getAttribute("name") == name), None)


def member_of(node, paragraphs):
    arguments = [Argument(each.getAttribute("name"), each.getAttribute("type"),
                          each.getAttribute("direction"))
                 for each in node.getElementsByTagName("arg")]
    return Member(node.tagName, node.getAttribute("name"), node.getAttribute("type"),
                  "write" in node.getAttribute("access"), annotation(node, CHANGES) or "true",
                  annotation(node, ACCESS), arguments, paragraphs)


def read(path):
    document = dom.parse(path)
    comments = [node.data for node in document.childNodes if node.nodeType == node.COMMENT_NODE]
    interface = document.getElementsByTagName("interface")[0]
    members, paragraphs = [], []
    for node in interface.childNodes:
        if node.nodeType == node.COMMENT_NODE:
            paragraphs = paragraphs_of(node.data)
        elif node.nodeType == node.ELEMENT_NODE and node.tagName in KINDS:
            members.append(member_of(node, paragraphs))
            paragraphs = []  # A second member below it stands in the page below its text, too.
    return Interface(interface.getAttribute("name"),
                     [p for comment in comments for p in paragraphs_of(comment)], members)

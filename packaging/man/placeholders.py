# SPDX-License-Identifier: Apache-2.0
"""Placeholders: lines such as @NAME@ in the source of a page, for what is written elsewhere."""

import re
import sys

PLACEHOLDER = re.compile(r"^@([\w.]+)@$", re.MULTILINE)
# What scdoc would take for markup.
MARKUP = re.compile(r"([\\*_~])")


def escaped(text):
    return MARKUP.sub(r"\\\1", text)


def filled(template, texts):
    """The template with its placeholders replaced. Each of the texts must have its place, or else
    something new would be missing from the page without a sound."""
    places = PLACEHOLDER.findall(template)
    for name in sorted(set(places) ^ set(texts)):
        where = "of nothing known" if name in places else "that is missing in the page"
        sys.exit(f"@{name}@ is a placeholder {where}")
    if len(places) != len(texts):
        sys.exit("a placeholder stands in the page twice")
    return PLACEHOLDER.sub(lambda place: texts[place.group(1)].rstrip("\n"), template)


def fill(path, texts):
    """Prints the page's source."""
    with open(path, encoding="utf-8") as file:
        print(filled(file.read(), texts), end="")

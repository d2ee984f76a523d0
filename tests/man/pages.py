#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails when mandoc finds something wrong with a manual page, or when a page of ours is referred to
that does not exist.

usage: pages.py MANDOC PAGE...
"""

import os
import re
import subprocess
import sys

import built_page
from page_source import ROOT

OURS = re.compile(r"((?:org\.|lib)?penstock[\w.-]*)\((\d)\)")
# Texts besides the pages that name some.
FOLDERS = ("packaging/catalog", "packaging/systemd", "docs")


def lint_complaints(mandoc, pages):
    ran = subprocess.run([mandoc, "-T", "lint", "-W", "warning", *pages], capture_output=True,
                         text=True, check=False)
    found = ran.stdout.splitlines() + ran.stderr.splitlines()
    return found or ([f"mandoc ended with {ran.returncode}"] if ran.returncode else [])


def reference_complaints(texts, names):
    """`texts` by where they stand, `names` of the pages there are."""
    for where, text in texts.items():
        for name, section in sorted(set(OURS.findall(text))):
            if f"{name}.{section}" not in names:
                yield f"{where}: there is no page {name}({section})"


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def other_texts():
    for folder in FOLDERS:
        for where, _, names in os.walk(os.path.join(ROOT, folder)):
            for name in names:
                path = os.path.join(where, name)
                yield os.path.relpath(path, ROOT), read(path)


def main():
    mandoc, *pages = sys.argv[1:]
    texts = {os.path.basename(path): built_page.plain(read(path)) for path in pages}
    found = lint_complaints(mandoc, pages)
    found += reference_complaints({**texts, **dict(other_texts())}, texts.keys())
    print("\n".join(found) or f"nothing is wrong with {len(pages)} pages")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()

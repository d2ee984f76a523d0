#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every story of tests/stories is told in docs/testing.md, and its defence is in the source once."""

import os
import sys

from repository import ROOT

sys.path.insert(0, os.path.join(ROOT, "tests", "stories"))
from stories import STORIES


def main():
    with open(os.path.join(ROOT, "docs", "testing.md"), encoding="utf-8") as file:
        page = file.read()
    wrong = []
    for story in STORIES:
        row = f"| {story.source} | {story.lesson} | `{story.test.split()[-1]}` | `{story.file}` |"
        if row not in page:
            wrong.append(f"docs/testing.md lacks: {row}")
        with open(os.path.join(ROOT, story.file), encoding="utf-8") as file:
            count = file.read().count(story.defence)
        if count != 1:
            wrong.append(f"{story.source}: {story.file} has the defence {count} times")
    print("\n".join(wrong) or f"{len(STORIES)} stories are told")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Takes each defence of stories.py away, one at a time, and sees whether its test fails then.

usage: run.py [--only SOURCE]      Needs root for the scenarios. Works on a copy of the tree below the
build folder, and leaves PENSTOCK_BUILD/stories.json; the exit status is 0 when every test noticed.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, "tests", "tidy")]

from repository import files
from stories import STORIES

BUILD = os.path.abspath(os.environ.get("PENSTOCK_BUILD", os.path.join(ROOT, "build")))
SOURCE = os.path.join(BUILD, "stories", "source")
OUTPUT = os.path.join(BUILD, "stories", "build")
PROGRAMS = ["demonstration", "tests/puppet/penstock-puppet", "tests/polkit/penstock-polkit-double"]
PATIENCE_S = 120


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)


def copy_tree():
    """Only what differs is written, so that little is built again the next time."""
    wanted = set(files())
    for relative in wanted:
        origin, copy = os.path.join(ROOT, relative), os.path.join(SOURCE, relative)
        if not os.path.exists(copy) or read(origin) != read(copy):
            write(copy, read(origin))
            shutil.copymode(origin, copy)
    for folder, _, names in os.walk(SOURCE):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.relpath(path, SOURCE) not in wanted:
                os.remove(path)


def run(command, patience_s=None):
    try:
        return subprocess.run(command, cwd=SOURCE, capture_output=True, text=True,
                              timeout=patience_s, check=False, stdin=subprocess.DEVNULL,
                              env=os.environ | {"PENSTOCK_BUILD": OUTPUT})
    except subprocess.TimeoutExpired:
        return None


def build(story):
    kind, program, *_ = story.test.split()
    targets = [program] if kind == "unit" else PROGRAMS
    ran = run(["ninja", "-C", OUTPUT, *targets])
    if ran.returncode != 0:
        sys.exit(f"{story.source}: the change does not compile: {ran.stdout[-2000:]}")


def passes(story):
    kind, program, name = story.test.split()
    command = ([os.path.join(OUTPUT, program), f"--gtest_filter={name}"] if kind == "unit" else
               [sys.executable, os.path.join(SOURCE, "tests", "integration", program), name])
    ran = run(command, PATIENCE_S)
    return ran is not None and ran.returncode == 0


def noticed(story):
    """Whether the test passes with the defence and fails without."""
    path = os.path.join(SOURCE, story.file)
    whole = read(path)
    if whole.count(story.defence.encode()) != 1:
        sys.exit(f"{story.source}: {story.file} has its defence {whole.count(story.defence.encode())} "
                 f"times: {story.defence}")
    build(story)
    if not passes(story):
        return False
    try:
        write(path, whole.replace(story.defence.encode(), story.without.encode()))
        build(story)
        return not passes(story)
    finally:
        write(path, whole)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", metavar="SOURCE", help="such as TuneD")
    wanted = [story for story in STORIES if parser.parse_args().only in story.source]
    copy_tree()
    if not os.path.exists(os.path.join(OUTPUT, "build.ninja")):
        subprocess.run(["meson", "setup", OUTPUT, SOURCE, "-Doptimization=0"], check=True,
                       stdout=subprocess.DEVNULL)
    told = []
    for story in wanted:
        told.append({"source": story.source, "test": story.test, "noticed": noticed(story)})
        print(f"{'noticed' if told[-1]['noticed'] else 'MISSED ':8} {story.source}", flush=True)
    if len(wanted) == len(STORIES):
        write(os.path.join(BUILD, "stories.json"), json.dumps(told, indent=2).encode())
    return 0 if all(each["noticed"] for each in told) else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the library exports is what its headers declare, each function at the version under which its
map lists it; Debian's file of symbols promises the same.

usage: symbols.py LIBRARY SOURCE_ROOT
"""

import glob
import os
import re
import subprocess
import sys

library, root = sys.argv[1:]
SOURCES = ("client", "libpenstock")


def text(*path):
    with open(os.path.join(root, *path), encoding="utf-8") as file:
        return file.read()


exported = subprocess.run(["nm", "--dynamic", "--defined-only", "--with-symbol-versions", library],
                          capture_output=True, text=True, check=True).stdout
found = {line.split()[-1].replace("@@", "@") for line in exported.splitlines()}
nodes = re.findall(r"(?ms)^(LIBPENSTOCK_\S+) \{(.*?)^\}", text(*SOURCES, "libpenstock.map"))
versions = {f"{node}@{node}" for node, _ in nodes}
listed = {f"{name}@{node}" for node, names in nodes
          for name in re.findall(r"(?m)^ +(penstock_\w+);", names)}
headers = glob.glob(os.path.join(root, *SOURCES, "include", "penstock", "*.h"))
declared = {name for header in headers for name in re.findall(
    r"(?m)^(?:int|void|double|uint32_t|uint64_t|const char\*) (penstock_\w+)\(", text(header))}
promised = set(re.findall(r"(?m)^ ([\w.]+@LIBPENSTOCK_[\d.]+) ",
                          text("packaging", "debian", "libpenstock1.symbols")))
wrong = [f"{place}: {', '.join(sorted(names ^ wanted))}"
         for place, names, wanted in (
             ("in the map", {each.split("@")[0] for each in listed}, declared),
             ("exported", {each for each in found if "penstock_" in each}, listed),
             ("in Debian's file of symbols", promised, listed | versions))
         if names != wanted]
wrong += [f"exported, and none of ours: {each}" for each in sorted(found - listed - versions)
          if "LIBPENSTOCK" not in each.split("@")[0]]
print("\n".join(wrong) or f"{len(listed)} functions")
sys.exit(bool(wrong))

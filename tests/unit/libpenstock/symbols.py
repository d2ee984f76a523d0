#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the library exports is what its header declares, its map lists and Debian's file of symbols
promises.

usage: symbols.py LIBRARY SOURCE_ROOT
"""

import os
import re
import subprocess
import sys

library, root = sys.argv[1:]


def text(*path):
    with open(os.path.join(root, *path), encoding="utf-8") as file:
        return file.read()


exported = subprocess.run(["nm", "--dynamic", "--defined-only", "--with-symbol-versions", library],
                          capture_output=True, text=True, check=True).stdout
found = {line.split()[-1] for line in exported.splitlines()} - {"LIBPENSTOCK_1.0@@LIBPENSTOCK_1.0"}
wanted = {f"{name}@@LIBPENSTOCK_1.0" for name in re.findall(
    r"(?m)^(?:int|void|double|uint32_t|uint64_t|const char\*) (penstock_\w+)\(",
    text("client", "libpenstock", "include", "penstock", "penstock.h"))}
listed = {f"{name}@@LIBPENSTOCK_1.0" for name in re.findall(
    r"(?m)^ +(penstock_\w+);", text("client", "libpenstock", "libpenstock.map"))}
promised = {f"{name}@@LIBPENSTOCK_1.0" for name in re.findall(
    r"(?m)^ (penstock_\w+)@LIBPENSTOCK_1\.0 ",
    text("packaging", "debian", "libpenstock1.symbols"))}
wrong = [f"{place}: {', '.join(sorted(names ^ wanted))}"
         for place, names in (("exported", {each for each in found if "penstock_" in each}),
                              ("in the map", listed), ("in Debian's file of symbols", promised))
         if names != wanted]
wrong += [f"exported, and none of ours: {each}" for each in sorted(found - wanted)
          if "LIBPENSTOCK" not in each.split("@")[0]]
print("\n".join(wrong) or f"{len(wanted)} functions")
sys.exit(bool(wrong))

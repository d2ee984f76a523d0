# SPDX-License-Identifier: Apache-2.0
"""Prints "FILE CLASS.METHOD" for each scenario here, so that none can be forgotten in the build.

Fails where two have one name: their reports would overwrite each other.
"""

import glob
import importlib
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))


def flattened(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flattened(test)
        else:
            yield test


seen = {}
for path in sorted(glob.glob(os.path.join(HERE, "*_scenarios.py"))):
    name = os.path.basename(path)
    module = importlib.import_module(name.removesuffix(".py"))
    for test in flattened(unittest.defaultTestLoader.loadTestsFromModule(module)):
        test_name = test.id().partition(".")[2]
        if test_name in seen:
            sys.exit(f"{test_name} is in {seen[test_name]} and in {name}")
        seen[test_name] = name
        print(name, test_name)

# SPDX-License-Identifier: Apache-2.0
"""Prints "FILE CLASS.METHOD" for each scenario here, so that none can be forgotten in the build."""

import glob
import importlib
import os
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))


def flattened(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flattened(test)
        else:
            yield test


for path in sorted(glob.glob(os.path.join(HERE, "*_scenarios.py"))):
    name = os.path.basename(path)
    module = importlib.import_module(name.removesuffix(".py"))
    for test in flattened(unittest.defaultTestLoader.loadTestsFromModule(module)):
        print(name, test.id().partition(".")[2])

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who is in Penstock's care behaves like its untouched twin: one test for each play."""

import unittest

import scenario  # First: it says where the modules below are.

import twins
from emulated_stand import RULES, EmulatedStand


class Twins(unittest.TestCase):
    def play(self, name):
        for rule in RULES:
            with EmulatedStand(f"--permission={rule}") as stand:
                for record in twins.compare(stand, [name]):
                    if (rule, name) not in twins.KNOWN:
                        self.assertEqual(record["trace"], record["untouched"],
                                         f"{record['care']}, driver's rule: {rule}")


def _test(name):
    return lambda self: self.play(name)


for _name in twins.twin_plays.all_plays():
    setattr(Twins, f"test_{_name}", _test(_name))


if __name__ == "__main__":
    scenario.main()

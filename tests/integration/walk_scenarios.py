#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A short random walk; the long ones are figures."""

import argparse
import unittest

import scenario  # First: it says where the modules below are.

import random_walk


class ShortWalk(unittest.TestCase):
    def test_leaves_nothing_suspended_stopped_attached_or_grown(self):
        options = argparse.Namespace(steps=600, processes=16, queues=64)
        told = random_walk.walk(options, seed=20)
        print(told)
        self.assertEqual(told["violations"], [])
        self.assertGreaterEqual(told["most_queues"], 64)


if __name__ == "__main__":
    scenario.main()

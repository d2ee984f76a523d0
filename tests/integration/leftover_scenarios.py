#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The demonstration leaves nothing behind, however it ends."""

import os
import signal
import subprocess
import sys
import time
import unittest

import scenario  # First: it says where the modules below are.

from stand import build_directory

RUNNER = os.path.join(scenario.ROOT, "packaging", "quickstart", "run.py")


def descendants(pid):
    """All processes below `pid`, as (pid, start time), which outlives the tree's root."""
    parents, found = {}, []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat", encoding="ascii", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(entry)] = (int(fields[1]), fields[19])
    wanted = {pid}
    while True:
        new = [(child, start) for child, (parent, start) in parents.items()
               if parent in wanted and child not in wanted]
        if not new:
            return found
        wanted |= {child for child, _ in new}
        found += new


def alive(process):
    pid, start = process
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return False
    return fields[19] == start and fields[0] != "Z"


class Leftovers(unittest.TestCase):
    def setUp(self):
        self.run_directory = os.path.join(build_directory(), "run")
        self.runner = subprocess.Popen([sys.executable, RUNNER, "--scale=0.3"],
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                       text=True)
        self.addCleanup(self.runner.wait)
        self.addCleanup(self.runner.kill)
        # Until the second phase has begun, in which all programs run.
        for line in self.runner.stdout:
            if line.startswith("[2/3]"):
                break
        time.sleep(1.5)
        self.started = descendants(self.runner.pid)
        self.assertGreaterEqual(len(self.started), 5, self.started)

    def tearDown(self):
        self.runner.stdout.close()

    def assert_nothing_is_left(self):
        deadline = time.monotonic() + 5
        while any(map(alive, self.started)) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual([process for process in self.started if alive(process)], [])
        with open("/proc/self/mounts", encoding="utf-8") as mounts:
            self.assertNotIn(self.run_directory, mounts.read())
        if os.path.isdir(self.run_directory):
            self.assertEqual(os.listdir(self.run_directory), [])

    def end_by(self, number):
        self.runner.send_signal(number)
        return self.runner.wait(15)

    def test_after_ctrl_c(self):
        self.assertNotEqual(self.end_by(signal.SIGINT), 0)
        self.assert_nothing_is_left()

    def test_after_termination(self):
        self.assertNotEqual(self.end_by(signal.SIGTERM), 0)
        self.assert_nothing_is_left()

    def test_after_sigkill_of_the_runner(self):
        self.assertEqual(self.end_by(signal.SIGKILL), -signal.SIGKILL)
        self.assert_nothing_is_left()


if __name__ == "__main__":
    scenario.main()

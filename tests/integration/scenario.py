# SPDX-License-Identifier: Apache-2.0
"""Scenario: what the integration tests share. Each runs the shipped programs on a stand of its own.

The tests say what happens in the end, with patience; how fast it happens is a figure, not a test.
"""

import os
import sys
import time
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(ROOT, "packaging", "quickstart"),
                os.path.join(ROOT, "tests", "figures")]

import isolation
from stand import Stand

SKIPPED = 77  # What meson takes for a skipped test.
BUSY = ("--closed", "--depth=8", "--kernel-us=500")


class Scenario(unittest.TestCase):
    device = True

    def setUp(self):
        self.stand = self.enterContext(self.make_stand())

    def make_stand(self):
        return Stand(device=self.device)

    def eventually(self, holds, sentence, timeout_s=5.0):
        deadline = time.monotonic() + timeout_s
        while not holds():
            if time.monotonic() > deadline:
                agent = self.stand.agent
                said = f"; the agent said: {agent.last_words(20)}" if agent else ""
                self.fail(f"not after {timeout_s:g} s: {sentence}{said}")
            time.sleep(0.01)

    def assert_runs(self, client):
        """The device takes packets of this client."""
        before = client.consumed()
        self.eventually(lambda: client.consumed() > before, f"{client.name} makes progress")

    def assert_agent_serves(self):
        self.assertTrue(self.stand.agent.alive(), self.stand.agent.last_words())
        self.assertTrue(self.stand.bus.get("/org/penstock1", "Manager", "Version"))

    def refusal(self, *arguments):
        """What busctl says about a call that has to fail."""
        answer = self.stand.bus.busctl(*arguments)
        self.assertNotEqual(answer.returncode, 0, f"accepted: {arguments}")
        return answer.stderr.strip()

    def assert_says(self, child, *words, timeout_s=5.0):
        self.eventually(lambda: all(word in child.output() for word in words),
                        f"{child.name} says {words}", timeout_s)


def main():
    """Runs the scenarios named on the command line, or all of the file."""
    if os.geteuid() != 0:
        print("skipped: this needs root")
        sys.exit(SKIPPED)
    isolation.enter_private_mounts()
    unittest.main(verbosity=2)

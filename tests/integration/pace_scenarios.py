#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A user who asks for everything as fast as the bus takes it, and the others beside him."""

import json
import os
import time

import scenario  # First: it says where the modules below are.

from bus import process_path
from child import Child
from open_stand import DAEMON, OpenStand
from stand import build_directory

PER_SECOND, BURST, KEPT = 2000, 1000, 256  # As agent/publish/request_quota.h and paced_queue.h say.
FLOOD_S = 1.5


class Pace(scenario.Scenario):
    def make_stand(self):
        return OpenStand()

    def setUp(self):
        super().setUp()
        self.stand.start_agent()
        self.client = self.stand.start_workload("client", *scenario.BUSY)
        self.stand.wait_until_known(self.client)

    def flood(self, meanwhile, *more):
        """What it was told, and how long that can have taken at most."""
        program = os.path.join(build_directory(), "tests", "bus_fuzz", "penstock-bus-flood")
        begun = time.monotonic()
        flood = Child("flood", [program, f"--bus={self.stand.bus.address}",
                                f"--pid={self.client.pid}", f"--uid={DAEMON}", *more],
                      self.stand.directory)
        self.stand.children.append(flood)
        flood.wait_for(lambda child: "ready" in child.output(), "connections")
        until = time.monotonic() + FLOOD_S
        while time.monotonic() < until:
            meanwhile()
        flood.stop()
        return json.loads(flood.lines()[-1]), time.monotonic() - begun

    def others_are_heard(self):
        priority = 1 + self.stand.bus.get(process_path(self.client.pid), "Process", "Priority") % 20
        self.stand.bus.set_priority(self.client.pid, priority)
        self.assertEqual(self.stand.bus.get(process_path(self.client.pid), "Process", "Priority"),
                         priority)

    def test_of_one_user_is_bounded_and_he_loses_no_answer(self):
        told, seconds = self.flood(self.others_are_heard)
        answers = told["answers"] + told["refusals"]
        self.assertLessEqual(answers, BURST + PER_SECOND * seconds)
        self.assertGreater(answers, BURST, "he is slowed down, not shut out")
        self.assertGreater(told["answers"], answers / 2, "only his changes are refused")
        self.assert_agent_serves()

    def test_of_one_user_with_more_under_way_than_is_kept(self):
        under_way = 8 * 64
        self.assertGreater(under_way, KEPT)
        told, _ = self.flood(self.others_are_heard, "--under-way=64")
        self.assertGreater(told["refusals"], 0)
        self.assert_agent_serves()


if __name__ == "__main__":
    scenario.main()

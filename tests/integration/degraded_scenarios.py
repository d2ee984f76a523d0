#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Surroundings that are not as expected: a second agent, no device."""

import scenario  # First: it says where the modules below are.

from child import Child


class SecondAgent(scenario.Scenario):
    def test_is_refused_with_a_sentence_and_the_first_one_stays(self):
        self.stand.start_agent()
        first = self.stand.agent
        client = self.stand.start_workload("client", *scenario.BUSY)
        self.stand.wait_until_known(client)
        second = Child("second", self.stand.agent_command(), self.stand.directory)
        self.stand.children.append(second)
        self.assertNotEqual(second.wait(10), 0)
        self.assertIn("org.penstock1", second.output())
        self.assertTrue(first.alive())
        self.assert_agent_serves()
        self.assert_runs(client)


class NoDevice(scenario.Scenario):
    device = False

    def test_leaves_the_agent_up_and_says_so(self):
        agent = self.stand.start_agent()
        self.assert_says(agent, "kfd")
        self.assert_agent_serves()
        self.assertEqual(self.stand.list_queues(), [])
        self.assertEqual(self.stand.stop_agent().acts, [])


if __name__ == "__main__":
    scenario.main()

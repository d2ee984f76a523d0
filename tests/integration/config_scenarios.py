#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Configuration files: rules that grant, and slips that are told and survived."""

import os

import scenario  # First: it says where the modules below are.

from bus import MANAGER


class Configured(scenario.Scenario):
    def setUp(self):
        super().setUp()
        self.stand.config_root = self.stand.path("config")

    def write(self, name, text):
        path = os.path.join(self.stand.config_root, "etc", "penstock", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def priority_of(self, workload):
        return self.stand.bus.get(f"{MANAGER}/process/{workload.pid}", "Process", "Priority")


class Rules(Configured):
    def test_say_where_a_process_starts_and_the_bus_says_where_it_goes(self):
        self.write("rules.d/50-work.conf",
                   "[Match]\nUser=root\nExecutable=*/penstock-kfd-workload\n[Apply]\nPriority=7\n")
        self.stand.start_agent()
        client = self.stand.start_workload("client", *scenario.BUSY)
        self.stand.wait_until_known(client)
        self.assertEqual(self.priority_of(client), 7)
        self.stand.bus.set_priority(client.pid, -3)
        self.assertEqual(self.priority_of(client), -3)

    def test_never_raise_by_what_a_process_says_of_itself(self):
        self.write("rules.d/50-work.conf",
                   "[Match]\nCommand=*workload*\n[Apply]\nPriority=7\n")
        agent = self.stand.start_agent()
        self.assert_says(agent, "50-work.conf:4", "may not raise it")
        client = self.stand.start_workload("client", *scenario.BUSY)
        self.stand.wait_until_known(client)
        self.assertEqual(self.priority_of(client), 0)


class Settings(Configured):
    def test_of_files_hold_and_those_of_the_command_line_win(self):
        self.write("agent.conf", "[Agent]\nPolicy=observe-only\n")
        self.stand.start_agent()
        self.assertEqual(self.stand.bus.get(MANAGER, "Manager", "Policy"), "observe-only")
        self.stand.stop_agent()
        self.stand.start_agent(policy="fixed-priority")
        self.assertEqual(self.stand.bus.get(MANAGER, "Manager", "Policy"), "fixed-priority")

    def test_with_a_slip_leave_the_agent_serving_and_saying_so(self):
        self.write("agent.conf", "[Agent]\nPolicy=no-such-policy\nTickSec=5ms\n")
        agent = self.stand.start_agent()
        self.assert_says(agent, "agent.conf:2", "no-such-policy")
        reasons = self.stand.bus.get(MANAGER, "Manager", "DegradedReasons")
        self.assertIn("agent.conf:2", " ".join(reasons))
        self.assertEqual(self.stand.bus.get(MANAGER, "Manager", "Policy"), "fixed-priority")
        self.assert_agent_serves()


if __name__ == "__main__":
    scenario.main()

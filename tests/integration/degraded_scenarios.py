#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Surroundings that are not as expected: a second agent, no device, no permission for BPF."""

import time

import scenario  # First: it says where the modules below are.

import measure
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


class NoGate(scenario.Scenario):
    def test_that_stays_alive_leaves_the_agent_serving_at_rest_and_says_so(self):
        self.stand.gate_program = "/bin/false"
        agent = self.stand.start_agent()
        self.assert_says(agent, "the gate is gone")
        self.assert_agent_serves()
        before = measure.cpu_seconds(agent.pid)
        time.sleep(1)
        self.assertLess(measure.cpu_seconds(agent.pid) - before, 0.3, "it does not try in a circle")
        self.assert_agent_serves()


class NoBpf(scenario.Scenario):
    WITHOUT_BPF = ("setpriv", "--bounding-set=-bpf,-perfmon,-sys_admin",
                   "--inh-caps=-bpf,-perfmon,-sys_admin")

    def test_schedules_by_sampling_and_names_what_is_missing(self):
        self.stand.start_agent(policy="fixed-priority", wrapper=self.WITHOUT_BPF)
        reasons = self.stand.bus.get("/org/penstock1", "Manager", "DegradedReasons")
        self.assertIn("CAP_BPF", " ".join(reasons))
        background = self.stand.start_workload("background", *scenario.BUSY)
        foreground = self.stand.start_workload("foreground", "--load=0.2")
        for client in (background, foreground):
            self.stand.wait_until_known(client)
        self.stand.bus.set_priority(foreground.pid, 10)
        counted = lambda: self.stand.bus.get(
            f"/org/penstock1/process/{background.pid}", "Process", "NPreemptions")
        self.eventually(lambda: counted() > 10, "the background is preempted again and again")
        self.assert_runs(background)
        self.assert_runs(foreground)


if __name__ == "__main__":
    scenario.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bad input from callers and clients: a clear sentence, nothing lost, the agent up."""

import scenario  # First: it says where the modules below are.

from bus import MANAGER, NAME, process_path


class BadRequests(scenario.Scenario):
    def setUp(self):
        super().setUp()
        self.stand.start_agent(policy="fixed-priority")
        self.client = self.stand.start_workload("client", *scenario.BUSY)
        self.stand.wait_until_known(self.client)

    def tearDown(self):
        self.assert_agent_serves()
        self.assert_runs(self.client)

    def set_priority(self, pid, value):
        return self.refusal("set-property", NAME, process_path(pid), f"{NAME}.Process", "Priority",
                            "i", value)

    def test_unknown_pid(self):
        self.assertIn("4194304", self.refusal(
            "call", NAME, MANAGER, f"{NAME}.Manager", "SetProcessPriority", "uia{sv}", 4194304, 1,
            0))

    def test_vanished_pid(self):
        self.client.finish()
        self.eventually(lambda: not self.stand.queue_counts(), "the queue is forgotten")
        self.set_priority(self.client.pid, 1)
        self.client = self.stand.start_workload("next", *scenario.BUSY)

    def test_priority_out_of_range(self):
        for value in (-21, 21, 2147483647, -2147483648):
            sentence = self.set_priority(self.client.pid, value)
            self.assertIn("-20", sentence)
            self.assertIn("20", sentence)
        path = process_path(self.client.pid)
        self.assertEqual(self.stand.bus.get(path, "Process", "Priority"), 0)

    def test_policy_that_does_not_exist(self):
        sentence = self.refusal("set-property", NAME, MANAGER, f"{NAME}.Manager", "Policy", "s",
                                "wishful")
        self.assertIn("wishful", sentence)
        self.assertIn("fixed-priority", sentence)
        self.assertEqual(self.stand.bus.get(MANAGER, "Manager", "Policy"), "fixed-priority")


class HostileClients(scenario.Scenario):
    """A well-behaved client of higher priority and an innocent one run beside the hostile one."""

    def setUp(self):
        super().setUp()
        self.stand.start_agent(policy="fixed-priority")
        self.innocent = self.stand.start_workload("innocent", *scenario.BUSY)
        self.preferred = self.stand.start_workload("preferred", "--load=0.1")
        self.stand.wait_until_known(self.innocent, self.preferred)
        self.stand.bus.set_priority(self.preferred.pid, 10)

    def beside(self, how, *more):
        hostile = self.stand.start_workload(how, f"--misbehave={how}", "--duration=2", *more)
        self.assert_runs(self.innocent)
        self.assert_runs(self.preferred)
        hostile.process.wait(10)
        self.eventually(lambda: hostile.pid not in self.stand.queue_counts(),
                        "the hostile client's queue is forgotten")
        self.assert_runs(self.innocent)
        self.assert_runs(self.preferred)
        self.assert_agent_serves()
        return hostile

    def test_liar_about_pointers(self):
        self.beside("liar-pointers")

    def test_liar_with_the_highest_priority(self):
        hostile = self.stand.start_workload("liar", "--misbehave=liar-pointers", "--duration=4")
        self.stand.wait_until_known(hostile)
        self.stand.bus.set_priority(hostile.pid, 20)
        self.assert_runs(self.innocent)
        self.assert_runs(self.preferred)
        self.assert_agent_serves()

    def test_ring_that_is_unmapped(self):
        self.beside("unmap-ring")

    def test_death_inside_an_ioctl(self):
        self.beside("die-in-ioctl")

    def test_short_arguments(self):
        self.beside("short-args")

    def test_absurd_sizes(self):
        self.beside("absurd-sizes")

    def test_client_without_an_enabled_runtime(self):
        client = self.stand.start_workload("old-runtime", *scenario.BUSY, "--no-runtime-enable")
        self.stand.wait_until_known(client)
        self.assert_runs(client)
        self.assert_agent_serves()


if __name__ == "__main__":
    scenario.main()

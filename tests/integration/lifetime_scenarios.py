#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The agent comes and goes; clients and their queues stay."""

import scenario  # First: it says where the modules below are.

import kill_bench
from bus import process_path


class Lifetime(scenario.Scenario):
    def test_queues_created_before_the_agent_are_found(self):
        client = self.stand.start_workload("early", *scenario.BUSY, "--queues=3")
        self.stand.start_agent()
        self.stand.wait_until_known(client)
        self.assertEqual(self.stand.queue_counts(), {client.pid: 3})

    def test_queues_come_and_go_without_the_client_knowing(self):
        self.stand.start_agent()
        client = self.stand.start_workload("client", *scenario.BUSY, "--queues=2")
        self.stand.wait_until_known(client)
        client.finish()
        self.eventually(lambda: not self.stand.queue_counts(), "no queue is listed any more")

    def test_termination_resumes_first(self):
        self.stand.start_agent()
        client = kill_bench.start_busy_client(self.stand)
        kill_bench.hold(self.stand, client)
        trace = self.stand.stop_agent()
        self.assert_runs(client)
        self.assertEqual(trace.failures(), [])

    def test_restart_finds_all_queues_again(self):
        self.stand.start_agent()
        clients = [self.stand.start_workload(f"client-{number}", *scenario.BUSY, "--queues=2")
                   for number in range(3)]
        self.stand.wait_until_known(*clients)
        before = self.stand.queue_counts()
        self.stand.stop_agent()
        self.stand.start_agent()
        self.stand.wait_until_known(*clients)
        self.assertEqual(self.stand.queue_counts(), before)

    def test_what_is_set_over_the_bus_outlives_a_killed_agent(self):
        self.stand.start_agent()
        client = self.stand.start_workload("client", *scenario.BUSY)
        self.stand.wait_until_known(client)
        path = process_path(client.pid)
        self.stand.bus.set_priority(client.pid, 7)
        self.stand.bus.set(path, "Process", "Preemptible", "b", "false")
        terms = {"Weight": 200, "Class": "batch", "DeadlineUSec": 50000, "CostUSec": 5000}
        done = self.stand.ctl("set", client.pid, "weight=200", "class=batch", "deadline=50ms",
                              "cost=5ms")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.replace_agent(client)
        self.assertEqual(self.stand.bus.get(path, "Process", "Priority"), 7)
        self.assertEqual(self.stand.bus.get(path, "Process", "Preemptible"), False)
        self.assertEqual(self.stand.bus.get(path, "Process", "PrioritySource"), "dbus:0")
        for name, value in terms.items():
            self.assertEqual(self.stand.bus.get(path, "Process", name), value)
        self.assertEqual(self.stand.bus.get(path, "Process", "ClassSource"), "dbus:0")
        self.assertEqual(self.stand.ctl("reset", client.pid).returncode, 0)
        self.replace_agent(client)
        names = ("Priority", "PrioritySource", "Weight", "Class", "DeadlineUSec", "Preemptible")
        self.assertEqual([self.stand.bus.get(path, "Process", name) for name in names],
                         [0, "default", 100, "normal", 0, False])

    def replace_agent(self, client):
        self.stand.agent.kill()
        self.stand.children.remove(self.stand.agent)
        self.eventually(lambda: not self.stand.bus.has_owner(), "its name is free")
        self.stand.start_agent()
        self.stand.wait_until_known(client)

    def test_restarted_agent_still_suspends_and_resumes(self):
        self.stand.start_agent()
        client = kill_bench.start_busy_client(self.stand)
        self.stand.stop_agent()
        self.stand.start_agent()
        self.stand.wait_until_known(client)
        kill_bench.hold(self.stand, client)
        self.stand.bus.call("ResumeAll")
        self.assert_runs(client)


if __name__ == "__main__":
    scenario.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""SIGKILL while queues are suspended: whoever dies, the others run again."""

import os
import signal

import scenario  # First: it says where the modules below are.

import kill_bench


class Killed(scenario.Scenario):
    def setUp(self):
        super().setUp()
        self.stand.start_agent(policy="fixed-priority")

    def resumes_after(self, kill):
        client = kill_bench.start_busy_client(self.stand)
        took_ms = kill_bench.held_and_killed_ms(self.stand, client, kill)
        print(f"resumed after {took_ms:.1f} ms")
        return client

    def assert_keeps_running(self, client):
        """A guard's run window would look like a resume at first, but ends soon."""
        self.assertLess(kill_bench.longest_standstill_s(client, 0.5), 0.1)

    def test_agent(self):
        self.assert_keeps_running(self.resumes_after(kill_bench.kill_agent))

    def test_gate(self):
        self.resumes_after(kill_bench.kill_gate)
        self.assert_agent_serves()
        self.stand.gate_pid()  # There is one again.

    def test_gate_that_found_no_rest(self):
        """The kernel sends SIGXCPU to whoever runs before everybody else for too long."""
        gate = self.stand.gate_pid()
        real_time = os.SCHED_FIFO | os.SCHED_RESET_ON_FORK
        self.eventually(lambda: os.sched_getscheduler(gate) == real_time, "runs in real time")
        os.kill(gate, signal.SIGXCPU)
        self.eventually(lambda: os.sched_getscheduler(gate) != real_time, "steps down")
        self.eventually(lambda: os.sched_getscheduler(gate) == real_time, "steps up again")
        self.assertEqual(self.stand.gate_pid(), gate)
        self.assert_agent_serves()

    def test_agent_and_gate(self):
        self.assert_keeps_running(self.resumes_after(kill_bench.kill_both))

    def test_client_that_others_yield_to(self):
        took_ms = kill_bench.preferred_client_killed_ms(self.stand)
        print(f"resumed after {took_ms:.1f} ms")
        self.assert_agent_serves()

    def test_suspended_client(self):
        client = kill_bench.start_busy_client(self.stand)
        kill_bench.hold(self.stand, client)
        client.kill()
        self.eventually(lambda: client.pid not in self.stand.queue_counts(),
                        "the dead client's queue is forgotten")
        self.assert_agent_serves()
        self.assert_runs(self.stand.start_workload("next", *scenario.BUSY))


if __name__ == "__main__":
    scenario.main()

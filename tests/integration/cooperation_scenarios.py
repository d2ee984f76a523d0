#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A client that cooperates is scheduled by orders; one that does not keep its word is found out."""

import os

import scenario  # First: it says where the modules below are.

import kill_bench
import order_desk
from bus import process_path

UNDONE_S = 1.0  # The promise is 0.1 s; a busy machine gets more.


class Cooperation(scenario.Scenario):
    def setUp(self):
        super().setUp()
        self.socket = self.stand.path("client.sock")
        self.stand.start_agent(policy="fixed-priority")

    def start_client(self, *more, level):
        client = self.stand.start_workload("client", *scenario.BUSY, f"--cooperate={self.socket}",
                                           *more)
        self.stand.wait_until_known(client)
        self.wait_for_level(client, level)
        return client

    def level(self, client):
        return self.stand.bus.get(process_path(client.pid), "Process", "PreemptionLevel")

    def reason(self, client):
        return self.stand.bus.get(process_path(client.pid), "Process", "PreemptionLevelReason")

    def wait_for_level(self, client, level):
        self.eventually(lambda: self.level(client) == level, f"{client.name} is at {level}", 10.0)

    def assert_resumed_by(self, client, act):
        took_ms = kill_bench.until_progress_ms(client, act)
        print(f"resumed after {took_ms:.1f} ms")
        self.assertLess(took_ms, 1000 * UNDONE_S)

    def resume_all(self):
        self.stand.bus.call("ResumeAll")

    def test_preempts_and_resumes_by_orders(self):
        client = self.start_client(level="cooperative-save")
        kill_bench.hold(self.stand, client)
        self.assert_resumed_by(client, self.resume_all)
        self.assertEqual(self.level(client), "cooperative-save")
        self.assertEqual(self.stand.stop_agent().failures(), [])

    def test_preempts_all_queues(self):
        client = self.start_client("--queues=3", level="cooperative-save")
        kill_bench.hold(self.stand, client)
        acts = self.stand.stop_agent().suspends()
        self.assertEqual({act["queues"] for act in acts}, {3})

    def test_yields_to_a_higher_priority(self):
        client = self.start_client(level="cooperative-save")
        preferred = self.stand.start_workload("preferred", *scenario.BUSY)
        self.stand.wait_until_known(preferred)
        self.stand.bus.set_priority(preferred.pid, 10)
        kill_bench.wait_for_standstill(client)
        self.assert_runs(preferred)
        self.assert_runs(client)  # In the guard's run windows.

    def test_runs_again_when_the_agent_is_killed(self):
        client = self.start_client(level="cooperative-save")
        kill_bench.hold(self.stand, client)
        self.assert_resumed_by(client, lambda: kill_bench.kill_agent(self.stand))
        self.assertLess(kill_bench.longest_standstill_s(client, 0.5), 0.1)

    def test_runs_again_when_the_gate_is_killed(self):
        client = self.start_client(level="cooperative-save")
        kill_bench.hold(self.stand, client)
        self.assert_resumed_by(client, lambda: kill_bench.kill_gate(self.stand))
        self.assert_agent_serves()

    def test_cooperates_with_the_next_gate(self):
        client = self.start_client(level="cooperative-save")
        first = self.stand.gate_pid()
        kill_bench.kill_gate(self.stand)
        self.eventually(lambda: self.stand.gate_pid() != first, "there is another gate")
        self.wait_for_level(client, "cooperative-save")
        kill_bench.hold(self.stand, client)
        self.assert_resumed_by(client, self.resume_all)

    def test_cooperates_with_the_next_agent(self):
        client = self.start_client(level="cooperative-save")
        self.stand.stop_agent()
        self.stand.start_agent(policy="fixed-priority")
        self.stand.wait_until_known(client)
        self.wait_for_level(client, "cooperative-save")

    def test_silent_client_is_suspended_by_the_driver(self):
        self.assert_climbs_down("silent", "has not answered")

    def test_failing_client_is_suspended_by_the_driver(self):
        self.assert_climbs_down("error", "Input/output error")

    def test_lying_client_is_found_out(self):
        self.assert_climbs_down("lie", "")

    def assert_climbs_down(self, how, word):
        client = self.stand.start_workload("client", *scenario.BUSY, f"--cooperate={self.socket}",
                                           f"--disobey={how}")
        self.stand.wait_until_known(client)
        # The first order may have shown already what its word is worth.
        self.eventually(lambda: self.level(client) == "cooperative-save"
                        or "cooperative-save" in self.reason(client), "it was taken at its word")
        self.stand.bus.busctl("call", kill_bench.NAME, process_path(client.pid),
                              f"{kill_bench.NAME}.Process", "Preempt", "ts",
                              kill_bench.HOLD_US, "a test")
        self.wait_for_level(client, "debug-suspend")
        self.assertIn("cooperative-save", self.reason(client))
        self.assertIn(word, self.reason(client))
        kill_bench.hold(self.stand, client)
        self.assert_resumed_by(client, self.resume_all)
        self.assert_agent_serves()

    def test_client_that_can_not_save_is_suspended_by_the_driver(self):
        client = self.start_client("--abilities=limit", level="debug-suspend")
        self.assertIn("save", self.reason(client))

    def test_launch_limit_holds_and_releases(self):
        client = self.start_client("--abilities=limit", "--no-runtime-enable",
                                   level="launch-limit")
        kill_bench.hold(self.stand, client)
        self.assert_resumed_by(client, self.resume_all)

    def test_launch_limit_runs_again_when_agent_and_gate_are_killed(self):
        client = self.start_client("--abilities=limit", "--no-runtime-enable",
                                   level="launch-limit")
        kill_bench.hold(self.stand, client)
        self.assert_resumed_by(client, lambda: kill_bench.kill_both(self.stand))

    def test_client_that_dies_is_forgotten(self):
        client = self.start_client(level="cooperative-save")
        kill_bench.hold(self.stand, client)
        client.kill()
        self.eventually(lambda: client.pid not in self.stand.queue_counts(),
                        "the dead client's queue is forgotten")
        self.assert_agent_serves()

    def test_other_versions_are_refused(self):
        reason = order_desk.answer_to_hello(self.socket, order_desk.hello(oldest=7, newest=9))
        self.assertIn("7 to 9", reason)
        self.assertIn("version 1", reason)
        self.assertIsNone(order_desk.answer_to_hello(
            self.socket, order_desk.hello(oldest=1, newest=9)))
        self.assertIn("magic", order_desk.answer_to_hello(self.socket, order_desk.hello(magic=1)))
        self.assertIn("bytes", order_desk.answer_to_hello(self.socket, b"hello"))

    def test_everybody_may_knock(self):
        self.assertEqual(os.stat(self.socket).st_mode & 0o777, 0o666)
        self.stand.stop_agent()
        self.assertFalse(os.path.exists(self.socket))


if __name__ == "__main__":
    scenario.main()

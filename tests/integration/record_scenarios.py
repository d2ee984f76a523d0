#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A run is recorded by the agent, decided again from the record, and explained."""

import os
import signal
import subprocess

import scenario  # First: it says where the modules below are.

import replay_bench
import simulator


class Record(scenario.Scenario):
    def setUp(self):
        super().setUp()
        self.record = self.stand.path("decisions.ndjson")

    def start(self, *options):
        self.stand.start_agent(f"--decisions={self.record}", *options, policy="fixed-priority")

    def told(self, verb, *words):
        """Nobody decided otherwise, and the record was read to its end, or it raises."""
        return simulator.told(self.stand.build, verb, self.record, *words)

    def test_is_decided_again_without_a_difference(self):
        self.start()
        replay_bench.play(self.stand, step_s=0.3)
        self.stand.stop_agent()
        replayed = self.told("replay")
        self.assertEqual(replayed["differences"], 0, replayed)
        self.assertEqual(replayed["recorded_policy"], "fixed-priority, fair-share, fixed-priority")
        self.assertGreater(replayed["ticks"], 50)
        self.assertGreater(replayed["decisions"], 3)
        self.assertGreater(self.told("replay", "--policy=round-robin")["differences"], 0)

    def test_tells_who_waited_for_whom(self):
        self.start()
        background, foreground = replay_bench.play(self.stand, step_s=0.3)
        trace = self.stand.stop_agent()
        told = self.told("report")
        owners = {owner["pid"]: owner for owner in told["owners"]}
        waited = owners[background]
        self.assertEqual(waited["command"], "background")
        # Suspends of an owner that was gone have no pid in the trace.
        suspends = [act for act in trace.suspends() if act["pid"] == background]
        self.assertEqual(waited["preemptions"], len(suspends))
        self.assertIn(foreground, [each["cause_pid"] for each in waited["suspensions"]])
        self.assertIn("higher-rank-has-work", [each["reason"] for each in waited["suspensions"]])
        self.assertGreater(owners[foreground]["gained_seconds"], 0)
        self.assertLess(waited["longest_suspension_seconds"], 2)
        self.assertTrue(told["devices"][0]["emulated"])

    def test_of_a_killed_agent_is_read_to_its_last_line(self):
        self.start()
        client = self.stand.start_workload("client", *scenario.BUSY)
        self.stand.wait_until_known(client)
        self.eventually(lambda: b'"client"' in self.tail(1 << 20), "the client is in the record")
        os.kill(self.stand.agent.pid, signal.SIGKILL)
        self.stand.agent.wait(5.0)
        program = os.path.join(self.stand.build, "sim", "penstock-sim")
        done = subprocess.run([program, "replay", self.record],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"line \d+: (it is cut short|the record stops here)")
        self.assertIn("decides otherwise at 0\n", done.stdout)

    def tail(self, length=200):
        with open(self.record, "rb") as file:
            file.seek(max(0, os.path.getsize(self.record) - length))
            return file.read()


if __name__ == "__main__":
    scenario.main()

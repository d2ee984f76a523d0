#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Traces: what penstockctl trace writes can be read by a viewer, however the trace ends."""

import json
import os
import signal
import subprocess

import scenario  # First: it says where the modules below are.

from bus import MANAGER, NAME


class Traced(scenario.Scenario):
    def setUp(self):
        super().setUp()
        self.stand.start_agent()
        self.urgent = self.stand.start_workload("urgent", *scenario.BUSY)
        self.batch = self.stand.start_workload("batch", *scenario.BUSY)
        for client in (self.urgent, self.batch):
            self.stand.wait_until_preemptible(client)
        self.path = self.stand.path("out.trace")

    def events(self):
        with open(self.path, encoding="ascii") as file:
            whole = json.load(file)
        self.assertEqual(whole["otherData"],
                         {"clock": "CLOCK_MONOTONIC", "dropped": 0, "emulated": True})
        return whole["traceEvents"]

    def preempt_batch(self):
        self.stand.bus.set_priority(self.urgent.pid, 10)
        self.eventually(lambda: self.stand.bus.get(f"{MANAGER}/process/{self.batch.pid}",
                                                   "Process", "NPreemptions") > 2,
                        "the other one is preempted")

    def start_trace(self):
        tracing = subprocess.Popen([self.stand.program("penstockctl"),
                                    f"--bus={self.stand.bus.address}", "trace", self.path],
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(tracing.stderr.close)
        self.addCleanup(tracing.wait)
        self.addCleanup(tracing.kill)
        self.eventually(lambda: os.path.exists(self.path) and os.path.getsize(self.path) > 0,
                        "the trace has begun")
        return tracing

    def assert_shows_preemptions(self):
        events = self.events()
        rows = {event["tid"]: event["args"]["name"] for event in events
                if event["name"] == "thread_name"}
        spans = [event for event in events if event["name"] == "preempted"]
        self.assertTrue(spans)
        for span in spans:
            self.assertRegex(rows[span["tid"]], f" {self.batch.pid}$")
            self.assertGreater(span["dur"], 0)
        counters = [event for event in events if event["ph"] == "C"]
        self.assertTrue(any("DRAM" in event["name"] for event in counters))


class Written(Traced):
    def test_until_it_is_interrupted(self):
        tracing = self.start_trace()
        self.preempt_batch()
        tracing.send_signal(signal.SIGINT)
        self.assertEqual(tracing.wait(15), 0, tracing.stderr.read())
        self.assert_shows_preemptions()

    def test_for_so_many_seconds(self):
        self.preempt_batch()
        done = self.stand.ctl("trace", self.path, "--seconds=1", timeout_s=20)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_shows_preemptions()
        again = self.stand.ctl("trace", self.path, "--seconds=1", timeout_s=20)
        self.assertEqual(again.returncode, 1)
        self.assertIn("create", again.stderr)

    def test_until_the_agent_ends(self):
        tracing = self.start_trace()
        self.preempt_batch()
        self.stand.stop_agent()
        self.assertEqual(tracing.wait(15), 0, tracing.stderr.read())
        self.assert_shows_preemptions()

    def test_one_at_a_time_and_again_when_its_client_was_killed(self):
        tracing = self.start_trace()
        other = self.stand.ctl("trace", self.stand.path("other.trace"), "--seconds=1")
        self.assertEqual(other.returncode, 1)
        self.assertIn("one at a time", other.stderr)
        tracing.kill()
        self.eventually(lambda: self.stand.ctl("trace", self.stand.path("next.trace"),
                                               "--seconds=1", timeout_s=20).returncode == 0,
                        "there is place for the next one", timeout_s=15)
        self.assert_agent_serves()


class RefusedTraces(Traced):
    def test_stop_of_no_trace_is_nothing(self):
        answer = self.stand.bus.busctl("call", NAME, MANAGER, f"{NAME}.Manager", "StopTrace", "t",
                                       "77")
        self.assertEqual(answer.returncode, 0, answer.stderr)


if __name__ == "__main__":
    scenario.main()

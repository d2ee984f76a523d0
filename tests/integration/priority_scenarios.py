#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""busctl changes who runs, and the trace shows that nobody else was touched."""

import itertools
import time

import scenario  # First: it says where the modules below are.

from bus import MANAGER, NAME, process_path
from child import Child

SPAN_S = 1.0


class Priority(scenario.Scenario):
    def setUp(self):
        super().setUp()
        self.stand.start_agent(policy="fixed-priority")
        self.first = self.stand.start_workload("first", *scenario.BUSY)
        self.second = self.stand.start_workload("second", *scenario.BUSY)
        self.stand.wait_until_known(self.first, self.second)

    def progress(self):
        """Packets that both got from the device in a while."""
        before = self.first.consumed(), self.second.consumed()
        time.sleep(SPAN_S)  # Not a wait for something: the span of a measurement.
        return self.first.consumed() - before[0], self.second.consumed() - before[1]

    def test_equal_ones_share(self):
        first, second = self.progress()
        self.assertGreater(min(first, second), 0.5 * max(first, second))

    def test_higher_one_runs_and_the_other_gets_its_windows(self):
        self.stand.bus.set_priority(self.first.pid, 10)
        first, second = self.progress()
        self.assertGreater(first, 3 * second)
        self.assertGreater(second, 0, "the guard's run windows are missing")

    def test_last_change_counts(self):
        self.stand.bus.set_priority(self.first.pid, 10)
        self.stand.bus.set_priority(self.second.pid, 15)
        first, second = self.progress()
        self.assertGreater(second, 3 * first)

    def test_only_lower_ones_are_suspended(self):
        self.stand.bus.set_priority(self.first.pid, 10)
        self.progress()
        trace = self.stand.stop_agent()
        self.assertTrue(trace.suspends())
        self.assertEqual({act["pid"] for act in trace.suspends()}, {self.second.pid})

    def test_exempt_one_is_never_suspended(self):
        path = process_path(self.second.pid)
        self.stand.bus.set_priority(self.first.pid, 10)
        self.stand.bus.set(path, "Process", "Preemptible", "b", "false")
        first, second = self.progress()
        self.assertGreater(second, 0.5 * first)
        self.assertIn("exempt", self.refusal("call", NAME, path, f"{NAME}.Process", "Preempt", "ts",
                                             1000000, "test"))
        self.stand.bus.set(path, "Process", "Preemptible", "b", "true")
        first, second = self.progress()
        self.assertGreater(first, 3 * second)

    def test_manager_takes_priorities_too(self):
        self.stand.bus.call("SetProcessPriority", "uia{sv}", self.first.pid, 7, 0)
        path = f"{MANAGER}/process/{self.first.pid}"
        self.assertEqual(self.stand.bus.get(path, "Process", "Priority"), 7)

    def test_disabled_preemption_resumes_before_the_answer(self):
        self.stand.bus.set_priority(self.first.pid, 10)
        self.progress()
        answer = self.stand.bus.set(MANAGER, "Manager", "PreemptionEnabled", "b", "false")
        self.assertEqual(answer.returncode, 0, answer.stderr)
        first, second = self.progress()
        self.assertGreater(min(first, second), 0.5 * max(first, second))

    def test_dry_run_lets_everybody_run_until_it_is_over(self):
        self.stand.bus.set_priority(self.first.pid, 10)
        self.progress()
        answer = self.stand.bus.set(MANAGER, "Manager", "DryRun", "b", "true")
        self.assertEqual(answer.returncode, 0, answer.stderr)
        first, second = self.progress()
        self.assertGreater(min(first, second), 0.5 * max(first, second))
        path = process_path(self.second.pid)
        self.assertIn("dry run", self.refusal("call", NAME, path, f"{NAME}.Process", "Preempt",
                                              "ts", 1000000, "test"))
        self.stand.bus.set(MANAGER, "Manager", "DryRun", "b", "false")
        first, second = self.progress()
        self.assertGreater(first, 3 * second)

    def test_change_is_announced(self):
        monitor = self.watch_signals()
        self.stand.bus.set_priority(self.first.pid, 3)
        self.assert_says(monitor, "PropertiesChanged", f"process/{self.first.pid}", '"Priority"')

    def watch_signals(self):
        monitor = Child("monitor", ["busctl", f"--address={self.stand.bus.address}",
                                    "--json=short", "--match",
                                    f"type='signal',sender='{NAME}'", "monitor"],
                        self.stand.directory)
        self.stand.children.append(monitor)
        # busctl says nothing when it begins to listen, so something harmless is changed until then.
        values = itertools.cycle((1, 2))

        def heard(child):
            self.stand.bus.set_priority(self.second.pid, next(values))
            return child.output()
        monitor.wait_for(heard, "signal")
        return monitor


if __name__ == "__main__":
    scenario.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Policies take over from each other while everybody works, and say what they make of whom."""

import collections
import itertools
import time

import scenario  # First: it says where the modules below are.

from bus import MANAGER, process_path
from quick_bus import QuickBus

SWITCHES = 200
PACE_S = 0.01  # About as long as two ticks: each policy gets to suspend somebody.


class PolicySwitch(scenario.Scenario):
    def setUp(self):
        super().setUp()
        self.stand.start_agent(policy="fixed-priority")
        self.clients = [self.stand.start_workload("urgent", "--load=0.3", "--kernel-us=200"),
                        self.stand.start_workload("usual", *scenario.BUSY),
                        self.stand.start_workload("patient", *scenario.BUSY)]
        self.stand.wait_until_known(*self.clients)
        for client in self.clients:
            self.stand.wait_until_preemptible(client)
        for client, priority in zip(self.clients, (10, 3, 0)):
            self.stand.bus.set_priority(client.pid, priority)

    def property(self, name):
        return self.stand.bus.get(MANAGER, "Manager", name)

    def switch_often(self, last):
        """Through all policies, again and again."""
        names = [name for name, _ in self.property("AvailablePolicies")]
        self.assertGreaterEqual(len(names), 17)
        bus = QuickBus(self.stand.bus.address)
        with bus:
            for name in itertools.islice(itertools.cycle(names), SWITCHES):
                bus.set(MANAGER, "Manager", "Policy", "s", name)
                time.sleep(PACE_S)  # Not a wait for something: the pace of the switches.
            bus.set(MANAGER, "Manager", "Policy", "s", last)

    def test_under_load_loses_nothing_and_leaves_nobody_suspended(self):
        gate = self.stand.gate_pid()
        self.switch_often(last="observe-only")
        self.assertEqual(self.property("Policy"), "observe-only")
        self.eventually(lambda: self.property("NQueuesSuspended") == 0, "nobody is suspended")
        for client in self.clients:
            self.assert_runs(client)
        self.assertEqual(self.stand.gate_pid(), gate, "the gate was started again")
        for client in self.clients:
            self.assertEqual(client.finish()["unfinished"], 0, f"{client.name} lost a request")
        self.assert_counts_add_up(self.stand.stop_agent())

    def assert_counts_add_up(self, trace):
        """Whoever was suspended was resumed, each time, and each time before the next."""
        self.assertFalse(trace.failures())
        self.assertGreater(len(trace.suspends()), SWITCHES / 10, "there was nothing to lose")
        standing = collections.Counter()
        for act in sorted(trace.acts, key=lambda act: act["entered_ns"]):
            standing[act["pid"]] += 1 if act["verb"] == "suspend" else -1
            self.assertIn(standing[act["pid"]], (0, 1), act)
        self.assertFalse(+standing, "somebody was not resumed")

    def test_keeps_priorities_and_an_operators_hold(self):
        held = self.clients[1]
        path = process_path(held.pid)
        self.stand.ctl("preempt", held.pid, "--for", "50s")
        self.eventually(lambda: self.stand.bus.get(path, "Process", "State") == "preempted",
                        "it is held")
        self.switch_often(last="fair-share")  # One that orders nothing would hold nobody, either.
        self.eventually(lambda: self.stand.bus.get(path, "Process", "State") == "preempted",
                        "it is held still")
        self.assertEqual(self.stand.bus.get(path, "Process", "Priority"), 3)
        self.assertIn("an operator holds it for another", self.explained(held))
        self.assertEqual(self.stand.ctl("resume", held.pid).returncode, 0)
        self.assert_runs(held)

    def explained(self, client, *more):
        answer = self.stand.ctl("policy", "explain", client.pid, *more)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return answer.stdout

    def test_says_why_a_process_waits(self):
        self.eventually(lambda: "because a higher rank had work" in self.explained(self.clients[2]),
                        "the reason of the gate is told")
        said = self.explained(self.clients[2])
        self.assertIn(f"above it: process {self.clients[0].pid} (", said)
        self.assertIn("its rank is 0: of 2 others on the device 2 have a higher one", said)
        self.assertIn("never suspended here", self.explained(self.clients[0]))
        self.stand.ctl("policy", "set", "round-robin", "QuantumSec=20ms")
        self.eventually(lambda: "because it was the turn of others"
                        in self.explained(self.clients[1], "queue=0"), "turns are told apart")
        self.assertIn("in turns of ", self.explained(self.clients[1]))

    def test_takes_settings_and_refuses_those_that_make_no_sense(self):
        done = self.stand.ctl("policy", "set", "priority-aging", "AgingSec=100ms")
        self.assertEqual(done.returncode, 0, done.stderr)
        settings = self.property("PolicySettings")
        self.assertEqual(settings["AgingUSec"]["data"], 100000)
        self.assertEqual(settings["QuantumUSec"]["data"], 5000)
        # Ten steps of priority below the highest, and it is the policy itself that goes by it.
        self.assertIn("when it has waited for 1 s it has a turn of 5 ms",
                      self.explained(self.clients[2]))
        said = self.refusal("call", "org.penstock1", MANAGER, "org.penstock1.Manager", "SetPolicy",
                            "sa{sv}", "harvest", 1, "AgingUSec", "t", 5)
        self.assertIn("does not take AgingUSec: it takes SettleUSec", said)
        self.assertEqual(self.property("Policy"), "priority-aging")


if __name__ == "__main__":
    scenario.main()

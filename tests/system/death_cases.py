# SPDX-License-Identifier: Apache-2.0
"""Restarts and deaths while queues are suspended: nobody stays so, and the service is back."""

import time

import booted
from booted import AGENT, EMULATOR

_LONGEST_S = 1.0
_STANDSTILL_S = 0.05  # So long without progress, with work waiting, counts as suspended.
_URGENT = booted.BUSY  # Others get a turn only when the guard gives them one.


class Deaths(booted.Case):
    def setUp(self):
        self.system.reset_failures()
        self.work = self.workload("background", user="bob")
        self.restarts = int(self.system.property(AGENT, "NRestarts"))

    def suspend(self):
        self.system.hold(self.work)
        self.eventually(self.stands_still, "a standstill of the held process")

    def stands_still(self):
        before = self.work.consumed()
        time.sleep(_STANDSTILL_S)
        return self.work.consumed() == before

    def resumes_after(self, act):
        """Suspended, then `act()`; returns after how many seconds it runs again."""
        self.suspend()
        before = self.work.consumed()
        start = time.monotonic()
        act()
        self.eventually(lambda: self.work.consumed() != before, "progress")
        return time.monotonic() - start

    def assert_serves_again(self):
        self.eventually(self.system.serves, "service")
        self.eventually(lambda: self.system.is_preemptible(self.work), "a gate")

    def kill(self, unit, signal):
        self.system.must("systemctl", "kill", f"--signal={signal}", "--kill-who=main", unit)

    def test_of_the_agent(self):
        self.assertLess(self.resumes_after(lambda: self.kill(AGENT, "KILL")), _LONGEST_S)
        self.assert_serves_again()
        self.assertGreater(int(self.system.property(AGENT, "NRestarts")), self.restarts)

    def test_of_the_gate(self):
        gate = self.system.gate_unit()
        self.assertLess(self.resumes_after(lambda: self.kill(gate, "KILL")), _LONGEST_S)
        self.assert_serves_again()
        self.assertEqual(int(self.system.property(AGENT, "NRestarts")), self.restarts)
        self.assertNotEqual(self.system.gate_unit(), gate)

    def test_of_both(self):
        pids = [self.system.property(unit, "MainPID") for unit in (AGENT, self.system.gate_unit())]
        kill_both = ("kill", "-s", "KILL", *pids)
        self.assertLess(self.resumes_after(lambda: self.system.must(*kill_both)), _LONGEST_S)
        self.assert_serves_again()

    def test_of_a_gate_that_hangs(self):
        gate = self.system.gate_unit()
        took = self.resumes_after(lambda: self.kill(gate, "STOP"))
        self.assertLess(took, 3.0)
        self.assert_serves_again()
        self.assertEqual(int(self.system.property(AGENT, "NRestarts")), self.restarts)

    def test_of_an_agent_that_hangs(self):
        self.suspend()
        self.kill(AGENT, "STOP")
        self.eventually(lambda: int(self.system.property(AGENT, "NRestarts")) > self.restarts,
                        "a restart by the watchdog", 15.0)
        self.assert_serves_again()
        self.assert_runs(self.work)

    def test_of_the_emulated_device(self):
        """What serves it is not ours to keep alive; we have to live with its end."""
        self.system.must("systemctl", "restart", EMULATOR)
        self.system.must("systemctl", "restart", AGENT)
        self.assert_runs(self.workload("after", user="alice"))


class Restarts(booted.Case):
    def setUp(self):
        self.system.reset_failures()

    def test_under_load_suspend_nobody_for_long(self):
        background = self.workload("background", user="bob")
        urgent = self.workload("urgent", user="alice", options=_URGENT)
        self.assertEqual(self.system.set_priority(urgent, 10), "")
        self.eventually(lambda: self.preemptions(background) > 0, "preemptions before")
        gate = self.system.gate_unit()
        self.system.must("systemd-run", "--quiet", "--unit=restarting", "systemctl", "restart",
                         AGENT)
        over = time.monotonic() + 3.0
        longest = booted.longest_standstill_s(background, lambda: time.monotonic() > over)
        self.figures["service.restart_longest_suspension_ms"] = (1000 * longest, "ms")
        self.assertLess(longest, _LONGEST_S)
        self.eventually(lambda: self.system.gate_unit() not in (None, gate), "another gate")
        self.assertEqual(self.system.priority(urgent), 10, "what was set outlives a restart")
        self.eventually(lambda: self.preemptions(background) > 0, "preemptions afterwards")

    def preemptions(self, workload):
        return self.system.get(workload.path, "Process", "NPreemptions")

    def test_leave_nobody_suspended(self):
        work = self.workload("held", user="bob")
        self.system.hold(work)
        self.system.must("systemctl", "stop", AGENT)
        self.assert_runs(work)
        self.system.must("systemctl", "start", AGENT)
        self.eventually(self.system.serves, "service")

    def test_happen_when_the_bus_was_restarted(self):
        self.system.must("systemctl", "restart", "dbus.service")
        self.eventually(self.system.serves, "service", 20.0)

# SPDX-License-Identifier: Apache-2.0
"""Evictions, which no kernel undoes when a gate dies: the units have to."""

import time

import booted
from booted import AGENT, EMULATOR

# The release before queues could be suspended one process at a time.
_OLD_DRIVER = "[Service]\nEnvironment=PENSTOCK_EMULATOR_OPTIONS=--kernel=6.1\n"
_DROP_IN = f"/run/systemd/system/{EMULATOR}.d/90-test.conf"
_MAY = "/etc/penstock/agent.conf.d/50-test.conf"
_LEDGER = "/run/penstock-gate/suspended"


class Evictions(booted.Case):
    def setUp(self):
        self.addCleanup(self.system.start_anew)
        self.addCleanup(self.system.run, "rm", "--recursive", _DROP_IN.rpartition("/")[0], _MAY)
        self.system.write(_DROP_IN, _OLD_DRIVER)
        self.system.write(_MAY, "[Preemption]\nMayEvict=evictable\n")
        self.system.start_anew()
        self.work = booted.Workload(self.system, "evictable", "alice",
                                    (*booted.BUSY, "--no-runtime-enable"))
        self.addCleanup(self.work.stop)
        self.eventually(lambda: self.level() == "process-evict", "the rung of evictions")

    def level(self):
        answer = self.system.busctl("get-property", booted.NAME, self.work.path,
                                    f"{booted.NAME}.Process", "PreemptionLevel")
        return answer.stdout.split('"')[-2] if answer.returncode == 0 else ""

    def stands_still(self):
        before = self.work.consumed()
        time.sleep(0.1)
        return self.work.consumed() == before

    def evict(self):
        self.system.hold(self.work)
        self.eventually(self.stands_still, "a standstill of the evicted process")
        self.assertIn("E ", self.system.must("cat", _LEDGER))

    def test_are_undone_by_the_next_gate(self):
        self.evict()
        self.system.must("kill", "-s", "KILL",
                         self.system.property(self.system.gate_unit(), "MainPID"))
        self.assert_runs(self.work)

    def test_are_undone_where_no_gate_follows(self):
        self.evict()
        pids = [self.system.property(unit, "MainPID") for unit in (AGENT, self.system.gate_unit())]
        self.system.must("sh", "-c", f"kill -s KILL {' '.join(pids)}; systemctl stop {AGENT}")
        self.assert_runs(self.work)
        self.eventually(lambda: "E " not in self.system.must("cat", _LEDGER), "an empty ledger")

    def test_are_undone_by_a_gate_that_leaves(self):
        self.evict()
        self.system.must("systemctl", "stop", AGENT)
        self.assert_runs(self.work)

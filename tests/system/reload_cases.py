# SPDX-License-Identifier: Apache-2.0
"""Configuration: what systemctl reload changes, refuses and says, and what only root may tell."""

import booted
from booted import AGENT, MANAGER

_FILE = "/etc/penstock/agent.conf.d/50-test.conf"


class Reload(booted.Case):
    def setUp(self):
        self.addCleanup(self.system.run, "systemctl", "reload", AGENT)
        self.addCleanup(self.system.run, "rm", "--force", _FILE)

    def policy(self):
        return self.system.get(MANAGER, "Manager", "Policy")

    def test_takes_what_is_right(self):
        self.system.write(_FILE, "[Agent]\nPolicy=observe-only\n")
        self.system.must("systemctl", "reload", AGENT)
        self.assertEqual(self.policy(), "observe-only")

    def test_refuses_what_is_wrong_and_says_where(self):
        before = self.policy()
        self.system.write(_FILE, "[Agent]\nPolicy=observe-only\nTickSec=soon\n")
        ran = self.system.run("systemctl", "reload", AGENT)
        self.assertNotEqual(ran.returncode, 0)
        self.assertIn(f"{_FILE}:3", self.system.journal(AGENT))
        self.assertIn(f"{_FILE}:3", self.system.get(MANAGER, "Manager", "LastReloadError"))
        self.assertEqual(self.policy(), before)
        self.assertEqual(self.system.property(AGENT, "ActiveState"), "active")
        self.assertEqual(self.system.property(AGENT, "NRestarts"), "0")

    def test_grants_by_the_unit_of_a_process(self):
        rule = "/etc/penstock/rules.d/50-test.conf"
        self.addCleanup(self.system.run, "rm", "--force", rule)
        work = self.workload("ruled", user="alice")
        self.system.write(rule, "[Match]\nUnit=ruled.service\n[Apply]\nPriority=6\n")
        self.system.must("systemctl", "reload", AGENT)
        self.assertEqual(self.system.priority(work), 6)

    def test_grants_by_the_executable_of_a_process(self):
        """Which the agent itself may not see of another user's."""
        rule = "/etc/penstock/rules.d/50-test.conf"
        self.addCleanup(self.system.run, "rm", "--force", rule)
        work = self.workload("lowered", user="alice")
        self.system.write(rule, "[Match]\nExecutable=*/penstock-kfd-workload\n"
                                "[Apply]\nPriority=-4\n")
        self.system.must("systemctl", "reload", AGENT)
        self.assertEqual(self.system.priority(work), -4)
        late = self.workload("lowered-later", user="alice")
        self.eventually(lambda: self.system.priority(late) == -4, "a rule for its executable")


class Gates(booted.Case):
    def gate_command(self):
        unit = self.system.gate_unit()
        pid = self.system.property(unit, "MainPID") if unit else "0"
        return self.system.run("cat", f"/proc/{pid}/cmdline").stdout.split("\0")

    def restart(self):
        self.system.reset_failures()
        self.system.must("systemctl", "restart", AGENT)

    def test_take_their_options_from_root(self):
        self.assertIn("--realtime=1", self.gate_command())
        self.addCleanup(self.restart)
        self.addCleanup(self.system.run, "rm", "--force", "/etc/penstock/gate.env")
        self.system.write("/etc/penstock/gate.env", "PENSTOCK_GATE_OPTIONS=--realtime=0\n")
        self.restart()
        self.eventually(lambda: "--realtime=0" in self.gate_command(), "a gate with the options")
        self.assertNotIn("--realtime=1", self.gate_command())

# SPDX-License-Identifier: Apache-2.0
"""Leases and the board: the service manager keeps their descriptors while the agent restarts."""

import booted
from booted import AGENT, MANAGER

_PEAK = "/etc/penstock/agent.conf.d/50-peak.conf"
_HOLDER = "lease-holder.service"


class Leases(booted.Case):
    def setUp(self):
        self.system.reset_failures()
        self.system.write(_PEAK, "[Bandwidth]\nDramPeak=40G\n")
        self.addCleanup(self.system.run, "rm", "-f", _PEAK)
        self.system.must("systemctl", "restart", AGENT)
        self.eventually(self.system.serves, "service")
        # The memory has an object when something has told of it.
        self.workload("reader", options=(*booted.BUSY, "--dram-bytes-per-kernel=1000000"))

    def hold(self):
        self.system.must("systemd-run", "--quiet", "--collect", f"--unit={_HOLDER}", "--uid=alice",
                         "penstockctl", "lease", "acquire", "dram", "5G", "--why=a test", "--",
                         "sleep", "300")
        self.addCleanup(self.system.run, "systemctl", "stop", _HOLDER)
        self.eventually(lambda: self.held() == 1, "the lease")
        # Beside the board's; only what lasts for a while is kept.
        self.eventually(lambda: self.system.property(AGENT, "NFileDescriptorStore") == "2",
                        "the kept lease")

    def held(self):
        return self.system.get(MANAGER, "Manager", "NLeases")

    def restart(self):
        before = self.system.property(AGENT, "MainPID")
        self.system.must("systemctl", "restart", AGENT)
        self.eventually(self.system.serves, "service")
        self.assertNotEqual(self.system.property(AGENT, "MainPID"), before)

    def test_outlive_a_restart_of_the_agent(self):
        self.hold()
        listed = self.system.must("penstockctl", "lease", "list")
        self.restart()
        self.assertEqual(self.held(), 1)
        self.assertEqual(self.system.must("penstockctl", "lease", "list").splitlines()[0],
                         listed.splitlines()[0])
        self.system.must("systemctl", "stop", _HOLDER)
        self.eventually(lambda: self.held() == 0, "the end of the lease")

    def test_end_when_the_holder_ends_while_there_is_no_agent(self):
        self.hold()
        self.system.must("systemctl", "kill", "--signal=KILL", "--kill-who=main", AGENT)
        self.system.must("systemctl", "stop", _HOLDER)
        self.eventually(self.system.serves, "service")
        self.eventually(lambda: self.held() == 0, "no lease")

    def test_board_goes_on(self):
        before = self.system.get(MANAGER, "Manager", "BoardGeneration")
        self.assertGreater(before, 0)
        self.restart()
        self.eventually(
            lambda: self.system.get(MANAGER, "Manager", "BoardGeneration") >= before, "the board")

# SPDX-License-Identifier: Apache-2.0
"""Units that are held back on the processors: the real systemd gives the quota, by polkit's consent
as the documentation has it, and it is gone again however the agent ends."""

import os

import booted
from booted import AGENT, EMULATOR, MANAGER

_WIDE_MEMORY = "[Service]\nEnvironment=PENSTOCK_EMULATOR_OPTIONS=--dram-peak=200G\n"
_DROP_IN = f"/run/systemd/system/{EMULATOR}.d/90-test.conf"
_SETTINGS = "/etc/penstock/agent.conf.d/50-throttle.conf"
_RULE = "/etc/polkit-1/rules.d/60-penstock-quota.rules"
_HOG = "batch-1.service"
# It uses a processor, and the emulated memory moves what it says.
_WORK = ("i=0; while :; do i=$((i + 1)); [ $((i % 2000)) -ne 0 ] || "
         "echo processors hog 40000000000 >/run/penstock-kfd-emulator/device/emulator/memory; done")
_GUIDE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs",
                      "throttling.md")


def documented_rule():
    """polkit's rule, as an administrator would copy it."""
    with open(_GUIDE, encoding="utf-8") as file:
        lines = file.read().partition(f"// {_RULE}\n")[2].splitlines()
    indented = lines[:next(at for at, line in enumerate(lines) if not line.startswith("    "))]
    return "\n".join(line[4:] for line in indented) + "\n"


class Throttle(booted.Case):
    def setUp(self):
        self.addCleanup(self.system.start_anew)
        self.addCleanup(self.system.run, "rm", "--recursive", "--force",
                        _DROP_IN.rpartition("/")[0], _SETTINGS, _RULE)
        self.addCleanup(self.system.run, "systemctl", "stop", _HOG)
        self.system.write(_DROP_IN, _WIDE_MEMORY)
        self.system.write(_SETTINGS, "[Bandwidth]\nDramPeak=40G\nCpuThrottle=quota\n"
                                     "CpuThrottleUnits=batch-*.service\n")
        self.system.start_anew()
        self.system.must("systemd-run", "--quiet", "--collect", f"--unit={_HOG}",
                         "--property=RuntimeMaxSec=120", "sh", "-c", _WORK)

    def consent(self):
        self.system.write(_RULE, documented_rule())
        self.system.must("chmod", "644", _RULE)

    def quota(self):
        return self.system.property(_HOG, "CPUQuotaPerSecUSec")

    def wait_until_held_back(self):
        self.eventually(lambda: self.quota() != "infinity", "a quota", 30)

    def assert_free(self):
        self.eventually(lambda: self.quota() == "infinity", "no quota")
        self.assertEqual(self.system.property(_HOG, "ActiveState"), "active")
        self.assertEqual(self.system.run("cat", "/run/penstock/undo").stdout, "")

    def test_needs_the_consent_of_polkit(self):
        self.eventually(lambda: any("org.freedesktop.systemd1.manage-units" in reason for reason in
                                    self.system.get(MANAGER, "Manager", "DegradedReasons")),
                        "the reason why nobody is held back", 30)
        self.assertEqual(self.quota(), "infinity")
        self.consent()
        self.wait_until_held_back()

    def test_ends_with_the_agent(self):
        self.consent()
        self.wait_until_held_back()
        self.system.must("systemctl", "stop", AGENT)
        self.assert_free()

    def test_ends_when_the_agent_is_killed(self):
        """Its unit is stopped, so that no next agent may do it: what ExecStopPost= is for."""
        self.consent()
        self.wait_until_held_back()
        pid = self.system.property(AGENT, "MainPID")
        self.system.must("sh", "-c", f"kill -s KILL {pid}; systemctl stop {AGENT}")
        self.assert_free()

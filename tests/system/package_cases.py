# SPDX-License-Identifier: Apache-2.0
"""Packages: an upgrade to a later version, and a removal that leaves nothing behind."""

import booted
from booted import AGENT

_UPGRADES = "/root/upgrade"
_ALL = "penstock-emulator penstock python3-penstock libpenstock-dev libpenstock1"


class Packages(booted.Case):
    def test_1_are_upgraded_under_load(self):
        work = self.workload("background", user="bob")
        self.system.write("/etc/penstock/rules.d/50-mine.conf",
                          "[Match]\nUser=alice\n[Apply]\nPriority=1\n")
        before = self.system.property(AGENT, "MainPID")
        self.system.must("sh", "-c", f"dpkg --install {_UPGRADES}/*.deb", timeout_s=180)
        version = self.system.must("dpkg-query", "--show", "--showformat=${Version}", "penstock")
        self.assertIn("+upgrade", version)
        self.assertNotEqual(self.system.property(AGENT, "MainPID"), before, "the new one runs")
        self.assertEqual(self.system.property(AGENT, "ActiveState"), "active")
        self.assertEqual(self.system.property(AGENT, "NRestarts"), "0")
        self.assert_runs(work)
        self.eventually(lambda: self.system.is_preemptible(work), "a gate")
        self.system.must("test", "-e", "/etc/penstock/rules.d/50-mine.conf")

    def test_2_are_removed_and_leave_nothing(self):
        self.system.must("sh", "-c", f"dpkg --remove {_ALL}", timeout_s=120)
        self.assertEqual(self.processes(), [])
        self.system.must("sh", "-c", f"dpkg --purge {_ALL}", timeout_s=120)
        self.assertEqual(self.files(), [])
        units = self.system.must("systemctl", "list-units", "--all", "--plain", "--no-legend")
        self.assertEqual([line for line in units.splitlines() if "penstock" in line], [])
        sockets = self.system.must("cat", "/proc/net/unix")
        self.assertNotIn("penstock", sockets)
        self.assertFalse(self.system.serves())

    def test_3_come_back(self):
        """A second first installation is one, whatever the last one has left."""
        self.system.must("sh", "-c", "dpkg --install /root/debs/*.deb", timeout_s=180)
        self.assertEqual(self.system.property(AGENT, "NRestarts"), "0")
        self.eventually(self.system.serves, "service")

    def processes(self):
        listed = self.system.must("ps", "-e", "-o", "args=")
        return [line for line in listed.splitlines()
                if "penstock" in line and "journal" not in line and " ps " not in line]

    def files(self):
        found = self.system.must("find", "/", "-xdev", "(", "-path", "/proc", "-o", "-path", "/sys",
                                 "-o", "-path", "/root", ")", "-prune", "-o", "-iname",
                                 "*penstock*", "-print").split()
        # The folders that are file systems of their own.
        for folder in ("/run", "/tmp", "/dev"):
            found += self.system.must("find", folder, "-xdev", "-iname", "*penstock*",
                                      "-not", "-name", "*.out").split()
        return [path for path in found if not path.startswith("/run/log/journal")]

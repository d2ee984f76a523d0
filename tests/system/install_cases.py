# SPDX-License-Identifier: Apache-2.0
"""The first installation, and whether the sandboxes are both tight and of use."""

import re

import booted
from booted import AGENT, MANAGER

# What systemd-analyze may find at most, of 10.
AGENT_BUDGET = 2.0
GATE_BUDGET = 3.0


class Installed(booted.Case):
    def test_serves_from_the_first_start(self):
        self.assertEqual(self.system.property(AGENT, "ActiveState"), "active")
        self.assertEqual(self.system.property(AGENT, "NRestarts"), "0")
        self.assertTrue(self.system.serves())
        self.assertEqual(self.system.must("systemctl", "is-enabled", AGENT).strip(), "enabled")

    def test_has_failed_nothing(self):
        failed = self.system.must("systemctl", "list-units", "--failed", "--plain", "--no-legend")
        self.assertEqual([line for line in failed.splitlines() if "penstock" in line], [])

    def test_has_units_without_a_slip(self):
        units = ("penstockd.service", "penstock-gate.socket", "penstock-gate@1.service",
                 "penstock-kfd-emulator.service")
        ran = self.system.run("systemd-analyze", "verify", "--man=no",
                              *(f"/lib/systemd/system/{unit}" for unit in units))
        said = [line for line in ran.stderr.splitlines() if "penstock" in line]
        self.assertEqual((ran.returncode, said), (0, []))

    def test_finds_the_emulated_device(self):
        self.assertIn("emulated", self.system.get(MANAGER, "Manager", "Features"))
        tree = self.system.must("busctl", "tree", "--list", booted.NAME)
        self.assertRegex(tree, f"(?m)^{MANAGER}/gpu/[0-9]+$")

    def test_lacks_nothing(self):
        self.assertEqual(self.system.get(MANAGER, "Manager", "DegradedReasons"), [])


class Sandbox(booted.Case):
    def test_of_the_agent_is_tight(self):
        text = self.system.must("systemd-analyze", "security", "--no-pager", AGENT)
        self.figures["service.security_agent"] = (booted.exposure(text), "exposure")
        self.assertLessEqual(booted.exposure(text), AGENT_BUDGET)

    def test_of_the_gate_is_tight(self):
        self.eventually(self.system.gate_unit, "a gate")
        text = self.system.must("systemd-analyze", "security", "--no-pager",
                                self.system.gate_unit())
        self.figures["service.security_gate"] = (booted.exposure(text), "exposure")
        self.assertLessEqual(booted.exposure(text), GATE_BUDGET)

    def test_leaves_both_what_they_need(self):
        ran = self.system.run("/usr/libexec/penstock/self-test")
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        for ability in ("configuration", "devices", "bpf", "gate", "device", "capability",
                        "ptrace", "memory", "descriptors"):
            self.assertRegex(ran.stdout, f"(?m)^ *ok +{ability} ")
        self.assertNotIn("MISSING", ran.stdout)

    def test_lets_the_agent_count(self):
        """Where the emulator's sysfs stands in for the machine's, nothing of this is tried."""
        if self.system.run("test", "-d", "/sys/bus/event_source/devices/msr").returncode != 0:
            self.skipTest("the kernel has no counters that work everywhere")
        self.add_to_agent("EnvironmentFile=\n")
        ran = self.system.run("/usr/libexec/penstock/self-test")
        self.assertRegex(ran.stdout, "(?m)^ *ok +msr ")

    def test_that_lacks_something_is_found_out(self):
        """The trial is of the unit as it is, with what an administrator has added to it."""
        self.add_to_agent("SystemCallFilter=~bpf\n")
        ran = self.system.run("/usr/libexec/penstock/self-test")
        self.assertNotEqual(ran.returncode, 0)
        self.assertRegex(ran.stdout, "(?m)^ *MISSING +bpf ")

    def add_to_agent(self, text):
        """To its unit's section [Service], until the end of the test."""
        folder = "/run/systemd/system/penstockd.service.d"
        self.system.write(f"{folder}/90-test.conf", f"[Service]\n{text}")
        self.addCleanup(self.system.run, "systemctl", "daemon-reload")
        self.addCleanup(self.system.run, "rm", "-r", folder)

    def test_runs_as_nobody_of_importance(self):
        for unit in (AGENT, self.system.gate_unit()):
            pid = self.system.property(unit, "MainPID")
            status = self.system.must("cat", f"/proc/{pid}/status")
            self.assertNotIn("0", re.search(r"(?m)^Uid:(.*)$", status).group(1).split())
            self.assertRegex(status, r"(?m)^NoNewPrivs:\s+1$")
            self.assertRegex(status, r"(?m)^Seccomp:\s+2$")
            limits = self.system.must("cat", f"/proc/{pid}/limits")
            self.assertRegex(limits, r"(?m)^Max core file size +0 +0 ")

    def test_keeps_its_files_to_itself(self):
        folders = ("/run/penstock", "/run/penstock-gate", "/var/lib/penstock", "/etc/penstock")
        listed = self.system.must("find", *folders, "-printf", "%M %u %p\n").splitlines()
        self.assertEqual([line for line in listed if line[8] == "w" and not line.startswith("s")],
                         [], "files that everybody may write")
        for folder in ("/etc/penstock", "/etc/penstock/rules.d", "/run/penstock-gate"):
            self.assertIn(f"drwxr-xr-x root {folder}", listed)
        self.assertIn("srw------- penstock /run/penstock-gate/socket", listed)
        self.assertIn("srw-rw-rw- penstock /run/penstock/client.sock", listed)

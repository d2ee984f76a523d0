#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Enforcement: a unit that takes memory from others is held back on the processors, by a quota that
systemd gives it, and is free again however the agent ends."""

import os
import subprocess
import threading
import time

import scenario  # First: it says where the modules below are.

from child import Child
from descriptor_bus import DescriptorBus
from emulated_stand import EmulatedStand
from stand import build_directory

UNIT = "batch-1.service"
PEAK = 40_000_000_000
FREE = 2 ** 64 - 1


class Hog:
    """A unit that is not there: its control group is a folder, and the emulated machine moves what
    it claims to. It uses two processors."""

    def __init__(self, stand):
        self._stand = stand
        self._folder = stand.path(f"cgroups/system.slice/{UNIT}")
        os.makedirs(self._folder)
        self._rate = PEAK
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def calm_down(self):
        self._rate = 1_000_000_000

    def end(self):
        self._end.set()
        self._thread.join()

    def _run(self):
        begun = time.monotonic()
        while not self._end.wait(0.01):
            usec = int((time.monotonic() - begun) * 2_000_000)
            beside = f"{self._folder}/cpu.new"
            with open(beside, "w", encoding="ascii") as file:
                file.write(f"usage_usec {usec}\n")
            os.rename(beside, f"{self._folder}/cpu.stat")
            with open(f"{self._stand.device}/emulator/memory", "w", encoding="ascii") as file:
                file.write(f"processors hog {self._rate}\n")


class Enforcement(scenario.Scenario):
    mode = "quota"

    def make_stand(self):
        return EmulatedStand("--dram-peak=200G", "--poll-us=1000")

    def setUp(self):
        super().setUp()
        with open(self.stand.path("answers"), "w", encoding="ascii") as file:
            file.write("yes")
        program = os.path.join(build_directory(), "tests", "systemd", "penstock-systemd-double")
        self.systemd = Child("systemd", [program, f"--bus={self.stand.bus.address}",
                                         f"--answers={self.stand.path('answers')}"],
                             self.stand.directory)
        self.stand.children.append(self.systemd)
        self.systemd.wait_for(lambda child: "ready" in child.output(), "sign of readiness")
        self.configure(self.mode)

    def configure(self, mode, units="batch-*.service"):
        root = self.stand.path("config")
        os.makedirs(f"{root}/etc/penstock", exist_ok=True)
        with open(f"{root}/etc/penstock/agent.conf", "w", encoding="ascii") as file:
            file.write(f"[Bandwidth]\nDramPeak={PEAK}\nCpuThrottle={mode}\n"
                       f"CpuThrottleUnits={units}\n")
        self.stand.config_root = root

    def places(self):
        return (f"--cgroups={self.stand.path('cgroups')}",)

    def start(self):
        self.hog = Hog(self.stand)
        self.addCleanup(self.hog.end)
        self.stand.start_agent(*self.places())

    def quotas(self):
        """What was set of the unit, in order; None for no quota."""
        words = [line.split() for line in self.systemd.lines()
                 if line.startswith(f"set {UNIT} ")]
        return [None if word == "none" else int(word) for _, _, word in words]

    def undo_text(self):
        try:
            with open(self.stand.path("undo"), encoding="ascii") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def wait_until_held_back(self):
        self.eventually(lambda: self.quotas() and self.quotas()[-1] is not None,
                        "the unit gets a quota", 15)

    def wait_until_free(self):
        self.eventually(lambda: self.quotas()[-1] is None, "the unit has no quota any more", 20)
        self.eventually(lambda: self.undo_text() == "", "the undo file is empty")


    def state(self):
        bus = DescriptorBus(self.stand.bus.address, 0)
        self.addCleanup(bus.close)
        return bus.dump()


class Limits(Enforcement):
    def test_come_by_steps_while_memory_is_saturated_and_go_when_it_is_not(self):
        self.start()
        self.eventually(lambda: len(set(self.quotas())) >= 3, "the quota shrinks by steps", 20)
        quotas = self.quotas()
        self.assertEqual(quotas, sorted(quotas, reverse=True))
        self.assertLess(quotas[0], 2_000_000)
        self.assertIn(f"quota {UNIT} {FREE}\n", self.undo_text())
        self.assert_says(self.stand.agent, UNIT, "are held back")
        self.assertRegex(self.state(), r"cpu throttle: quota, share 0\.\d+, 1 units held back by quota\n"
                                       rf"cpu throttle: {UNIT}: [\d.]+ of [\d.]+ processors\n")
        self.hog.calm_down()
        self.wait_until_free()
        self.assert_says(self.stand.agent, "nobody is held back on the processors any more")

    def test_are_lifted_by_the_undo_verb_when_the_agent_was_killed(self):
        self.start()
        self.wait_until_held_back()
        self.stand.agent.kill()
        self.assertIn(f"quota {UNIT} {FREE}\n", self.undo_text())
        for _ in range(2):  # The second time there is nothing to do.
            ran = subprocess.run(
                [*self.stand.agent_command(*self.places()), "--undo"],
                capture_output=True, text=True, timeout=20, check=False)
            self.assertEqual(ran.returncode, 0, ran.stderr)
            self.assertEqual(self.undo_text(), "")
        self.assertIsNone(self.quotas()[-1])
        self.assertEqual(self.quotas().count(None), 1)

    def test_are_lifted_by_the_next_agent_when_one_was_killed(self):
        self.start()
        self.wait_until_held_back()
        self.stand.agent.kill()
        self.hog.calm_down()
        self.stand.start_agent(*self.places())
        self.wait_until_free()
        self.assert_says(self.stand.agent, "limits of processor time that were left are lifted")

    def test_end_with_the_agent(self):
        self.start()
        self.wait_until_held_back()
        self.stand.stop_agent()
        self.assertIsNone(self.quotas()[-1])
        self.assertEqual(self.undo_text(), "")

    def test_end_with_the_kill_switch_a_dry_run_and_resume_all(self):
        self.start()
        for stop, go_on in (
                (lambda: self.set_flag("PreemptionEnabled", "false"),
                 lambda: self.set_flag("PreemptionEnabled", "true")),
                (lambda: self.set_flag("DryRun", "true"), lambda: self.set_flag("DryRun", "false")),
                (lambda: self.stand.bus.call("ResumeAll"), lambda: None)):
            self.wait_until_held_back()
            stop()
            self.wait_until_free()
            go_on()

    def test_end_when_the_configuration_says_so(self):
        self.start()
        self.wait_until_held_back()
        self.configure("off")
        self.stand.bus.call("Reload")
        self.wait_until_free()
        self.configure("quota")
        self.stand.bus.call("Reload")
        self.wait_until_held_back()

    def test_of_a_damaged_undo_file_are_lifted_as_far_as_they_can_be_read(self):
        with open(self.stand.path("undo"), "w", encoding="ascii") as file:
            file.write(f"quota batch-1.serv\nquota {UNIT} 700000\ngroup ../etc\n")
        self.start()
        self.assert_says(self.stand.agent, "2 lines of", "made no sense")
        self.eventually(self.quotas, "what could be read is undone")
        self.assertEqual(self.quotas()[0], 700_000)

    def set_flag(self, name, value):
        answer = self.stand.bus.set("/org/penstock1", "Manager", name, "b", value)
        self.assertEqual(answer.returncode, 0, answer.stderr)

    def test_that_systemd_refuses_are_said_to_be_missing(self):
        with open(self.stand.path("answers"), "w", encoding="ascii") as file:
            file.write("no")
        self.start()
        self.eventually(
            lambda: any("org.freedesktop.systemd1.manage-units" in reason for reason in
                        self.stand.bus.get("/org/penstock1", "Manager", "DegradedReasons")),
            "the agent says what polkit has to allow", 15)
        self.assertEqual(self.undo_text().count("\n"), 0)


class Advice(Enforcement):
    mode = "advice"

    def test_is_only_said(self):
        self.start()
        self.assert_says(self.stand.agent, UNIT, "would be held back", timeout_s=15)
        self.assertEqual(self.quotas(), [])
        self.assertEqual(self.undo_text(), "")


class Exempt(Enforcement):
    def test_is_whoever_is_not_named(self):
        self.configure("quota", "other-*.service")
        self.start()
        self.assert_says(self.stand.agent, "is at throttle level fall-back", timeout_s=15)
        self.eventually(lambda: self.stand.bus.get(
            "/org/penstock1/memory/0", "MemoryNode", "ThrottleLevel") == 3, "the level stays")
        self.assertEqual(self.quotas(), [])


if __name__ == "__main__":
    scenario.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Exclusive leases: granted where this machine's calibration says that programs lose side by side, or
to who insists, and otherwise refused with what was measured."""

import json

import scenario  # First: it says where the modules below are.

from lease_bus import GIGA, LeaseBus
from open_stand import OpenStand
from quick_bus import Refused

NODE = "/org/penstock1/memory/0"
GAINS, LOSES = (14_900_000_000, 28_300_000_000), (50_000_000_000, 45_000_000_000)
_TEXT = """penstock-calibration 1
date=2026-11-28T12:34:56Z
kernel=6.12.0
method=median of 5 rounds
processors=2
cache_bytes=0
buffer_bytes=134217728
others={others}
{rows}canary_because=there was no trial
"""


def calibration(one, two, others=0.01):
    """A file of a machine whose single core, and both at once, move so much."""
    rows = "".join(f"peak=0 {cores} {rate} {rate} {rate}\n" for cores, rate in ((1, one), (2, two)))
    return _TEXT.format(others=others, rows=rows)


class Tokens(scenario.Scenario):
    def make_stand(self):
        return OpenStand(device=False)

    def start_agent(self, text):
        path = self.stand.path("calibration")
        if text is not None:
            with open(path, "w", encoding="ascii") as file:
                file.write(text)
        # The peak is known whatever is wrong with the file, so that there is something to lease.
        self.stand.start_agent("--dram-peak=100G", f"--calibration={path}")
        self.eventually(lambda: self.stand.bus.get(NODE, "MemoryNode", "PeakBytesPerSecond")
                        == 100 * GIGA, "the peak is known")
        self.bus = LeaseBus(self.stand.bus.address, 0)
        self.addCleanup(self.bus.close)

    def acquire(self, **options):
        lease = self.bus.acquire(GIGA, **options)
        lease.close()
        self.eventually(lambda: self.bus.leases() == 0, "it is given back")
        return lease.granted

    def refused(self, **options):
        with self.assertRaises(Refused) as refused:
            self.acquire(exclusive=True, **options)
        return str(refused.exception)

    def gain(self):
        return self.stand.bus.get(NODE, "MemoryNode", "ConcurrencyGain")


class Measured(Tokens):
    def test_that_cores_at_once_move_more_refuses_a_token_with_the_ratio(self):
        self.start_agent(calibration(*GAINS))
        sentence = self.refused()
        self.assertIn("cores at once move 1.89 times what one does (measured 2026-11-28 by streaming "
                      "reads on 2 cores), and a token would lose 47 % of that", sentence)
        self.assertAlmostEqual(self.gain(), 28.3 / 14.9)
        self.assertEqual(self.bus.leases(), 0)
        self.assertEqual(self.acquire(), GIGA, "leases side by side are granted")

    def test_that_cores_at_once_move_more_does_not_bind_who_insists(self):
        self.start_agent(calibration(*GAINS))
        self.assertEqual(self.acquire(exclusive=True, insist=True), 95 * GIGA)

    def test_that_cores_at_once_lose_grants_a_token(self):
        self.start_agent(calibration(*LOSES))
        self.assertAlmostEqual(self.gain(), 0.9)
        self.assertEqual(self.acquire(exclusive=True), 95 * GIGA)

    def test_beside_others_grants_no_token(self):
        self.start_agent(calibration(*LOSES, others=0.4))
        self.assertIn("other programs used 40 % of the processors during calibration",
                      self.refused())

    def test_is_what_the_command_says_and_insists_against(self):
        self.start_agent(calibration(*GAINS))
        words = ("lease", "acquire", "dram", "1G", "--exclusive")
        ran = self.stand.ctl(*words, "--", "echo", "ran")
        self.assertEqual((ran.returncode, ran.stdout), (1, ""))
        self.assertIn("cores at once move 1.89 times what one does", ran.stderr)
        ran = self.stand.ctl(*words, "--insist", "--", "echo", "ran")
        self.assertEqual((ran.returncode, ran.stdout), (0, "ran\n"), ran.stderr)


class BadCalibration(Tokens):
    def assert_unknown(self, *sentences):
        refusal = self.refused()
        for sentence in ("nobody knows what cores at once lose there",
                         "penstockctl calibrate measures it", *sentences):
            self.assertIn(sentence, refusal)
        self.assertEqual(self.gain(), -1)
        self.assertEqual(self.acquire(exclusive=True, insist=True), 95 * GIGA)
        self.assert_agent_serves()

    def test_that_is_missing_grants_no_token(self):
        self.start_agent(None)
        self.assert_unknown()

    def test_that_has_one_core_only_grants_no_token(self):
        self.start_agent(_TEXT.format(others=0.01, rows="peak=0 1 100 100 100\n"))
        self.assert_unknown("with one core and with several")

    def test_with_a_gain_that_can_not_be_grants_no_token(self):
        self.start_agent(calibration(10**15, 1))
        self.assert_unknown("move 0.000 times what one does, which can not be")

    def test_that_is_no_number_grants_no_token(self):
        self.start_agent(calibration("nan", "nan"))
        self.assert_unknown()

    def test_that_is_negative_grants_no_token(self):
        self.start_agent(calibration(10**9, -10**9))
        self.assert_unknown()

    def test_that_is_larger_than_any_memory_grants_no_token(self):
        self.start_agent(calibration(10**19, 10**19))
        self.assert_unknown()


class Calibrated(Tokens):
    def test_really_it_is_what_the_agent_goes_by(self):
        path = self.stand.path("calibration")
        ran = self.stand.ctl("calibrate", "--seconds=2", f"--output={path}", "--json", timeout_s=40)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        found, = json.loads(ran.stdout)["concurrency_gains"]
        self.start_agent(None)
        if found["exclusive_allowed"]:
            self.assertEqual(self.acquire(exclusive=True), 95 * GIGA)
        else:
            self.assertIn(found["verdict"], self.refused())


if __name__ == "__main__":
    scenario.main()

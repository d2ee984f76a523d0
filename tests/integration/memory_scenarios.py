#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Memory of the emulated machine: its graphics and its processors share what it can move."""

import os
import re
import time

import scenario  # First: it says where the modules below are.

from child import StandError
from emulated_stand import EmulatedStand

PEAK = 60_000_000_000
# A kernel of 1 ms that reads 40 GB/s.
READER = ("--closed", "--depth=2", "--kernel-us=1000", "--kernels-per-request=4",
          "--dram-bytes-per-kernel=40000000")


class SharedMemory(scenario.Scenario):
    def make_stand(self):
        return EmulatedStand("--dram-peak=60G", "--dram-loss=0.2", "--poll-us=1000")

    def memory(self):
        """What the emulator says of it, by name."""
        with open(f"{self.stand.device}/emulator/memory", encoding="ascii") as file:
            return {name: float(value) for name, value in map(str.split, file)}

    def claim(self, rate, name="test"):
        with open(f"{self.stand.device}/emulator/memory", "w", encoding="ascii") as file:
            file.write(f"processors {name} {rate}\n")

    def kernels(self):
        with open(f"{self.stand.device}/emulator/counters", encoding="ascii") as file:
            return int(re.search(r"^kernels (\d+)$", file.read(), re.MULTILINE)[1])

    def test_is_what_programs_on_the_processors_leave(self):
        self.stand.start_workload("reader", *READER)
        self.eventually(lambda: self.memory()["devices_ask"] > 30e9, "the reader reads")
        self.assertEqual(self.memory()["speed"], 1)
        self.claim(PEAK - 20_000_000_000)
        self.assertEqual(self.memory()["processors_ask"], 40e9)
        self.assertAlmostEqual(self.memory()["speed"], 0.6, delta=0.03)  # 0.8 of 60 for 80.
        self.eventually(lambda: self.memory()["speed"] == 1, "what was claimed is forgotten")

    def test_slows_kernels_down_by_what_is_missing(self):
        self.stand.start_workload("reader", *READER)
        self.eventually(lambda: self.memory()["devices_ask"] > 30e9, "the reader reads")
        ratio = self.kernels_while(lambda: self.claim(PEAK - 20_000_000_000)) / \
            self.kernels_while(lambda: None)
        self.assertGreater(ratio, 0.5)
        self.assertLess(ratio, 0.7)

    def kernels_while(self, claim):
        """How many end within a second."""
        claim()
        before, end = self.kernels(), time.monotonic() + 1
        while time.monotonic() < end:
            claim()
            time.sleep(0.02)
        return self.kernels() - before

    def test_shows_what_all_move_as_the_driver_does(self):
        self.stand.start_agent()
        self.stand.start_workload("reader", *READER)

        def read_rate():
            self.claim(10_000_000_000)
            try:
                return self.stand.bus.get("/org/penstock1/memory/0", "MemoryNode",
                                          "ReadBytesPerSecond")
            except StandError:
                return 0  # It has no object before its first figure.
        self.eventually(lambda: abs(read_rate() - 50e9) < 5e9, "50 GB/s are read")

    def test_takes_no_nonsense(self):
        for wrong in ("processors", "processors a b", "processors A 1", "memory a 1"):
            with self.assertRaises(OSError, msg=wrong):
                descriptor = os.open(f"{self.stand.device}/emulator/memory", os.O_WRONLY)
                try:
                    os.write(descriptor, wrong.encode())
                finally:
                    os.close(descriptor)
        self.assertEqual(self.memory()["processors_ask"], 0)


if __name__ == "__main__":
    scenario.main()

# SPDX-License-Identifier: Apache-2.0
"""Emulated stand: a stand whose emulated driver is started with options of the test's choice."""

import os

import scenario  # First: it says where the modules below are.

from child import Child
from stand import Stand

# The driver's older and newer rule for who may suspend: a tracer, or also a debugger that has let
# go of the process.
RULES = ("traced", "debugger")

# Looking into hundreds of rings more often would leave the emulator no time for anything else.
FOR_MANY_QUEUES = "--poll-us=20000"


class EmulatedStand(Stand):
    def __init__(self, *options):
        super().__init__()
        self._options = options

    def _start_emulator(self):
        os.makedirs(self.device)
        emulator = Child("emulator", [self.program("penstock-kfd-emulator"),
                                      f"--mount={self.device}", f"--preset={self.preset}",
                                      *self._options], self.directory)
        self.children.append(emulator)
        emulator.wait_for(lambda child: "ready" in child.output(), "sign of readiness")

# SPDX-License-Identifier: Apache-2.0
"""Device stand: a stand whose emulated device is more like hardware, for measurements.

Hardware does not share our processors: whoever else wants them does not slow the emulator down. And
with saves and restores in no time, what is measured is software, and the agent's bound on the
device time that suspensions may take does not bind.
"""

import os

from child import Child
from stand import Stand

_UNDISTURBED = ("nice", "-n", "-20")


def pinned_to(processor):
    return ("taskset", "--cpu-list", str(processor))


class DeviceStand(Stand):
    def __init__(self, build, preset="apu", save_us=0, poll_us=1000, processor=None):
        """A restore takes as long as a save; `poll_us` is how often idle rings are looked at, each
        of which takes CPU time. With `processor` the emulator runs on that one alone."""
        super().__init__(build, preset)
        self._pinned = pinned_to(processor) if processor is not None else ()
        self._costs = [f"--save-us={save_us}", f"--restore-us={save_us}", f"--poll-us={poll_us}"]

    def _start_emulator(self):
        os.makedirs(self.device)
        emulator = Child("emulator", [*_UNDISTURBED, *self._pinned,
                                      self.program("penstock-kfd-emulator"),
                                      f"--mount={self.device}", f"--preset={self.preset}",
                                      *self._costs], self.directory)
        self.children.append(emulator)
        emulator.wait_for(lambda child: "ready" in child.output(), "sign of readiness")

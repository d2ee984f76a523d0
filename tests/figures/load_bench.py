# SPDX-License-Identifier: Apache-2.0
"""Load bench: the path from a pointer move to ioctl(2) while others want every processor."""

import contextlib
import os
import sys
import tempfile

import preempt_bench
from child import Child
from device_stand import DeviceStand
from fit import median

HOGS_PER_PROCESSOR = 2


@contextlib.contextmanager
def hogs():
    """Programs that never sleep, of normal priority."""
    with tempfile.TemporaryDirectory() as directory, contextlib.ExitStack() as started:
        for number in range(HOGS_PER_PROCESSOR * os.cpu_count()):
            hog = Child(f"hog-{number}", [sys.executable, "-c", "while True: pass"], directory)
            started.callback(hog.kill)
        yield


def preemptions(build, count, realtime=None):
    """As preempt_bench's; the gate runs at the real-time priority, 0 for none, or at its usual."""
    options = () if realtime is None else (f"--gate-realtime={realtime}",)
    with hogs():
        return preempt_bench.preemptions(DeviceStand(build), count, agent_options=options)


def medians(build, count, rounds):
    """Of each number over rounds with at least `count` preemptions each."""
    told = [preemptions(build, count) for _ in range(rounds)]
    return {name: median([each[name] for each in told])
            for name in ("preemptions", "pointer_to_ioctl_p50_us", "pointer_to_ioctl_p99_us")}

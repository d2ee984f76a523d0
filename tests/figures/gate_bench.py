# SPDX-License-Identifier: Apache-2.0
"""Gate bench: what suspend and resume cost in software, by the number of queues in the batch.

The emulated device saves and restores in no time, so what is measured is the gate, the system calls
and the emulated driver. A driver runs on its caller's processor, so the emulator shares ours: to wake
another one, which a virtual machine charges with 20 us and more, is no part of the cost.
"""

import json
import os
import subprocess

import measure
from child import StandError
from device_stand import DeviceStand, pinned_to
from fit import median, slope
from isolation import bound_to_us

_PATIENCE_S = 180
_NEVER_US = 10_000_000  # The rings are empty: to look at them would be measured, for each queue.
_AS_THE_GATE = ("nice", "-n", "-10")  # What the agent gives it.


def suspend_costs(build, rounds, turns):
    """Medians over the rounds, in µs."""
    told = []
    for _ in range(rounds):
        with DeviceStand(build, poll_us=_NEVER_US, processor=_processor()) as stand:
            told.append(costs_of(_batches(build, stand.device, turns)))
    return {name: median([each[name] for each in told]) for name in told[0]}


def _processor():
    return max(os.sched_getaffinity(0))


def costs_of(batches):
    """What the benchmark's batches of one round amount to."""
    one = next(batch for batch in batches if batch["queues"] == 1)
    return {
        "p50_us": one["pair"]["p50_us"],
        "p99_us": one["pair"]["p99_us"],
        "gate_p50_us": one["gate"]["p50_us"],
        "idle_driver_p50_us": one["idle_driver"]["p50_us"],
        "idle_driver_p99_us": one["idle_driver"]["p99_us"],
        # A suspend and a resume are two calls.
        "over_ioctl": measure.ratio(one["pair"]["p50_us"], 2 * one["bare"]["p50_us"]),
        "per_extra_queue_us": slope([(batch["queues"], batch["pair"]["p50_us"])
                                     for batch in batches]),
    }


def _batches(build, device, turns):
    program = os.path.join(build, "tests", "bench", "gate", "bench_gate_suspend")
    if not os.access(program, os.X_OK):
        raise StandError(f"{program} is not built; run ./dev build")
    run = subprocess.run(
        [*_AS_THE_GATE, *pinned_to(_processor()), program, f"--kfd={device}/kfd", f"--sysfs={device}/sys",
         f"--turns={turns}"],
        capture_output=True, text=True, timeout=_PATIENCE_S, check=False,
        preexec_fn=bound_to_us())
    if run.returncode != 0:
        raise StandError(f"bench_gate_suspend failed: {run.stdout.strip()} {run.stderr.strip()}")
    return json.loads(run.stdout)["batches"]

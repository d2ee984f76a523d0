# SPDX-License-Identifier: Apache-2.0
"""Latency bench: how long after the gate acts a device still executes the victim, by the length T
of the victim's kernels, for the levels debug-suspend and launch-limit.

The victim always has work. An operator's request suspends it again and again, so that nobody shares
the device with what is still in flight.
"""

import bisect
import subprocess
import time

import measure
from bus import NAME, process_path
from bus_client import BusClient
from child import StandError
from device_stand import DeviceStand
from fit import slope
from stand import Stand

KERNELS_MS = (0.01, 0.1, 0.5, 1, 2)  # T of Fig. 11(b) of the XSched paper.
THRESHOLD = 8  # Packets that the agent lets a launch-limited queue have in flight.
REQUEST = 16  # Kernels in a request of a victim that is suspended as a whole.
SUBMITTED = 4 * THRESHOLD  # What the victim would have in flight if nobody limited it.
SAVE_US, POLL_US = 100, 100
HOLD_S = 0.02
PAUSE_S = 0.01


def debug_suspend(build, count):
    """A point {"level", "kernel_ms", ...} for each T."""
    return [_point(build, "debug-suspend", kernel_ms, count) for kernel_ms in KERNELS_MS]


def launch_limit(build, count):
    """The same; nothing when these programs have no such level."""
    if not _victims_cooperate(build):
        return []
    return [_point(build, "launch-limit", kernel_ms, count) for kernel_ms in KERNELS_MS]


def slope_over_kernel(points):
    """ms of latency per ms of T."""
    return slope([(point["kernel_ms"], point["p50_ms"]) for point in points])


def slope_over_threshold(points):
    """ms of latency per ms of THRESHOLD x T."""
    return slope([(THRESHOLD * point["kernel_ms"], point["p50_ms"]) for point in points])


def suspensions(acts):
    """(suspend, resume) of each suspension that ended. The acts are in the order of time."""
    pairs, suspend = [], None
    for act in acts:
        if act["error"] == 0 and act["verb"] == "suspend":
            suspend = act
        elif act["verb"] == "resume" and suspend:
            pairs.append((suspend, act))
            suspend = None
    return pairs


def ioctl_latencies_ns(pairs):
    """The driver answers when the waves are saved."""
    return [suspend["done_ns"] - suspend["entered_ns"] for suspend, _ in pairs]


def drain_latencies_ns(pairs, completed_ns):
    """From each suspend to the last completion (they are in order) before its resume; 0 when
    nothing was in flight."""
    latencies = []
    for suspend, resume in pairs:
        done = bisect.bisect_left(completed_ns, resume["entered_ns"])
        last_ns = completed_ns[done - 1] if done else 0
        latencies.append(max(last_ns - suspend["entered_ns"], 0))
    return latencies


def progress(pairs, looks):
    """How many of the (start_ns, end_ns, consumed packets) looks saw progress in a suspension."""
    spans = [(suspend["done_ns"], resume["entered_ns"]) for suspend, resume in pairs]
    return sum(consumed > 0 and any(since <= start and end <= until for since, until in spans)
               for start, end, consumed in looks)


def _point(build, level, kernel_ms, count):
    with DeviceStand(build, save_us=SAVE_US, poll_us=POLL_US) as stand:
        stand.start_agent(policy="fixed-priority")
        victim = stand.start_workload("victim", *_victim_options(stand, level, kernel_ms))
        _wait_for_level(stand, victim, level)
        looks = _suspend_often(stand, victim, HOLD_S + _drain_s(level, kernel_ms), count)
        victim.finish()
        pairs = suspensions(stand.stop_agent().acts)
        completed = sorted(request["completed_ns"] for request in victim.activity().requests)
    if level == "launch-limit":
        latencies = drain_latencies_ns(pairs, completed)
    else:
        latencies = ioctl_latencies_ns(pairs)
        if progress(pairs, looks):
            raise StandError(f"a victim with kernels of {kernel_ms:g} ms ran on while suspended")
    if len(latencies) < count / 2:
        raise StandError(f"only {len(latencies)} of {count} requests led to a suspension")
    return {"level": level, "kernel_ms": kernel_ms, "preemptions": len(latencies),
            "p50_ms": measure.percentile(latencies, 0.50) / 1e6,
            "p99_ms": measure.percentile(latencies, 0.99) / 1e6}


def _victim_options(stand, level, kernel_ms):
    options = ["--closed", f"--kernel-us={1000 * kernel_ms:.0f}"]
    if level == "launch-limit":
        options += [f"--depth={SUBMITTED}", "--kernels-per-request=1"]
        # Without the runtime's debug interface no better level is possible.
        options += [f"--cooperate={stand.path('client.sock')}", "--abilities=limit",
                    "--no-runtime-enable"]
    else:
        # As much in flight, in fewer requests: a victim that submits a hundred thousand of them a
        # second takes the processor that the driver would answer on.
        options += [f"--depth={SUBMITTED // REQUEST}", f"--kernels-per-request={REQUEST}"]
    return options


def _drain_s(level, kernel_ms):
    """For how long at most a suspended victim's kernels run on, with much to spare."""
    return 2 * THRESHOLD * kernel_ms / 1e3 if level == "launch-limit" else 0


def _wait_for_level(stand, victim, level):
    def found(_):
        return stand.bus.get(process_path(victim.pid), "Process", "PreemptionLevel") == level
    stand.wait_until_known(victim)
    stand.agent.wait_for(found, f"level {level} for the victim", 5.0)


def _suspend_often(stand, victim, hold_s, count):
    """Looks at the victim in the second half of each suspension."""
    looks = []
    with BusClient(stand.bus.address) as client:
        for _ in range(count):
            client.preempt(NAME, process_path(victim.pid), f"{NAME}.Process", int(hold_s * 1e6),
                           "measurement")
            time.sleep(hold_s / 2)
            start_ns, consumed = time.monotonic_ns(), victim.consumed()
            time.sleep(hold_s / 4)
            consumed = victim.consumed() - consumed
            looks.append((start_ns, time.monotonic_ns(), consumed))
            time.sleep(hold_s / 4 + PAUSE_S)
    return looks


def _victims_cooperate(build):
    program = Stand(build).program("penstock-kfd-workload")
    told = subprocess.run([program, "--help"], capture_output=True, text=True, timeout=10,
                          check=False)
    return "--cooperate" in told.stdout

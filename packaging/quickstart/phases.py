# SPDX-License-Identifier: Apache-2.0
"""Phases of the demonstration: the foreground alone, shared natively, and under Penstock.

The foreground is latency-critical: requests of four kernels of 0.5 ms, arriving at random times so
that they ask for 20 % of the device. The background always has work. Both are the same in every
phase, down to the arrival times.
"""

import time

import measure
from child import StandError

KERNEL_S = 0.0005
KERNELS_PER_REQUEST = 4
FOREGROUND = ("--load=0.2", "--kernel-us=500", f"--kernels-per-request={KERNELS_PER_REQUEST}",
              "--arrivals=poisson", "--seed=20")
BACKGROUND = ("--closed", "--depth=8", "--kernel-us=500",
              f"--kernels-per-request={KERNELS_PER_REQUEST}")
SETTLING_S = 0.3  # Left out at the start of every phase.


class Window:
    """A span of CLOCK_MONOTONIC in which figures count."""

    def __init__(self, start_ns, end_ns):
        self.start_ns = start_ns
        self.end_ns = end_ns

    @property
    def seconds(self):
        return (self.end_ns - self.start_ns) / 1e9


def figures_of(foreground, background, window):
    """What both clients got from the device in the window; `background` may be None."""
    times = foreground.times_ns(window.start_ns, window.end_ns)
    figures = {
        "requests": len(times),
        "p50_ms": _milliseconds(measure.percentile(times, 0.50)),
        "p99_ms": _milliseconds(measure.percentile(times, 0.99)),
        "foreground_busy_share": _busy_share(foreground, window),
    }
    if background is not None:
        share = _busy_share(background, window)
        figures["background_busy_share"] = share
        figures["background_share_of_leftover"] = measure.ratio(
            share, 1 - figures["foreground_busy_share"])
    return figures


def _busy_share(activity, window):
    rate = activity.requests_per_second(window.start_ns, window.end_ns)
    return rate * KERNELS_PER_REQUEST * KERNEL_S


def _milliseconds(nanoseconds):
    return None if nanoseconds is None else nanoseconds / 1e6


def alone(stand, seconds):
    foreground = stand.start_workload("alone", *FOREGROUND)
    window = _run(seconds)
    foreground.finish()
    return figures_of(foreground.activity(), None, window)


def native(stand, seconds):
    """Both share the device as it likes; the agent watches and does nothing."""
    stand.start_agent(policy="observe-only")
    background = stand.start_workload("native-background", *BACKGROUND)
    foreground = stand.start_workload("native-foreground", *FOREGROUND)
    stand.wait_until_known(foreground, background)
    window = _run(seconds)
    foreground.finish()
    background.finish()
    trace = stand.stop_agent()
    if trace.suspends():
        raise StandError("a queue was suspended although the policy only observes")
    return figures_of(foreground.activity(), background.activity(), window)


def _run(seconds):
    start_ns = time.monotonic_ns() + int(SETTLING_S * 1e9)
    time.sleep(SETTLING_S + seconds)
    return Window(start_ns, time.monotonic_ns())


class Penstock:
    """Both under fixed priority, equal at first; then busctl gives the foreground a higher one."""

    def __init__(self, stand):
        self.stand = stand
        stand.start_agent(policy="fixed-priority")
        self.background = stand.start_workload("background", *BACKGROUND)
        self.foreground = stand.start_workload("foreground", *FOREGROUND)
        stand.wait_until_known(self.foreground, self.background)
        self.equal = None
        self.preferred = None
        self.changed_ns = None
        self._use = None

    def share_equally(self, seconds):
        self.equal = _run(seconds)

    def prefer_foreground(self, seconds):
        before = self._programs()
        start = time.monotonic()
        self.changed_ns = time.monotonic_ns()
        self.stand.bus.set_priority(self.foreground.pid, 10)
        self.preferred = _run(seconds)
        elapsed = time.monotonic() - start
        after = self._programs()
        self._use = {
            "cpu_percent": 100 * (after["cpu_s"] - before["cpu_s"]) / elapsed,
            "rss_mib": after["rss_bytes"] / 2**20,
        }

    def _programs(self):
        pids = (self.stand.agent.pid, self.stand.gate_pid())
        return {"cpu_s": sum(measure.cpu_seconds(pid) for pid in pids),
                "rss_bytes": sum(measure.resident_bytes(pid) for pid in pids)}

    def finish(self):
        """Everything about this phase, as one dictionary."""
        priority = self.stand.bus.get(f"/org/penstock1/process/{self.foreground.pid}", "Process",
                                      "Priority")
        self.foreground.finish()
        self.background.finish()
        trace = self.stand.stop_agent()
        foreground, background = self.foreground.activity(), self.background.activity()
        suspends = trace.suspends(self.preferred.start_ns, self.preferred.end_ns)
        before = trace.suspends(self.equal.start_ns, self.changed_ns)
        figures = figures_of(foreground, background, self.preferred)
        figures["equal"] = figures_of(foreground, background, self.equal) | {
            "preemptions": len(before)}
        figures["preemptions"] = len(suspends)
        figures["failed_actions"] = len(trace.failures())
        figures["priority_read_back"] = priority
        return figures | self._use | self._latencies(trace, suspends, foreground.stores)

    def _latencies(self, trace, suspends, stores):
        moves = measure.pointer_to_ioctl_ns(suspends, self.foreground.pid, stores)
        seen = measure.seen_to_ioctl_ns(suspends)
        detected = measure.detect_to_ioctl_ns(suspends)
        first_ns = measure.first_suspend_after(trace.suspends(), self.background.pid,
                                               self.changed_ns)
        return {
            "joined_preemptions": len(moves),
            "pointer_to_ioctl_p50_us": _microseconds(measure.percentile(moves, 0.50)),
            "pointer_to_ioctl_p99_us": _microseconds(measure.percentile(moves, 0.99)),
            "seen_to_ioctl_p50_us": _microseconds(measure.percentile(seen, 0.50)),
            "seen_to_ioctl_p99_us": _microseconds(measure.percentile(seen, 0.99)),
            "detect_to_ioctl_p50_us": _microseconds(measure.percentile(detected, 0.50)),
            "detect_to_ioctl_p99_us": _microseconds(measure.percentile(detected, 0.99)),
            "busctl_to_first_suspend_ms":
                None if first_ns is None else (first_ns - self.changed_ns) / 1e6,
        }


def _microseconds(nanoseconds):
    return None if nanoseconds is None else nanoseconds / 1e3

# SPDX-License-Identifier: Apache-2.0
"""Fan-out bench: what one scheduling event costs all of us in CPU time, by the number of managed
processes that have nothing to do with it.

An event is a suspension: a submission of the foreground finds the background running. Everything
is counted that runs for it: agent, gate and the clients themselves.
"""

import os
import time

from child import StandError
from device_stand import DeviceStand
from preempt_bench import BACKGROUND, SHORT_AND_RARE

_FAR_AWAY_NS = 3600 * 10**9
_SETTLE_S = 0.5


def cpu_ns(pid):
    """Of all threads so far; finer than the clock ticks of /proc/PID/stat."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as file:
            total += int(file.read().split()[0])
    return total


class Crowd:
    """A busy background, a foreground that it yields to, and idle clients beside them."""

    def __init__(self, stand):
        self._stand = stand
        stand.start_agent(policy="fixed-priority")
        background = stand.start_workload("background", *BACKGROUND)
        foreground = stand.start_workload("foreground", *SHORT_AND_RARE)
        self._clients = [background, foreground]
        stand.wait_until_known(*self._clients)
        stand.bus.set_priority(foreground.pid, 10)
        self._windows = []

    def measure_with(self, idle, span_s):
        """With so many idle clients; there must not be more already."""
        before = len(self._clients) - 2
        start_at = time.monotonic_ns() + _FAR_AWAY_NS
        started = [self._stand.start_workload(f"idle-{number}", f"--start-at={start_at}")
                   for number in range(before, idle)]
        self._clients += started
        self._stand.wait_until_known(*started, timeout_s=20)
        time.sleep(_SETTLE_S)
        used_before, start_ns = self._use(), time.monotonic_ns()
        time.sleep(span_s)
        end_ns = time.monotonic_ns()
        used = {who: ns - used_before[who] for who, ns in self._use().items()}
        self._windows.append((idle, start_ns, end_ns, used))

    def costs(self):
        """Ends the agent; {idle: {who: µs of CPU time per event}}."""
        trace = self._stand.stop_agent()
        told = {}
        for idle, start_ns, end_ns, used in self._windows:
            events = len(trace.suspends(start_ns, end_ns))
            if not events:
                raise StandError(f"nothing was suspended beside {idle} idle clients")
            told[idle] = {who: ns / events / 1e3 for who, ns in used.items()} | {
                "all": sum(used.values()) / events / 1e3, "events": events}
        return told

    def _use(self):
        return {"agent": cpu_ns(self._stand.agent.pid), "gate": cpu_ns(self._stand.gate_pid()),
                "clients": sum(cpu_ns(client.pid) for client in self._clients)}


def event_costs(build, few, many, span_s):
    """{idle: {who: µs}} of one round."""
    with DeviceStand(build) as stand:
        crowd = Crowd(stand)
        crowd.measure_with(few, span_s)
        crowd.measure_with(many, span_s)
        return crowd.costs()

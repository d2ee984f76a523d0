# SPDX-License-Identifier: Apache-2.0
"""Preempt bench: latencies of the real agent and gate in an otherwise idle run.

A foreground submits one short kernel every 5 ms and blocks (or spins); a background always has
work. So every submission finds the background running, and leads to a preemption.
"""

import time

import measure
from bus import NAME, process_path
from bus_client import BusClient
from child import StandError
from stand import Stand

BACKGROUND = ("--closed", "--depth=8", "--kernel-us=500", "--kernels-per-request=4")
ALWAYS_BUSY = ("--closed", "--depth=2", "--kernel-us=500", "--kernels-per-request=1")
GAP_S = 0.005
SPARE = 1.2  # Some submissions find the background suspended already, and lead to nothing.
PATIENCE = 15  # On a loaded machine the submitter itself is late.
# A kernel of 100 µs every 5 ms is 2 % of the device.
SHORT_AND_RARE = ("--arrivals=periodic", "--kernel-us=100", "--kernels-per-request=1",
                  "--load=0.02")


def _us(nanoseconds):
    return None if nanoseconds is None else nanoseconds / 1e3


def preemptions(stand, count, spins=False, agent_options=(), beforehand=None):
    """At least `count` preemptions on a new stand, as latencies in µs.

    `beforehand` is called on the machine as it is in the run, but before the first preemption.
    """
    with stand:
        stand.start_agent(*agent_options, policy="fixed-priority")
        background = stand.start_workload("background", *BACKGROUND)
        told = beforehand() if beforehand else None
        foreground = stand.start_workload(
            "foreground", *SHORT_AND_RARE, "--wait=spin" if spins else "--wait=event")
        stand.wait_until_known(foreground)
        stand.bus.set_priority(foreground.pid, 10)
        cpu_before, start = _cpu(stand), time.monotonic()
        _wait_for_preemptions(stand, background, count)
        cpu_percent = 100 * (_cpu(stand) - cpu_before) / (time.monotonic() - start)
        foreground.finish()
        suspends = stand.stop_agent().suspends()
        stores = foreground.activity().stores
    return latencies(suspends, foreground.pid, stores) | {
        "beforehand": told, "cpu_percent": cpu_percent}


def latencies(suspends, submitter_pid, stores):
    """From the pointer move, its being seen, and the gate's waking, to ioctl(2)."""
    spans = {
        "pointer_to_ioctl": measure.pointer_to_ioctl_ns(suspends, submitter_pid, stores),
        "seen_to_ioctl": measure.seen_to_ioctl_ns(suspends),
        "detect_to_ioctl": measure.detect_to_ioctl_ns(suspends),
    }
    told = {"preemptions": len(spans["pointer_to_ioctl"])}
    for name, values in spans.items():
        told[f"{name}_p50_us"] = _us(measure.percentile(values, 0.50))
        told[f"{name}_p99_us"] = _us(measure.percentile(values, 0.99))
    return told


def _wait_for_preemptions(stand, background, count):
    """The agent is asked only after the time it usually takes: that costs CPU time too."""
    time.sleep(count * GAP_S * SPARE)
    deadline = time.monotonic() + PATIENCE * count * GAP_S
    while time.monotonic() < deadline:
        if _preemptions_of(stand, background) >= count:
            return
        time.sleep(0.5)


def _preemptions_of(stand, client):
    return max((row["preemptions"] for row in stand.list_queues() if row["pid"] == client.pid),
               default=0)


def _cpu(stand):
    return sum(measure.cpu_seconds(pid) for pid in (stand.agent.pid, stand.gate_pid()))


def polling_curve(build, count, periods_us):
    """Latency and CPU of the fallback for each sampling period."""
    told = ("preemptions", "pointer_to_ioctl_p50_us", "pointer_to_ioctl_p99_us", "cpu_percent")
    curve = []
    for period in periods_us:
        options = ("--no-pointer-watch", f"--sampling-us={period}")
        point = preemptions(Stand(build), count, agent_options=options)
        curve.append({"period_us": period} | {name: point[name] for name in told})
    return curve


def priority_changes(build, count):
    """From the call to the first suspend ioctl: by an open connection, and by a whole busctl."""
    with Stand(build) as stand:
        stand.start_agent(policy="fixed-priority")
        background = stand.start_workload("background", *BACKGROUND)
        foreground = stand.start_workload("foreground", *ALWAYS_BUSY)
        stand.wait_until_known(foreground, background)
        with BusClient(stand.bus.address) as client:
            sent = [_change(foreground.pid, lambda pid, priority: _send(client, pid, priority))
                    for _ in range(count)]
        by_busctl = [_change(foreground.pid, lambda pid, priority: _busctl(stand, pid, priority))
                     for _ in range(10)]
        trace = stand.stop_agent()
    suspends = trace.suspends()
    return {
        "changes": count,
        "priority_change_p99_us": _us(_after(suspends, background.pid, sent, 0.99)),
        "priority_change_p50_us": _us(_after(suspends, background.pid, sent, 0.50)),
        "received_to_ioctl_p99_us": _us(_received(trace, background.pid, 0.99)),
        "busctl_p50_us": _us(_after(suspends, background.pid, by_busctl, 0.50)),
    }


def _send(client, pid, priority):
    sent_ns, _ = client.set_int_property(NAME, process_path(pid), f"{NAME}.Process", "Priority",
                                         priority)
    return sent_ns


def _busctl(stand, pid, priority):
    sent_ns = time.monotonic_ns()
    stand.bus.set_priority(pid, priority)
    return sent_ns


def _change(pid, set_priority):
    """Raises the priority for 30 ms and lowers it again; when it was raised."""
    raised_ns = set_priority(pid, 10)
    time.sleep(0.03)
    set_priority(pid, 0)
    time.sleep(0.02)
    return raised_ns


def _after(suspends, pid, moments_ns, part):
    """The percentile of moment -> first suspend; a change that led to none is an error."""
    spans = []
    for moment_ns in moments_ns:
        first_ns = measure.first_suspend_after(suspends, pid, moment_ns)
        if first_ns is None or first_ns - moment_ns > 30e6:
            raise StandError("a priority change did not lead to a suspend within 30 ms")
        spans.append(first_ns - moment_ns)
    return measure.percentile(spans, part)


def _received(trace, pid, part):
    """Every second request lowers the priority again and leads to no suspend of its own."""
    raised = [request["received_ns"] for request in trace.requests
              if request["request"] == "set-priority"][::2]
    return _after(trace.suspends(), pid, raised, part)


def idle_cpu_percent(build, seconds):
    """Of agent and gate (if it runs) while nobody has a queue."""
    with Stand(build) as stand:
        agent = stand.start_agent(policy="fixed-priority")
        time.sleep(1)  # Its start is not idleness.
        pids = [agent.pid, *measure.children_of(agent.pid).values()]
        before, start = sum(map(measure.cpu_seconds, pids)), time.monotonic()
        time.sleep(seconds)
        used = sum(map(measure.cpu_seconds, pids)) - before
        return 100 * used / (time.monotonic() - start)

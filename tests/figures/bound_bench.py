# SPDX-License-Identifier: Apache-2.0
"""Bound bench: how much of the device's time suspensions take at most, and what the agent believes
that one costs.

Every submission of the foreground asks for a suspension, far more than the agent's bound allows.
The device is one whose firmware stops everybody for each suspension and each resume.
"""

import time

from bus import MANAGER
from device_stand import DeviceStand
from preempt_bench import BACKGROUND, SHORT_AND_RARE

_SAVE_US = 100
_FIRST_S = 2  # In which the agent learns the cost, and may spend what it saved before.


def bounded(build, span_s):
    """The share of the time that suspends and resumes took of the device, and of their callers, in
    percent, and the agent's view."""
    with DeviceStand(build, preset="gfx90a", save_us=_SAVE_US) as stand:
        stand.start_agent(policy="fixed-priority")
        background = stand.start_workload("background", *BACKGROUND)
        foreground = stand.start_workload("foreground", *SHORT_AND_RARE)
        stand.wait_until_known(background, foreground)
        stand.bus.set_priority(foreground.pid, 10)
        time.sleep(_FIRST_S)
        start_ns = time.monotonic_ns()
        time.sleep(span_s)
        end_ns = time.monotonic_ns()
        path = f"{MANAGER}/gpu/{background.ready['gpu_id']}"
        told = {name: stand.bus.get(path, "Gpu", name)
                for name in ("SuspendCostNSec", "ResumeCostNSec", "PreemptionsPerSecondLimit")}
        trace = stand.stop_agent()
    return {
        "device_share_percent": device_share_percent(trace.acts, start_ns, end_ns, _SAVE_US),
        "ioctl_share_percent": ioctl_share_percent(trace.acts, start_ns, end_ns),
        "suspend_cost_us": told["SuspendCostNSec"] / 1e3,
        "resume_cost_us": told["ResumeCostNSec"] / 1e3,
        "limit_per_second": told["PreemptionsPerSecondLimit"],
        "suspends_per_second": len(trace.suspends(start_ns, end_ns)) / ((end_ns - start_ns) / 1e9),
    }


def device_share_percent(acts, start_ns, end_ns, save_us):
    """Of the window in which the device was busy with a suspend or a resume, by its model."""
    count = sum(start_ns <= act["entered_ns"] < end_ns for act in acts)
    return 100 * count * save_us * 1e3 / (end_ns - start_ns)


def ioctl_share_percent(acts, start_ns, end_ns):
    """Of the window in which a caller waited for one: for the device, and for a processor too."""
    spent = sum(act["done_ns"] - act["entered_ns"] for act in acts
                if start_ns <= act["entered_ns"] < end_ns)
    return 100 * spent / (end_ns - start_ns)

# SPDX-License-Identifier: Apache-2.0
"""Validation bench: how far the simulator's prediction was from what real processes get in real
time, under the real agent, on the emulated device."""

from real_time import Scenario, played
from simulator import told

PLAYED = (("v1_priority", "fixed-priority"), ("v2_partition", "partition"),
          ("v3_harvest", "harvest"))


def simulated(build, scenario, policy):
    """What each job gets: {"name": {"p99_ratio", "share"}}."""
    jobs = told(build, "run", scenario.path, "--policy", policy)["runs"][0]["jobs"]
    return {job["name"]: {"p99_ratio": job["slowdown_p99"], "share": job["device_share"]}
            for job in jobs}


def compared(build):
    """A point for each figure that is compared: shares of all jobs, and P99 beside the P99 when
    alone of those that somebody waits for."""
    points = []
    for name, policy in PLAYED:
        scenario = Scenario(name)
        predicted, measured = simulated(build, scenario, policy), played(build, scenario, policy)
        for job in scenario.jobs:
            for figure in ("p99_ratio", "share") if scenario.is_open(job) else ("share",):
                points.append(_point(name, f"{job} {figure}", predicted[job][figure],
                                     measured[job][figure]))
    return points


def _point(scenario, figure, predicted, seen):
    error = None if seen is None else 100 * abs(seen - predicted) / predicted
    return {"scenario": scenario, "figure": figure, "simulated": predicted, "emulated": seen,
            "error_percent": error}


def worst(points):
    """The largest error; nothing when a figure could not be measured."""
    errors = [point["error_percent"] for point in points]
    return None if None in errors else max(errors)

# SPDX-License-Identifier: Apache-2.0
"""Validation bench: scenarios of the simulator in real time, with real processes, the real agent
and the emulated device, and how far the prediction was from that.

What the processes do is read from the scenario files, so that both play the same.
"""

import os
import time

import measure
from bus import process_path
from child import StandError
from device_stand import DeviceStand
from simulator import SCENARIOS, told

PLAYED = (("v1_priority", "fixed-priority"), ("v2_partition", "partition"),
          ("v3_harvest", "harvest"))
POLL_US = 100
# Whether it is a job that somebody waits for is said by how its requests arrive.
_OPEN = ("periodic", "poisson")
_PROPERTIES = {"Priority": "i", "Weight": "u", "Class": "s"}


class Scenario:
    """The sections of a scenario file, as far as this bench plays them."""

    def __init__(self, name):
        self.path = os.path.join(SCENARIOS, f"{name}.conf")
        self.sections = {}
        section = None
        with open(self.path, encoding="utf-8") as file:
            for line in map(str.strip, file):
                if line.startswith("["):
                    section = self.sections.setdefault(line.strip("[]"), {})
                elif "=" in line and not line.startswith("#"):
                    key, _, value = line.partition("=")
                    section[key] = value

    def seconds(self, section, key):
        units = {"us": 1e-6, "ms": 1e-3, "s": 1.0}
        text = self.sections[section][key]
        unit = next(unit for unit in units if text.endswith(unit))
        return float(text.removesuffix(unit)) * units[unit]

    @property
    def jobs(self):
        return [name.removeprefix("Job ") for name in self.sections if name.startswith("Job ")]

    def job(self, name):
        return self.sections[f"Job {name}"]

    def busy_s(self, name):
        """Device time of a request."""
        return self.seconds(f"Job {name}", "KernelSec") * int(self.job(name)["Kernels"])

    def is_open(self, name):
        return self.job(name).get("Arrivals") in _OPEN

    def options(self, name):
        """Of the workload that does what the job does."""
        job = self.job(name)
        told = [f"--kernel-us={1e6 * self.seconds(f'Job {name}', 'KernelSec'):.0f}",
                f"--kernels-per-request={job['Kernels']}"]
        if self.is_open(name):
            load = self.busy_s(name) / self.seconds(f"Job {name}", "GapSec")
            return told + [f"--arrivals={job['Arrivals']}", f"--load={load:.6f}"]
        return told + ["--closed", f"--depth={job['Depth']}"]


def simulated(build, scenario, policy):
    """What each job gets: {"name": {"p99_ratio", "share"}}."""
    jobs = told(build, "run", scenario.path, "--policy", policy)["runs"][0]["jobs"]
    return {job["name"]: {"p99_ratio": job["slowdown_p99"], "share": job["device_share"]}
            for job in jobs}


def _window(scenario):
    """Nanoseconds from and to which figures count, once the time has passed."""
    warm_up = scenario.seconds("Scenario", "WarmUpSec")
    start = time.monotonic_ns() + int(warm_up * 1e9)
    time.sleep(scenario.seconds("Scenario", "DurationSec"))
    return start, time.monotonic_ns()


def _alone_p99_ns(stand, scenario, name):
    client = stand.start_workload(f"alone-{name}"[:15], *scenario.options(name))
    window = _window(scenario)
    client.finish()
    return measure.percentile(client.activity().times_ns(*window), 0.99)


def _set_up(stand, scenario, name, pid):
    for key, signature in _PROPERTIES.items():
        if key in scenario.job(name):
            answer = stand.bus.set(process_path(pid), "Process", key, signature,
                                   scenario.job(name)[key])
            if answer.returncode != 0:
                raise StandError(f"{key} of {name}: {answer.stderr.strip()}")


def emulated(build, scenario, policy):
    """The same, measured."""
    save_us = 1e6 * scenario.seconds("Device gpu", "SaveSec")
    with DeviceStand(build, save_us=int(save_us), poll_us=POLL_US) as stand:
        alone = {name: _alone_p99_ns(stand, scenario, name)
                 for name in scenario.jobs if scenario.is_open(name)}
        stand.start_agent(policy=policy)
        clients = {name: stand.start_workload(name, *scenario.options(name))
                   for name in scenario.jobs}
        stand.wait_until_known(*clients.values())
        for name, client in clients.items():
            stand.wait_until_preemptible(client)
            _set_up(stand, scenario, name, client.pid)
        window = _window(scenario)
        for client in clients.values():
            client.finish()
        stand.stop_agent()
        return {name: _figures(scenario, name, client.activity(), window, alone.get(name))
                for name, client in clients.items()}


def _figures(scenario, name, activity, window, alone_p99_ns):
    p99_ns = measure.percentile(activity.times_ns(*window), 0.99)
    return {"p99_ratio": measure.ratio(p99_ns, alone_p99_ns),
            "share": activity.requests_per_second(*window) * scenario.busy_s(name)}


def compared(build):
    """A point for each figure that is compared: shares of all jobs, and P99 beside the P99 when
    alone of those that somebody waits for."""
    points = []
    for name, policy in PLAYED:
        scenario = Scenario(name)
        predicted, measured = simulated(build, scenario, policy), emulated(build, scenario, policy)
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

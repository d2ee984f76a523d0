# SPDX-License-Identifier: Apache-2.0
"""Real time: a scenario of the simulator played by real processes, under the real agent, on the
emulated device.

What the processes do is read from the scenario file, so that both sides play the same.
"""

import os
import time

import measure
from bus import process_path
from child import StandError
from device_stand import DeviceStand
from simulator import SCENARIOS

POLL_US = 100
# Whether it is a job that somebody waits for is said by how its requests arrive.
_OPEN = ("periodic", "poisson")
_MOST_KERNELS = 250  # A client's request has room for 256.
_PROPERTIES = {"Priority": "i", "Weight": "u", "Class": "s"}


def _seconds(text):
    units = {"us": 1e-6, "ms": 1e-3, "s": 1.0}
    unit = next(unit for unit in units if text.endswith(unit))
    return float(text.removesuffix(unit)) * units[unit]


class Scenario:
    """The sections of a scenario file, as far as they can be played."""

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

    def policy(self, name):
        """The policy behind a name, which may be of the file, and the settings it has there."""
        own = dict(self.sections.get(f"Policy {name}", {"Base": name}))
        base = own.pop("Base")
        return base, {f"{key.removesuffix('Sec')}USec": round(1e6 * _seconds(text))
                      for key, text in own.items()}

    def seconds(self, section, key):
        return _seconds(self.sections[section][key])

    @property
    def jobs(self):
        return [name.removeprefix("Job ") for name in self.sections if name.startswith("Job ")]

    def job(self, name):
        return self.sections[f"Job {name}"]

    def kernels(self, name):
        """Of a request. Who never pauses has work either way: its long requests are cut."""
        told = int(self.job(name)["Kernels"])
        return told if self.is_open(name) else min(told, _MOST_KERNELS)

    def busy_s(self, name):
        """Device time of a request."""
        return self.seconds(f"Job {name}", "KernelSec") * self.kernels(name)

    def is_open(self, name):
        return self.job(name).get("Arrivals") in _OPEN

    def options(self, name):
        """Of the workload that does what the job does."""
        job = self.job(name)
        told = [f"--kernel-us={1e6 * self.seconds(f'Job {name}', 'KernelSec'):.0f}",
                f"--kernels-per-request={self.kernels(name)}"]
        if self.is_open(name):
            load = self.busy_s(name) / self.seconds(f"Job {name}", "GapSec")
            return told + [f"--arrivals={job['Arrivals']}", f"--load={load:.6f}"]
        return told + ["--closed", f"--depth={job['Depth']}"]


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


def _set_policy(stand, name, settings):
    if settings:
        told = [word for key, value in settings.items() for word in (key, "t", value)]
        stand.bus.call("SetPolicy", "sa{sv}", name, len(settings), *told)


def _set_up(stand, scenario, name, pid):
    for key, signature in _PROPERTIES.items():
        if key in scenario.job(name):
            answer = stand.bus.set(process_path(pid), "Process", key, signature,
                                   scenario.job(name)[key])
            if answer.returncode != 0:
                raise StandError(f"{key} of {name}: {answer.stderr.strip()}")


def played(build, scenario, policy):
    """What each job gets: {"name": {"p99_ratio", "share"}}. Its P99 is beside that alone."""
    base, settings = scenario.policy(policy)
    save_us = 1e6 * scenario.seconds("Device gpu", "SaveSec")
    with DeviceStand(build, save_us=int(save_us), poll_us=POLL_US) as stand:
        alone = {name: _alone_p99_ns(stand, scenario, name)
                 for name in scenario.jobs if scenario.is_open(name)}
        stand.start_agent(policy=base)
        _set_policy(stand, base, settings)
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

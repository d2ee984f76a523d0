# SPDX-License-Identifier: Apache-2.0
"""Booted: the system under test, asked as its users would ask it, with systemctl and busctl."""

import json
import re
import time
import unittest

import measure
from child import StandError
from round_trip import RoundTripBus

NAME = "org.penstock1"
MANAGER = "/org/penstock1"
AGENT = "penstockd.service"
EMULATOR = "penstock-kfd-emulator.service"
SYSFS = "/run/penstock-kfd-emulator/device/sys"
BUSY = ("--closed", "--depth=8", "--kernel-us=500", "--kernels-per-request=4")


def process_path(pid):
    return f"{MANAGER}/process/{pid}"


class Workload:
    """A client of the device, run as a service of one of the users."""

    def __init__(self, system, name, user, options):
        self._system = system
        self.unit = f"{name}.service"
        output = f"/run/{name}.out"
        system.must("truncate", "--size=0", output)  # One of this name may have written there.
        system.must("systemd-run", "--quiet", "--collect", f"--unit={self.unit}", f"--uid={user}",
                    f"--property=StandardOutput=truncate:{output}", "penstock-kfd-workload",
                    f"--sysfs={SYSFS}", f"--name={name}", *options)
        try:
            ready = system.wait_for(lambda: self._first_line(output), f"queues of {name}")
            self.queues = json.loads(ready)["queues"]
            self.pid = int(system.property(self.unit, "MainPID"))
            self._host_pid = system.host_pid(self.pid)
        except BaseException:
            self.stop()
            raise

    def _first_line(self, output):
        with open(self._system.host_path(output), encoding="utf-8") as file:
            return next((line for line in file if line.startswith('{"gpu_id"')), None)

    @property
    def path(self):
        return process_path(self.pid)

    def consumed(self):
        """Packets that the device has taken from the first queue."""
        return measure.read_word(self._host_pid, self.queues[0]["read_address"])

    def stop(self):
        self._system.run("systemctl", "stop", self.unit)


class System:
    """What is asked often, around a container."""

    def __init__(self, container):
        self.run, self.must, self.boot_again = container.run, container.must, container.boot_again
        self.write = lambda path, text: self.must("sh", "-c", 'mkdir -p "${1%/*}" && cat >"$1"',
                                                  "sh", path, text=text)
        self.host_path, self.host_pid = container.host_path, container.host_pid
        self.wait_for = container.wait_for

    def property(self, unit, name):
        return self.must("systemctl", "show", "--value", f"--property={name}", unit).strip()

    def busctl(self, *arguments, user="root"):
        return self.run("busctl", "--json=short", "--allow-interactive-authorization=no", "--",
                        *arguments, user=user)

    def get(self, path, interface, name):
        answer = self.busctl("get-property", NAME, path, f"{NAME}.{interface}", name)
        if answer.returncode != 0:
            raise StandError(answer.stderr.strip())
        return json.loads(answer.stdout)["data"]

    def set_priority(self, workload, priority, user="root"):
        """"" for success, or what busctl printed."""
        answer = self.busctl("set-property", NAME, workload.path, f"{NAME}.Process", "Priority",
                             "i", priority, user=user)
        return "" if answer.returncode == 0 else answer.stderr.strip() or "refused"

    def priority(self, workload):
        return self.get(workload.path, "Process", "Priority")

    def serves(self):
        return self.busctl("get-property", NAME, MANAGER, f"{NAME}.Manager",
                           "Version").returncode == 0

    def gate_unit(self):
        """Of the gate that serves, or None."""
        listed = self.must("systemctl", "list-units", "--plain", "--no-legend", "--state=active",
                           "penstock-gate@*.service").split()
        return next((word for word in listed if word.startswith("penstock-gate@")), None)

    def is_preemptible(self, workload):
        answer = self.busctl("get-property", NAME, workload.path, f"{NAME}.Process",
                             "PreemptionLevel")
        return answer.returncode == 0 and json.loads(answer.stdout)["data"] == "debug-suspend"

    def start_workload(self, name, user="alice", options=BUSY):
        workload = Workload(self, name, user, options)
        try:
            self.wait_for(lambda: self.is_preemptible(workload), f"rung for {name}")
        except StandError:
            workload.stop()
            raise
        return workload

    def hold(self, workload, seconds=30):
        """Suspends it by an operator's request."""
        self.must("busctl", "call", "--", NAME, workload.path, f"{NAME}.Process", "Preempt", "ts",
                  seconds * 1_000_000, "a test")

    def journal(self, unit):
        self.must("journalctl", "--sync")
        return self.must("journalctl", "--no-pager", "--output=cat", f"--unit={unit}")

    def open_bus(self):
        """An open connection as root, to measure by."""
        return RoundTripBus("unix:path=" + self.host_path("/run/dbus/system_bus_socket"))

    def reset_failures(self):
        """Restarts by systemd are limited, and tests cause more of them than an accident would."""
        self.run("systemctl", "reset-failed", AGENT)

    def start_anew(self):
        """The device and its agent, by what their unit files say now."""
        self.reset_failures()
        self.must("systemctl", "daemon-reload")
        self.must("systemctl", "stop", AGENT)
        self.must("systemctl", "restart", EMULATOR)
        self.must("systemctl", "start", AGENT)


def longest_standstill_s(workload, until, atmost_s=20.0):
    """The longest time without progress until `until()` says so."""
    end = time.monotonic() + atmost_s
    longest, consumed, since = 0.0, workload.consumed(), time.monotonic()
    while time.monotonic() < end and not until():
        time.sleep(0.001)
        now = workload.consumed()
        longest = max(longest, time.monotonic() - since)
        if now != consumed:
            consumed, since = now, time.monotonic()
    return longest


def exposure(text):
    """The number that systemd-analyze security ends with."""
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", text)
    if not found:
        raise StandError(f"no exposure level in: {text[-300:]}")
    return float(found.group(1))


class Case(unittest.TestCase):
    """A test of the system that main() has booted, and the figures found on the way."""

    system = None
    figures = {}

    def shortDescription(self):
        """The names say it."""
        return None

    def eventually(self, holds, sentence, timeout_s=10.0):
        try:
            self.system.wait_for(holds, sentence, timeout_s)
        except StandError as error:
            self.fail(f"{error}; the agent said: {self.system.journal(AGENT)[-1500:]}")

    def workload(self, name, **options):
        started = self.system.start_workload(name, **options)
        self.addCleanup(started.stop)
        return started

    def assert_runs(self, workload):
        before = workload.consumed()
        self.eventually(lambda: workload.consumed() > before, f"progress of {workload.unit}")

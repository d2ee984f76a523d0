# SPDX-License-Identifier: Apache-2.0
"""Hostile bench: how long another user waits for an answer, and how late the agent's loop begins its
rounds, while one user asks for everything as fast as the bus takes it."""

import json
import os
import subprocess
import threading
import time

import measure
from bus import MANAGER
from child import Child, StandError
from open_stand import DAEMON, NOBODY, OpenStand

# The agent tells of its last 1024 rounds, 10 ms apart: until then its start is among them.
_UNTIL_SETTLED_S = 11
_FLOOR_PERIOD_S = 0.005
_FLOOR_PRIORITY = 50
_AS_ITS_UNIT = ("nice", "--adjustment=-5")
_HERE = os.path.dirname(os.path.abspath(__file__))


def _ask(stand, pid, count):
    """Milliseconds that each of so many GetProcess took another user."""
    program = ""
    for name in ("bus_client.py", "ask_process.py"):  # He may not read our folder.
        with open(os.path.join(_HERE, name), encoding="utf-8") as file:
            program += file.read()
    ran = subprocess.run(["setpriv", f"--reuid={NOBODY}", "--clear-groups", "python3", "-",
                          stand.bus.address, str(pid), str(count)], input=program,
                         capture_output=True, text=True, timeout=600, check=False)
    if ran.returncode != 0:
        raise StandError(f"the other user got no answers: {ran.stderr.strip()[-400:]}")
    return json.loads(ran.stdout)


class _Floor(threading.Thread):
    """How late a thread of real-time priority wakes up meanwhile: no timer here is more punctual."""

    def __init__(self):
        super().__init__()
        self._ended = threading.Event()
        self.late_ms = []

    def run(self):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(_FLOOR_PRIORITY))
        while not self._ended.is_set():
            due = time.monotonic() + _FLOOR_PERIOD_S
            time.sleep(_FLOOR_PERIOD_S)
            self.late_ms.append(1e3 * (time.monotonic() - due))

    def end(self):
        self._ended.set()
        self.join()
        return measure.percentile(self.late_ms, 0.99)


def _tick_lag_us(stand):
    return stand.bus.get(MANAGER, "Manager", "TickLagUSec")[1]


def flooded(build, count):
    with OpenStand(build) as stand:
        stand.start_agent("--dram-peak=40G", wrapper=_AS_ITS_UNIT)
        client = stand.start_workload("client", "--closed", "--depth=2", "--kernel-us=2000")
        stand.wait_until_known(client)
        time.sleep(_UNTIL_SETTLED_S)
        quiet = _ask(stand, client.pid, count)
        quiet_lag = _tick_lag_us(stand)
        program = os.path.join(build, "tests", "bus_fuzz", "penstock-bus-flood")
        flood = Child("flood", [program, f"--bus={stand.bus.address}", f"--pid={client.pid}",
                                f"--uid={DAEMON}"], stand.directory)
        stand.children.append(flood)
        flood.wait_for(lambda child: "ready" in child.output(), "connection")
        floor = _Floor()
        floor.start()
        try:
            during = _ask(stand, client.pid, count)
        finally:
            floor_ms = floor.end()
        lag = _tick_lag_us(stand)
        flood.stop()
        told = json.loads(flood.lines()[-1])
        return {
            "getprocess_p50_ms": measure.percentile(during, 0.5),
            "getprocess_p99_ms": measure.percentile(during, 0.99),
            "quiet_getprocess_p99_ms": measure.percentile(quiet, 0.99),
            "tick_lag_p99_ms": lag / 1000,
            "quiet_tick_lag_p99_ms": quiet_lag / 1000,
            "timer_floor_p99_ms": floor_ms,
            "requests": told["answers"] + told["refusals"],
        }

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Replay bench: a run of agent, gate and emulator is recorded, and decided again from the record.

usage: replay_bench.py [BUILD]

Two clients compete, and what they are worth, and who decides, changes on the way: the recorded
policies must come to the same decisions at every tick.
"""

import json
import os
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
if __name__ == "__main__":
    sys.path[:0] = [os.path.join(ROOT, "packaging", "quickstart")]

import isolation
from bus import MANAGER
from child import StandError
from simulator import told
from stand import Stand, build_directory

BUSY = ("--closed", "--depth=8", "--kernel-us=500")
RARE = ("--arrivals=periodic", "--kernel-us=100", "--kernels-per-request=1", "--load=0.02")
STEP_S = 0.5  # Not a wait for something: the span of what is recorded.


def _set(stand, name, signature, value):
    answer = stand.bus.set(MANAGER, "Manager", name, signature, value)
    if answer.returncode != 0:
        raise StandError(f"{name} could not be set: {answer.stderr.strip()}")


def play(stand, step_s=STEP_S):
    """Everything that decisions depend on changes once. Returns the pids of the two clients."""
    background = stand.start_workload("background", *BUSY)
    foreground = stand.start_workload("foreground", *RARE)
    stand.wait_until_known(background, foreground)
    stand.wait_until_preemptible(background)
    stand.bus.set_priority(foreground.pid, 10)
    time.sleep(step_s)
    for policy in ("fair-share", "fixed-priority"):
        _set(stand, "Policy", "s", policy)
        time.sleep(step_s)
    _set(stand, "PreemptionEnabled", "b", "false")
    _set(stand, "PreemptionEnabled", "b", "true")
    time.sleep(step_s)
    pids = background.pid, foreground.pid
    foreground.finish()
    background.finish()
    time.sleep(step_s)
    return pids


def differences(build, step_s=STEP_S):
    """Of decisions, between a run and its replay; with what the record holds."""
    with Stand(build) as stand:
        record = stand.path("decisions.ndjson")
        stand.start_agent(f"--decisions={record}", policy="fixed-priority")
        play(stand, step_s)
        stand.stop_agent()
        # Differences are told with status 1, and so is a record that can not be read: that has the
        # ticks before it only, and says so.
        replayed = told(build, "replay", record, statuses=(0, 1))
        if replayed["differences"] == 0:
            replayed = told(build, "replay", record)
        other = told(build, "replay", record, "--policy=round-robin")
        size = os.path.getsize(record)
    return {"replay_differences": replayed["differences"], "ticks": replayed["ticks"],
            "decisions": replayed["decisions"],
            "differences_of_another_policy": other["differences"], "record_bytes": size}


if __name__ == "__main__":
    isolation.enter_private_mounts()
    print(json.dumps(differences(sys.argv[1] if len(sys.argv) > 1 else build_directory())))

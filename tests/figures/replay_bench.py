#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Replay bench: a run of agent, gate and emulator is recorded, and decided again from the record.

usage: replay_bench.py [BUILD]

Two clients compete, and what they are worth, and who decides, changes on the way: the recorded
policies must come to the same decisions at every tick.
"""

import json
import os
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
if __name__ == "__main__":
    sys.path[:0] = [os.path.join(ROOT, "packaging", "quickstart")]

import isolation
from bus import MANAGER
from stand import Stand, build_directory

BUSY = ("--closed", "--depth=8", "--kernel-us=500")
RARE = ("--arrivals=periodic", "--kernel-us=100", "--kernels-per-request=1", "--load=0.02")
STEP_S = 0.5  # Not a wait for something: the span of what is recorded.


def simulator(build):
    return os.path.join(build, "sim", "penstock-sim")


def told(build, verb, record, *words):
    """What a verb of penstock-sim says of a record, as JSON; its status does not matter."""
    done = subprocess.run([simulator(build), verb, record, "--json", *words],
                          capture_output=True, text=True, timeout=120, check=False)
    return json.loads(done.stdout) if done.stdout else {"failed": done.stderr}


def play(stand, step_s=STEP_S):
    """Everything that decisions depend on changes once. Returns the pids of the two clients."""
    background = stand.start_workload("background", *BUSY)
    foreground = stand.start_workload("foreground", *RARE)
    stand.wait_until_known(background, foreground)
    stand.wait_until_preemptible(background)
    stand.bus.set_priority(foreground.pid, 10)
    time.sleep(step_s)
    for policy in ("fair-share", "fixed-priority"):
        stand.bus.set(MANAGER, "Manager", "Policy", "s", policy)
        time.sleep(step_s)
    stand.bus.set(MANAGER, "Manager", "PreemptionEnabled", "b", "false")
    stand.bus.set(MANAGER, "Manager", "PreemptionEnabled", "b", "true")
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
        replayed = told(build, "replay", record)
        other = told(build, "replay", record, "--policy=round-robin")
        size = os.path.getsize(record)
    return {"replay_differences": replayed.get("differences"),
            "ticks": replayed.get("ticks"), "decisions": replayed.get("decisions"),
            "differences_of_another_policy": other.get("differences"), "record_bytes": size,
            "emulated": True}


if __name__ == "__main__":
    isolation.enter_private_mounts()
    print(json.dumps(differences(sys.argv[1] if len(sys.argv) > 1 else build_directory())))

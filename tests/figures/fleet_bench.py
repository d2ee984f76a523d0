#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fleet bench: a million modelled queues on ten thousand devices, and how fast they are gone through.

usage: fleet_bench.py [BUILD]
"""

import json
import os
import resource
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCENARIO = os.path.join(ROOT, "sim", "scenarios", "fleet.conf")
LONGEST_S = 1800


def million_queues(build, *words, policy="quick"):
    """Nothing of it is measured on a device; that it takes so long, and no more memory, is."""
    threads = len(os.sched_getaffinity(0))
    command = [os.path.join(build, "sim", "penstock-sim"), "run", SCENARIO, f"--policy={policy}",
               f"--threads={threads}", "--json", *words]
    start = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_S, check=True)
    took_s = time.monotonic() - start
    fleet = json.loads(done.stdout)
    run = fleet["runs"][0]
    most_kib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {"queues_completed": run["queues_completed"], "queues": run["queues"],
            "devices": fleet["devices"], "nodes": fleet["nodes"],
            "requests_completed": run["requests_completed"], "requests_lost": run["requests_lost"],
            "events": run["events"], "events_per_s": run["events"] / took_s, "seconds": took_s,
            "rss_mib": most_kib / 1024, "threads": threads, "simulated": True}


if __name__ == "__main__":
    BUILD = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build")
    print(json.dumps(million_queues(BUILD, *sys.argv[2:])))

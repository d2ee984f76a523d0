# SPDX-License-Identifier: Apache-2.0
"""Fleet bench: a million modelled queues on ten thousand devices, and how fast they are gone through."""

import json
import os
import time

from process_cost import cost_of
from simulator import SCENARIOS


def million_queues(build, policy="quick"):
    """Nothing of it is measured on a device; that it takes so long, and no more memory, is."""
    threads = len(os.sched_getaffinity(0))
    command = [os.path.join(build, "sim", "penstock-sim"), "run",
               os.path.join(SCENARIOS, "fleet.conf"), f"--policy={policy}",
               f"--threads={threads}", "--json"]
    start = time.monotonic()
    cost = cost_of(command)
    took_s = time.monotonic() - start
    run = json.loads(cost.output)["runs"][0]
    return {"queues_completed": run["queues_completed"], "requests_lost": run["requests_lost"],
            "events_per_s": run["events"] / took_s, "rss_mib": cost.rss_mib}

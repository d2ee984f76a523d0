# SPDX-License-Identifier: Apache-2.0
"""Fleet bench: a million modelled queues on ten thousand devices, and how fast they are gone through."""

import json
import os
import subprocess
import tempfile
import time

from child import StandError
from isolation import bound_to_us
from simulator import SCENARIOS


def million_queues(build, policy="quick"):
    """Nothing of it is measured on a device; that it takes so long, and no more memory, is."""
    threads = len(os.sched_getaffinity(0))
    command = [os.path.join(build, "sim", "penstock-sim"), "run",
               os.path.join(SCENARIOS, "fleet.conf"), f"--policy={policy}",
               f"--threads={threads}", "--json"]
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        start = time.monotonic()
        child = subprocess.Popen(command, stdout=output, stderr=errors, preexec_fn=bound_to_us())
        _, status, use = os.wait4(child.pid, 0)  # Its own use, not that of all before it.
        took_s = time.monotonic() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        for file in (output, errors):
            file.seek(0)
        if child.returncode != 0:
            raise StandError(f"{command[0]} ended with {child.returncode}: {errors.read()[-400:]}")
        run = json.load(output)["runs"][0]
    return {"queues_completed": run["queues_completed"], "requests_lost": run["requests_lost"],
            "events_per_s": run["events"] / took_s, "rss_mib": use.ru_maxrss / 1024}

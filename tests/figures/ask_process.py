# SPDX-License-Identifier: Apache-2.0
"""Ask process: how many milliseconds each of N GetProcess over one connection takes, as JSON. With
a pause after each, so that the user who asks stays within his own share of the agent's time.

usage: cat bus_client.py ask_process.py | python3 - ADDRESS PID N       On standard input, because the
user who asks may not be able to read this folder; BusClient is the one that comes before.
"""

import json
import sys
import time

PAUSE_S = 0.001

address, pid, count = sys.argv[1:]
with BusClient(address) as bus:  # noqa: F821
    times = []
    for _ in range(int(count)):
        times.append(bus.get_process(int(pid)))
        time.sleep(PAUSE_S)
print(json.dumps([(answered - sent) / 1e6 for sent, answered in times]))

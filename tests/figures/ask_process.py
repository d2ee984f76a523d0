# SPDX-License-Identifier: Apache-2.0
"""Ask process: how many milliseconds each of N GetProcess over one connection takes, as JSON.

usage: cat bus_client.py ask_process.py | python3 - ADDRESS PID N       On standard input, because the
user who asks may not be able to read this folder; BusClient is the one that comes before.
"""

import json
import sys

address, pid, count = sys.argv[1:]
with BusClient(address) as bus:  # noqa: F821
    times = [bus.get_process(int(pid)) for _ in range(int(count))]
print(json.dumps([(answered - sent) / 1e6 for sent, answered in times]))

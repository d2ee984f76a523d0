# SPDX-License-Identifier: Apache-2.0
"""Tail bench: lines that `penstockctl tail --json` prints of a running agent, against their schema."""

import json
import os
import subprocess
import sys

from stand import ROOT, Stand

sys.path.append(os.path.join(ROOT, "tests", "unit", "ctl"))

from json_schema import Schema

_SCHEMA = os.path.join(ROOT, "client", "ctl", "tail.schema.json")


def schema_errors(build, count):
    """At 1 Hz, with a device and a process that uses it. A line that is missing counts as well."""
    with open(_SCHEMA, encoding="utf-8") as file:
        schema = Schema(json.load(file))
    with Stand(build) as stand:
        stand.start_agent(policy="fixed-priority")
        client = stand.start_workload("background", "--closed", "--kernel-us=500")
        stand.wait_until_known(client)
        run = subprocess.run(
            [stand.program("penstockctl"), f"--bus={stand.bus.address}", "tail", "--json",
             f"--count={count}"], capture_output=True, text=True, timeout=count + 30, check=False)
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    complaints = [sentence for line in lines for sentence in schema.complaints(line)]
    for sentence in complaints:
        print(sentence)
    return len(complaints) + count - len(lines)

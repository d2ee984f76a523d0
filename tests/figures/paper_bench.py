# SPDX-License-Identifier: Apache-2.0
"""Paper bench: rows of `penstock-sim paper` measured in real time, with real processes and the
emulated device.

Left out is what needs more than this bench has: video frames that are dropped, lengths by chance,
queues that are deactivated, a device that takes its packets in the order they came. Figures of
microseconds contain what this machine does besides.
"""

import json
import os
import tempfile

import latency_bench
from real_time import Scenario, played
from simulator import SCENARIOS, told

_PARTITIONS = ("50us_50us", "50us_500us", "500us_50us", "50us_2ms")
_LEVELS = {"save": latency_bench.debug_suspend, "launch-limit": latency_bench.launch_limit}
_PREEMPTIONS = 200
_US_PER_MS = 1000


def measured(build):
    """The rows' values by their ids."""
    return _shares(build) | _priority(build) | _yields(build)


def beside(build, values):
    """The rows of the table with these in their column: [{"id", "simulated", "emulated", ...}]."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "emulated.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(values, file)
        rows = told(build, "paper", "--scenarios", SCENARIOS, "--emulated", path,
                    statuses=(0, 1))["rows"]
    return [{"row": row["id"], "simulated": row["simulated"], "emulated": row["emulated"]}
            for row in rows if row["emulated"] is not None]


def _parts(shares):
    """Of all that was had, what each job had."""
    whole = sum(job["share"] for job in shares.values())
    return {name: job["share"] / whole for name, job in shares.items()}


def _shares(build):
    values = {}
    for pair in _PARTITIONS:
        got = played(build, Scenario(f"p6_partition_{pair}"), "partition")
        values[f"fig9.partition.{pair}"] = _parts(got)["foreground"]
    fair = _parts(played(build, Scenario("p7_fair"), "partition"))
    turns = _parts(played(build, Scenario("p7_round_robin"), "round-robin"))
    return (values | {f"p7.fair.{name}": part for name, part in fair.items()}
            | {"p7.round-robin": fairness(list(turns.values()))})


def fairness(parts):
    """Jain's index."""
    return sum(parts) ** 2 / (len(parts) * sum(part ** 2 for part in parts))


def _priority(build):
    got = played(build, Scenario("p2_priority_save"), "quick")
    return {"fig9.priority.save": got["foreground"]["p99_ratio"],
            "fig9.priority.background_save": got["background"]["share"]}


def _yields(build):
    values = {}
    for level, points_of in _LEVELS.items():
        for point in points_of(build, _PREEMPTIONS):
            kernel_us = round(_US_PER_MS * point["kernel_ms"])
            values[f"fig11.{level}.{kernel_us}us"] = _US_PER_MS * point["p99_ms"]
    return {name: value for name, value in values.items() if not name.endswith(".10us")}

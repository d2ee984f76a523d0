# SPDX-License-Identifier: Apache-2.0
"""The figures of penstock-sim: what is decided again from a record, and a fleet of a million queues."""

import fleet_bench
import replay_bench
from figure import Figure, Part


def _replay(build):
    told = replay_bench.differences(build)
    return {"sim.replay_differences": told["replay_differences"],
            "sim.replayed_ticks": told["ticks"]}


def _fleet(build):
    told = fleet_bench.million_queues(build)
    return {"sim.fleet_queues_completed": told["queues_completed"],
            "sim.fleet_requests_lost": told["requests_lost"],
            "sim.fleet_events_per_s": told["events_per_s"],
            "sim.fleet_rss_mib": told["rss_mib"]}


PARTS = (
    Part(_replay, (
        Figure("sim.replay_differences", "decisions", "<=", 0),
        Figure("sim.replayed_ticks", "count", ">=", 100),
    )),
    Part(_fleet, (
        Figure("sim.fleet_queues_completed", "count", ">=", 1e6, emulated=False),
        Figure("sim.fleet_requests_lost", "count", "<=", 0, emulated=False),
        Figure("sim.fleet_events_per_s", "1/s", emulated=False),
        Figure("sim.fleet_rss_mib", "MiB", "<=", 1024, emulated=False),
    )),
)

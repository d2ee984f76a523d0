# SPDX-License-Identifier: Apache-2.0
"""The figures of the policies: what deciding costs, what the papers' experiments come to on the
modelled machine, and how fast and how true that is."""

import fleet_bench
import paper_bench
import policies_bench
import replay_bench
import validation_bench
from figure import Figure, Part


def _catalogue(build):
    return {"policies.count": len(policies_bench.catalogue(build))}


def _mapping(build):
    return {"policies.xsched_mapped": policies_bench.xsched_mapped(build)}


def _paper(build):
    told = policies_bench.paper(build)
    return {"policies.paper_rows": len(told["rows"]),
            "policies.paper_rows_in_band": told["in_band"],
            "policies.paper_rows_out_of_band": len(told["rows"]) - told["in_band"]}


def _paper_in_real_time(build):
    rows = paper_bench.beside(build, paper_bench.measured(build))
    return {"policies.paper_emulated": rows, "policies.paper_emulated_rows": len(rows)}


def _properties(build):
    return {"policies.property_scenarios": policies_bench.property_scenarios(build)}


def _decisions(build):
    told = policies_bench.decisions(build)
    return {f"policies.{name}": value for name, value in told.items()}


def _speed(build):
    return {"policies.sim_events_per_s": policies_bench.events_per_second(build)}


def _validation(build):
    points = validation_bench.compared(build)
    return {"policies.sim_vs_emulated": points,
            "policies.sim_vs_emulated_error_percent": validation_bench.worst(points)}


def _replay(build):
    told = replay_bench.differences(build)
    return {"policies.replay_differences": told["replay_differences"],
            "policies.replayed_ticks": told["ticks"],
            "policies.replay_differences_of_another": told["differences_of_another_policy"]}


def _fleet(build):
    told = fleet_bench.million_queues(build)
    return {"policies.sim_queues_completed": told["queues_completed"],
            "policies.fleet_requests_lost": told["requests_lost"],
            "policies.fleet_events_per_s": told["events_per_s"],
            "policies.fleet_rss_mib": told["rss_mib"]}


def _simulated(id, unit, relation=None, bound=None):
    return Figure(f"policies.{id}", unit, relation, bound, emulated=False, simulated=True)


def _measured(id, unit, relation=None, bound=None):
    return Figure(f"policies.{id}", unit, relation, bound, emulated=False)


PARTS = (
    Part(_catalogue, (_measured("count", "count", ">=", 17),)),
    Part(_mapping, (_measured("xsched_mapped", "count", ">=", 10),)),
    Part(_paper, (
        _simulated("paper_rows", "count", ">=", 87),
        _simulated("paper_rows_in_band", "count", ">=", 87),
        _simulated("paper_rows_out_of_band", "count", "<=", 0),
    )),
    Part(_properties, (_simulated("property_scenarios", "count", ">=", 8500),)),
    Part(_decisions, (
        _measured("decide_64_us", "us", "<=", 2),
        _measured("decide_4096_us", "us", "<=", 60),
        _measured("event_64_us", "us"),
        _measured("event_4096_us", "us"),
        _measured("allocations", "per decision or event", "<=", 0),
    )),
    Part(_speed, (_measured("sim_events_per_s", "1/s", ">=", 2e6),)),
    Part(_validation, (
        Figure("policies.sim_vs_emulated", "list"),
        Figure("policies.sim_vs_emulated_error_percent", "%", "<=", 10),
    )),
    Part(_paper_in_real_time, (
        Figure("policies.paper_emulated", "list"),
        Figure("policies.paper_emulated_rows", "count", ">=", 18),
    )),
    Part(_replay, (
        Figure("policies.replay_differences", "count", "<=", 0),
        Figure("policies.replayed_ticks", "count", ">=", 100),
        Figure("policies.replay_differences_of_another", "count", ">=", 1),
    )),
    Part(_fleet, (
        _simulated("sim_queues_completed", "count", ">=", 1_000_000),
        _simulated("fleet_requests_lost", "count", "<=", 0),
        _measured("fleet_events_per_s", "1/s"),
        _measured("fleet_rss_mib", "MiB", "<=", 1024),
    )),
)

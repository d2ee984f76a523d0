# SPDX-License-Identifier: Apache-2.0
"""The figures of the sources of measurements: how many there are, whether they tell the truth, and
what asking them costs a tick."""

import decode_bench
import doctor_bench
import tail_bench
import tick_bench
from figure import Figure, Part

TICK_SECONDS = 60
TSC_SECONDS = 5
TAIL_LINES = 5


def _tick(build):
    told = tick_bench.tick_costs(build, TICK_SECONDS)
    return {
        "probes.tick_p50_us": told["calm"]["p50_us"],
        "probes.tick_p99_us": told["calm"]["p99_us"],
        "probes.bare_reads_p50_us": told["bare"]["p50_us"],
        "probes.bare_reads_p99_us": told["bare"]["p99_us"],
        "probes.tick_warm_p50_us": told["warm"]["p50_us"],
        "probes.tick_over_bare_reads": told["calm"]["p50_us"] / told["bare"]["p50_us"],
        "probes.tick_cpu_percent": told["cpu_percent"],
        "probes.tick_allocations": told["allocations_per_tick"],
        "probes.tick_groups": told["groups"],
        "probes.slow_source_delay_p99_us": max(0, told["disturbed"]["p99_us"]
                                               - told["calm"]["p99_us"]),
    }


def _tsc(build):
    told = tick_bench.tsc_error(build, TSC_SECONDS)
    return {"probes.msr_tsc_error_percent": told["error_percent"]}


def _sources(build):
    return {"probes.sources_listed": doctor_bench.sources_listed(build)}


def _fixtures(build):
    told = decode_bench.decoded(build)
    return {"probes.fixtures_decoded": told["right"], "probes.fixtures_wrong": told["wrong"]}


def _schema(build):
    return {"probes.schema_errors": tail_bench.schema_errors(build, TAIL_LINES)}


PARTS = (
    Part(_tick, (
        Figure("probes.tick_p50_us", "us", emulated=False),
        Figure("probes.tick_p99_us", "us", "<=", 150, emulated=False),
        Figure("probes.bare_reads_p50_us", "us", emulated=False),
        Figure("probes.bare_reads_p99_us", "us", emulated=False),
        Figure("probes.tick_warm_p50_us", "us", emulated=False),
        Figure("probes.tick_over_bare_reads", "ratio of p50", emulated=False),
        Figure("probes.tick_cpu_percent", "% of a core", "<=", 2, emulated=False),
        Figure("probes.tick_allocations", "per tick", "<=", 0, emulated=False),
        Figure("probes.tick_groups", "count", ">=", 64, emulated=False),
        Figure("probes.slow_source_delay_p99_us", "us", "<=", 500, emulated=False),
    )),
    Part(_tsc, (Figure("probes.msr_tsc_error_percent", "%", "<=", 0.1, emulated=False),)),
    Part(_sources, (Figure("probes.sources_listed", "count", ">=", 12, emulated=False),)),
    Part(_fixtures, (
        Figure("probes.fixtures_decoded", "count", ">=", 10, emulated=False),
        Figure("probes.fixtures_wrong", "count", "<=", 0, emulated=False),
    )),
    Part(_schema, (Figure("probes.schema_errors", "count", "<=", 0),)),
)

# SPDX-License-Identifier: Apache-2.0
"""The figures of the service: what it withstands on the bus, and how it is confined."""

import bus_fuzz_bench
import hostile_bench
import stories_bench
import verdicts
from figure import Figure, Part

FUZZ_CALLS = 50_000
FUZZ_SEED = 20261129
HOSTILE_ANSWERS = 2000


def _fuzz(build):
    told = bus_fuzz_bench.fuzzed(build, FUZZ_CALLS, FUZZ_SEED)
    return {"service.fuzz_calls": told["calls"], "service.fuzz_failures": told["failures"],
            "service.fuzz_growth_mib": told["growth_mib"],
            "service.fuzz_slowest_ms": told["slowest_ms"]}


def _hostile(build):
    told = hostile_bench.flooded(build, HOSTILE_ANSWERS)
    return {f"service.hostile_{name}": value for name, value in told.items()}


def _authorization(build):
    return {"service.auth_matrix_cells": verdicts.authorization(build)["cells"]}


PARTS = (
    Part(_fuzz, (
        Figure("service.fuzz_calls", "count", ">=", 50_000),
        Figure("service.fuzz_failures", "count", "<=", 0),
        Figure("service.fuzz_growth_mib", "MiB", "<=", 8),
        Figure("service.fuzz_slowest_ms", "ms", "<=", 1000),
    )),
    Part(_hostile, (
        Figure("service.hostile_getprocess_p50_ms", "ms"),
        Figure("service.hostile_getprocess_p99_ms", "ms", "<=", 20),
        Figure("service.hostile_quiet_getprocess_p99_ms", "ms"),
        Figure("service.hostile_tick_lag_p99_ms", "ms", "<=", 2),
        Figure("service.hostile_quiet_tick_lag_p99_ms", "ms"),
        Figure("service.hostile_timer_floor_p99_ms", "ms", emulated=False),
        Figure("service.hostile_requests", "count"),
    )),
    Part(_authorization, (Figure("service.auth_matrix_cells", "count", ">=", 45),)),
    Part(stories_bench.measured, (
        Figure("service.cve_rows", "count", ">=", 17, emulated=False),
        Figure("service.cve_rows_tested", "count", ">=", 17, emulated=False),
    )),
    Part(verdicts.system, (
        Figure("service.security_agent", "exposure", "<=", 2.0, emulated=False),
        Figure("service.security_gate", "exposure", "<=", 3.0, emulated=False),
        Figure("service.busctl_get_p50_us", "us", "<=", 150),
        Figure("service.restart_longest_suspension_ms", "ms", "<=", 1000),
    )),
)

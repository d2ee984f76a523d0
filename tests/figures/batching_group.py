# SPDX-License-Identifier: Apache-2.0
"""The figures of the batching simulator: whether it is true, how fast it is, and what becomes of a
service that is asked in bursts."""

import batching_bench
import bursts_bench
import simpy_bench
from figure import Figure, Part


def _properties(build):
    cases = batching_bench.property_cases(build)
    return {"batching.property_cases": min(cases.values()), "batching.properties": len(cases)}


def _theorem(build):
    return {"batching.theorem_error_percent": batching_bench.theorem_error_percent(build)}


def _engine(build):
    rows = batching_bench.engine_means(build)
    return {"batching.vllm_means": rows,
            "batching.vllm_error_percent": max(abs(row["error_percent"]) for row in rows)}


def _agreement(build):
    told = batching_bench.agreement(build)
    return {"batching.model_agreement": told["agreeing"],
            "batching.model_differences": told["cases"] - told["agreeing"]}


def _speeds(build):
    told = batching_bench.speeds(build)
    return {f"batching.{name}": value for name, value in told.items()}


def _memory(build):
    return {"batching.bytes_per_live_request": batching_bench.bytes_per_live_request(build)}


def _million(build):
    told = batching_bench.million_requests(build)
    return {f"batching.{name}": value for name, value in told.items()}


def _simpy(build):
    told = simpy_bench.compared(build)
    return {"batching.simpy_ratio": told["ratio"],
            "batching.simpy_simulation_ratio": told["simulation_ratio"],
            "batching.simpy_modes": told["modes"],
            "batching.simpy_differences": told["differences"]}


def _bursts(build):
    found = bursts_bench.runs(build, "seed")
    return {
        "batching.seed_shape": bursts_bench.table(found),
        "batching.seed_shape_same_of_8": bursts_bench.same_runs(found, "dynamic of 8", "static 8"),
        "batching.seed_shape_same_of_64":
            bursts_bench.same_runs(found, "dynamic of 64", "static 64"),
        "batching.seed_shape_bins_gain_points":
            bursts_bench.least_gain(found, "K=4 of 64", "static 64"),
    }


def _bursts_linear(build):
    found = bursts_bench.runs(build, "linear")
    return {"batching.seed_shape_linear": bursts_bench.table(found),
            "batching.seed_shape_linear_bins_gain_points":
                bursts_bench.least_gain(found, "K=4", "dynamic")}


def _simulated(id, unit, relation=None, bound=None):
    return Figure(f"batching.{id}", unit, relation, bound, emulated=False, simulated=True)


def _measured(id, unit, relation=None, bound=None):
    return Figure(f"batching.{id}", unit, relation, bound, emulated=False)


PARTS = (
    Part(_properties, (
        _simulated("property_cases", "count, of each", ">=", 1000),
        _simulated("properties", "count", ">=", 8),
    )),
    Part(_theorem, (_simulated("theorem_error_percent", "%", "<=", 1),)),
    Part(_engine, (
        _simulated("vllm_error_percent", "%", "<=", 5),
        _simulated("vllm_means", "list"),
    )),
    Part(_agreement, (
        _simulated("model_agreement", "count", ">=", 2000),
        _simulated("model_differences", "count", "<=", 0),
    )),
    Part(_speeds, (
        _measured("static_events_per_s", "1/s", ">=", 5e6),
        _measured("dynamic_events_per_s", "1/s", ">=", 5e6),
        _measured("multibin_events_per_s", "1/s", ">=", 3e6),
        _measured("token_events_per_s", "1/s"),
        _measured("chunked_requests_per_s", "1/s", ">=", 1e5),
    )),
    Part(_memory, (_measured("bytes_per_live_request", "bytes", "<=", 200),)),
    Part(_million, (
        _measured("million_requests_s", "s", "<=", 1),
        _measured("million_requests_rss_mib", "MiB"),
    )),
    Part(_simpy, (
        _measured("simpy_ratio", "ratio", ">=", 10),
        _measured("simpy_simulation_ratio", "ratio", ">=", 30),
        _simulated("simpy_differences", "count", "<=", 0),
        _measured("simpy_modes", "list"),
    )),
    Part(_bursts, (
        _simulated("seed_shape", "list"),
        _simulated("seed_shape_same_of_8", "count of 5", ">=", 5),
        _simulated("seed_shape_same_of_64", "count of 5", ">=", 5),
        _simulated("seed_shape_bins_gain_points", "percentage points"),
    )),
    Part(_bursts_linear, (
        _simulated("seed_shape_linear", "list"),
        _simulated("seed_shape_linear_bins_gain_points", "percentage points"),
    )),
)

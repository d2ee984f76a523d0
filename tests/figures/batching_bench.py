# SPDX-License-Identifier: Apache-2.0
"""Batching bench: how true the batching simulator is, and how fast."""

import json
import os
import sys
import tempfile

import request_files
from benchmark_runs import fastest
from child import StandError
from process_cost import cost_of
from simulator import output_of
from stand import ROOT

_MODEL_TEST = os.path.join(ROOT, "tests", "batching", "model_test.py")
_BENCHMARKS = os.path.join("tests", "bench", "sim", "bench_sim_batches")
_MODEL_CASES = 2000
_MILLION = 1_000_000
BATCH_MODES = ("static_fifo", "dynamic_no_bins", "multi_bin_dynamic", "multi_bin_fixed")


def tests_told(build, wanted):
    """What the wanted tests recorded, by their names; a StandError when one has failed."""
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "report.json")
        output_of(build, os.path.join("tests", "batching", "batching_simulation_test"),
                  f"--gtest_filter={wanted}", f"--gtest_output=json:{report}", statuses=(0, 1))
        with open(report, encoding="utf-8") as file:
            return recorded(json.load(file))


def recorded(report):
    if report["failures"]:
        raise StandError(f"{report['failures']} of the tests have failed")
    return {f"{suite['name']}.{test['name']}": test for suite in report["testsuites"]
            for test in suite["testsuite"]}


def property_cases(build):
    """Of each property."""
    told = tests_told(build, "Properties.*")
    return {name.partition(".")[2]: int(test.get("cases", 0)) for name, test in told.items()}


def theorem_error_percent(build):
    told = tests_told(build, "*Theorem.holds_within_a_hundredth/*")
    return max(float(test["error_percent"]) for test in told.values())


def engine_means(build):
    """Of the measured engine and of the simulated one, in seconds."""
    test, = tests_told(build, "MeasuredEngine.takes_as_long_as_the_simulated_one").values()
    return means_of(test)


def means_of(test):
    rows = []
    for mean in ("ttft", "tpot", "e2e", "makespan"):
        measured, simulated = (float(test[f"{mean}_{kind}_s"]) for kind in ("measured", "simulated"))
        rows.append({"mean": mean, "measured_s": measured, "simulated_s": simulated,
                     "error_percent": 100 * (simulated - measured) / measured})
    return rows


def agreement(build):
    """With the literal program of tests/batching/model.py, on random requests."""
    program = os.path.join(build, "sim", "penstock-sim")
    ran = cost_of([sys.executable, _MODEL_TEST, program, str(_MODEL_CASES)])
    return json.loads(ran.output.splitlines()[0])


def speeds(build):
    runs = fastest(build, _BENCHMARKS, "^(batches|iterations|conversation)", least_s=0.2)
    return {"static_events_per_s": runs["batches/static_fifo"]["events"],
            "dynamic_events_per_s": runs["batches/dynamic"]["events"],
            "multibin_events_per_s": runs["batches/multi_bin"]["events"],
            "token_events_per_s": runs["iterations/token"]["events"],
            "chunked_requests_per_s": runs["conversation"]["requests"]}


def bytes_per_live_request(build):
    """Of the batcher that takes most."""
    return max(run["bytes"] for run in fastest(build, _BENCHMARKS, "^live_").values())


def million_requests(build):
    """The slowest mode's seconds of a processor, for the whole program, and the most memory."""
    costs = []
    with tempfile.TemporaryDirectory() as folder:
        requests, config = os.path.join(folder, "r.csv"), os.path.join(folder, "c.json")
        request_files.write(requests, request_files.steady(_MILLION, 60, seed=3))
        for mode in BATCH_MODES:
            with open(config, "w", encoding="utf-8") as file:
                json.dump({"mode": mode, "num_gpus": 4}, file)
            command = [os.path.join(build, "sim", "penstock-sim"), "batching", requests, config]
            costs.append(min((cost_of(command) for _ in range(3)),
                             key=lambda cost: cost.processor_s))
    return {"million_requests_s": max(cost.processor_s for cost in costs),
            "million_requests_rss_mib": max(cost.rss_mib for cost in costs)}

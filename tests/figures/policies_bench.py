# SPDX-License-Identifier: Apache-2.0
"""Policies bench: what decisions cost, how fast the simulator is, and what the papers' experiments
come to in it. Times are of a processor, so that other programs on the machine count less."""

import itertools
import json
import os
import re
import tempfile

from benchmark_runs import fastest
from child import StandError
from simulator import SCENARIOS, output_of, told
from stand import ROOT

_MAPPING = os.path.join(ROOT, "docs", "policies.md")
_DECISION = re.compile(r"decide/([a-z-]+)/(\d+)")


def catalogue(build):
    """The names of all policies."""
    listed = output_of(build, os.path.join("tests", "bench", "policies", "bench_policies"),
                       "--benchmark_list_tests", "--benchmark_filter=^decide/")
    return sorted({match[1] for match in map(_DECISION.fullmatch, listed.split()) if match})


def decisions(build):
    """By the number of queues: the slowest policy's time in µs; and the most allocations of any."""
    runs = fastest(build, os.path.join("tests", "bench", "policies", "bench_policies"),
                       "^(decide|event)/")
    return slowest(runs) | {"allocations": max(run["allocations"] for run in runs.values())}


def slowest(runs):
    """Of the benchmarks' runs by name."""
    by_size = {}
    for name, run in runs.items():
        kind, _, queues = name.split("/")
        by_size.setdefault(f"{kind}_{queues}_us", []).append(run["cpu_time"] / 1e3)
    return {size: max(times) for size, times in by_size.items()}


def events_per_second(build):
    """Of the simulator with 64 queues, as scheduled by its slowest policy of the benchmark."""
    runs = fastest(build, os.path.join("tests", "bench", "sim", "bench_sim_events"), ".")
    return min(run["events"] for run in runs.values())


def paper(build):
    """The rows of `penstock-sim paper`; its status says whether all are in their bands."""
    return told(build, "paper", "--scenarios", SCENARIOS, statuses=(0, 1))


def property_scenarios(build):
    """Random scenarios, each under every policy, that came out right; a failed test counts none."""
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "report.json")
        output_of(build, os.path.join("tests", "sim", "simulation_test"),
                  "--gtest_filter=SimulationProperty.*", f"--gtest_output=json:{report}",
                   statuses=(0, 1))
        with open(report, encoding="utf-8") as file:
            return counted_scenarios(json.load(file))


def counted_scenarios(report):
    if report["failures"]:
        return 0
    return sum(int(test.get("scenarios", 0)) for suite in report["testsuites"]
               for test in suite["testsuite"])


def xsched_mapped(build):
    """Rows of the table in docs/policies.md about XSched's policies that name one of ours."""
    try:
        with open(_MAPPING, encoding="utf-8") as file:
            return mapped_rows(file.read(), catalogue(build))
    except FileNotFoundError:
        raise StandError(f"there is no {_MAPPING}") from None


def mapped_rows(page, names):
    """Of the first table below the heading that names XSched: theirs in the first column, ours in
    others."""
    lines = iter(page.splitlines())
    for line in lines:
        if line.startswith("#") and "XSched" in line:
            break
    below = itertools.dropwhile(lambda line: not line.startswith("|"), lines)
    table = itertools.takewhile(lambda line: line.startswith("|"), below)
    return sum(any(f"`{name}`" in cell for cell in line.split("|")[2:] for name in names)
               for line in table)

# SPDX-License-Identifier: Apache-2.0
"""Benchmark runs: what a program of Google Benchmark tells of its benchmarks."""

import json

from simulator import output_of


def fastest(build, program, name, least_s=0.05):
    """By name, each one's fastest of several: what another program took of the machine is no cost."""
    report = json.loads(output_of(build, program, f"--benchmark_filter={name}",
                                  "--benchmark_format=json", "--benchmark_repetitions=5",
                                  f"--benchmark_min_time={least_s}"))
    runs = {}
    for each in report["benchmarks"]:
        if each["run_type"] == "iteration":
            runs.setdefault(each["name"], []).append(each)
    return {name: min(each, key=lambda run: run["cpu_time"]) for name, each in runs.items()}

# SPDX-License-Identifier: Apache-2.0
"""Board bench: what libpenstock costs a program, and how soon it sees that the memory is loaded."""

import json
import os

from simulator import output_of

# Of several repetitions the least: whoever else uses the machine makes one slower, never faster.
_REPETITIONS = 5


def _run(build, name, *arguments):
    return json.loads(output_of(build, os.path.join("tests", "bench", "client", name), *arguments))


def costs_ns(build):
    """Nanoseconds by the benchmark's name: processor time, which waiting for a turn is not in."""
    told = _run(build, "bench_client", "--benchmark_format=json",
                f"--benchmark_repetitions={_REPETITIONS}", "--benchmark_min_time=0.1")
    least = {}
    for row in told["benchmarks"]:
        if row["run_type"] == "iteration":
            name = row["run_name"]
            least[name] = min(row["cpu_time"], least.get(name, row["cpu_time"]))
    return least


def reaction(build, crossings):
    return _run(build, "bench_client_reaction", str(crossings))

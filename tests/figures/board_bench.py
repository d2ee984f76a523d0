# SPDX-License-Identifier: Apache-2.0
"""Board bench: what libpenstock costs a program, and how soon it sees that the memory is loaded."""

import json
import os
import subprocess

from child import StandError
from isolation import bound_to_us

_PATIENCE_S = 300
# Of several repetitions the least: whoever else uses the machine makes one slower, never faster.
_REPETITIONS = 5


def _run(build, name, *arguments):
    program = os.path.join(build, "tests", "bench", "client", name)
    try:
        run = subprocess.run([program, *arguments], capture_output=True, text=True,
                             timeout=_PATIENCE_S, check=False, preexec_fn=bound_to_us())
    except FileNotFoundError:
        raise StandError(f"{program} is not built; run ./dev build") from None
    if run.returncode != 0:
        raise StandError(f"{name} failed: {run.stdout.strip()} {run.stderr.strip()}")
    return json.loads(run.stdout)


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

# SPDX-License-Identifier: Apache-2.0
"""Tick bench: runs the benchmark programs of tests/bench/probes, each of which prints a line of JSON."""

import json
import os
import subprocess

from child import StandError
from isolation import bound_to_us
from stand import ROOT

_GPU_METRICS = os.path.join(ROOT, "tests", "machines", "strixpoint", "card1", "device", "gpu_metrics")
_PATIENCE_S = 300


def _line_of(build, name, *arguments):
    program = os.path.join(build, "tests", "bench", "probes", name)
    try:
        run = subprocess.run([program, *arguments], capture_output=True, text=True,
                             timeout=_PATIENCE_S, check=False, preexec_fn=bound_to_us())
    except FileNotFoundError:
        raise StandError(f"{program} is not built; run ./dev build") from None
    if run.returncode != 0:
        raise StandError(f"{name} failed: {run.stdout.strip()} {run.stderr.strip()}")
    return json.loads(run.stdout)


def tick_costs(build, seconds):
    return _line_of(build, "bench_probes_tick", _GPU_METRICS, str(seconds))


def tsc_error(build, seconds):
    """How far perf's rate of the time stamp counter is from what the counter itself shows."""
    return _line_of(build, "bench_probes_tsc", str(seconds))

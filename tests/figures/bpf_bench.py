# SPDX-License-Identifier: Apache-2.0
"""BPF bench: runs the benchmark programs of tests/bench/bpf, each of which prints a line of JSON."""

import json
import os
import subprocess

from child import StandError
from isolation import bound_to_us

_PATIENCE_S = 180


def _line_of(build, name):
    program = os.path.join(build, "tests", "bench", "bpf", name)
    try:
        run = subprocess.run([program], capture_output=True, text=True, timeout=_PATIENCE_S,
                             check=False, preexec_fn=bound_to_us())
    except FileNotFoundError:
        raise StandError(f"{program} is not built; run ./dev build") from None
    if run.returncode != 0:
        raise StandError(f"{name} failed: {run.stdout.strip()} {run.stderr.strip()}")
    return json.loads(run.stdout)


def switch_cost_ns(build):
    """What one context switch costs more while the pointer watch is loaded and somebody watched."""
    return _line_of(build, "bench_bpf_switch_cost")["added_median_ns"]


def wakeup_floor_p99_us(build):
    """From a submit in a trivial BPF program to the reader of its ring buffer."""
    return _line_of(build, "bench_bpf_wakeup")["floor"]["p99_us"]

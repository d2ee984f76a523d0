# SPDX-License-Identifier: Apache-2.0
"""SimPy bench: the same queue and the same requests in SimPy and in our simulator, one after the
other. Both are timed by what they took of a processor. SimPy's simulation alone is compared with the
whole of our program, which reads a file and tells its figures, and with what one run more costs it."""

import csv
import json
import os
import tempfile

import request_files
from child import StandError
from process_cost import cost_of
from stand import ROOT

_QUEUE = os.path.join(ROOT, "tests", "figures", "simpy_queue.py")
_PYTHON = "/usr/bin/python3"  # Debian's: its packages are not those of another one in the path.
_REQUESTS = 100_000
_MORE_RUNS = 20
_CONFIG = {"num_gpus": 4, "b_max": 32,
           "latency": {"kind": "linear", "alpha": 0.01012, "beta": 1e-4, "beta_b": 4e-6}}


def compared(build):
    """The slowest mode's ratio, how many requests ended at another time, and a row for each mode."""
    with tempfile.TemporaryDirectory() as folder:
        requests = os.path.join(folder, "requests.csv")
        request_files.write(requests, request_files.steady(_REQUESTS, 60, seed=5))
        rows = [_row(build, mode, requests, folder) for mode in ("static_fifo", "dynamic_no_bins")]
    return {"ratio": min(row["ratio"] for row in rows),
            "simulation_ratio": min(row["simulation_ratio"] for row in rows),
            "differences": sum(row["differences"] for row in rows), "modes": rows}


def _row(build, mode, requests, folder):
    config, ended = os.path.join(folder, "config.json"), os.path.join(folder, "ended.csv")
    with open(config, "w", encoding="utf-8") as file:
        json.dump(_CONFIG | {"mode": mode}, file)
    command = [os.path.join(build, "sim", "penstock-sim"), "batching", requests, config]
    cost_of([*command, "--out-requests", ended])
    ours_s, run_s = _least_s(command), _one_run_s(command)
    theirs = json.loads(cost_of([_PYTHON, _QUEUE, requests, config]).output)
    return {"mode": mode, "requests": _REQUESTS, "ours_per_s": _REQUESTS / ours_s,
            "simpy_per_s": _REQUESTS / theirs["took_s"], "ratio": theirs["took_s"] / ours_s,
            "simulation_ratio": theirs["took_s"] / run_s,
            "differences": differences(read_completions(ended), theirs["completions"])}


def _least_s(command):
    return min(cost_of(command).processor_s for _ in range(5))


def _one_run_s(command):
    """With its figures, but without the reading of the file: the same run a few times more."""
    runs = lambda count: _least_s([*command, "--sweep=d_sla_s=" + ",".join(["1"] * count)])
    return (runs(1 + _MORE_RUNS) - runs(1)) / _MORE_RUNS


def read_completions(path):
    with open(path, encoding="utf-8", newline="") as file:
        return {row["id"]: int(row["completion_ns"]) for row in csv.DictReader(file)}


def differences(ours, theirs):
    """Requests that ended at another time, or only in one of the two."""
    if not ours:
        raise StandError("no request has ended")
    return sum(ours.get(id) != theirs.get(id) for id in ours.keys() | theirs.keys())

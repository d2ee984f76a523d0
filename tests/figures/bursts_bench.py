# SPDX-License-Identifier: Apache-2.0
"""Bursts bench: one service that is asked in bursts, served in one way after the other, with several
drawings of its requests. Everything here is simulated.

What a policy gains over another may be that it makes larger batches, where those cost next to
nothing. So each is also run with a fixed bound on its batches, beside static ones of that size.
"""

import json
import os
import tempfile

import request_files
from fit import mean
from simulator import told

SEEDS = (42, 1, 2, 3, 4)
_REQUESTS = 5000
_DYNAMIC = "mode=dynamic_no_bins"
_BINS = ("mode=multi_bin_dynamic", "bin_key=output")


def _bounded(size):
    return f"b_min={size}", f"b_max={size}"


# The name of a way, and how its configuration differs from the default.
WAYS = {
    "static 8": ("mode=static_fifo", "b_fixed=8"),
    "static 32": ("mode=static_fifo", "b_fixed=32"),
    "static 64": ("mode=static_fifo", "b_fixed=64"),
    "static 128": ("mode=static_fifo", "b_fixed=128"),
    "dynamic": (_DYNAMIC,),
    "K=2": (*_BINS, "k_bins=2"),
    "K=4": (*_BINS, "k_bins=4"),
    "K=8": (*_BINS, "k_bins=8"),
    "continuous": ("mode=continuous",),
    "dynamic of 8": (_DYNAMIC, *_bounded(8)),
    "dynamic of 64": (_DYNAMIC, *_bounded(64)),
    "K=4 of 8": (*_BINS, "k_bins=4", *_bounded(8)),
    "K=4 of 64": (*_BINS, "k_bins=4", *_bounded(64)),
    "continuous of 8": ("mode=continuous", "b_max=8"),
}
LATENCIES = {
    "seed": (),
    "linear": ("latency.kind=linear", "latency.alpha=0.01", "latency.beta=0.0002",
               "latency.beta_b=4e-6"),
}


def runs(build, latency):
    """{way: the figures of its runs, by seed}."""
    found = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory() as folder:
        requests, config = os.path.join(folder, "r.csv"), os.path.join(folder, "c.json")
        with open(config, "w", encoding="utf-8") as file:
            json.dump({"mode": "static_fifo"}, file)
        for seed in SEEDS:
            request_files.write(requests, request_files.bursts(_REQUESTS, seed))
            for way, changes in WAYS.items():
                words = [f"--set={change}" for change in (*LATENCIES[latency], *changes)]
                found[way].append(told(build, "batching", requests, config, *words))
    return found


def table(found):
    """A row for each way: how many were late with each drawing, and means over all of them."""
    return [row_of(way, figures) for way, figures in found.items()]


def row_of(way, figures):
    late = [each["sla_violation_pct"] for each in figures]
    return ({"way": way} | {f"late_percent_{seed}": value for seed, value in zip(SEEDS, late)}
            | {"late_percent": mean(late),
               "mean_s": mean([each["avg_latency_s"] for each in figures]),
               "p99_s": mean([each["p99_ns"] / 1e9 for each in figures]),
               "per_s": mean([each["throughput_rps"] for each in figures]),
               "batch": mean([each["mean_batch"] for each in figures])})


def same_runs(found, one, other):
    """In how many drawings both came to the same times of every request."""
    return sum(a["digest"] == b["digest"] for a, b in zip(found[one], found[other]))


def least_gain(found, better, worse):
    """Percentage points fewer that are late, with the drawing where it is the least."""
    return min(b["sla_violation_pct"] - a["sla_violation_pct"]
               for a, b in zip(found[better], found[worse]))

# SPDX-License-Identifier: Apache-2.0
"""The figures of the layer that knows the memory's bandwidth: what its levels cost those who go by
them, and how soon and how calmly they come. Each part is measured by a module of its own."""

import board_bench
import lease_bench
import own_cost_bench
import split_bench
import token_bench
from figure import Figure, Part
from fit import median

CROSSINGS = 100
ROUNDS = 5  # Their median: a p99 is decided by a few crossings, and the machine is shared.


def _costs(build):
    told = board_bench.costs_ns(build)
    return {"bandwidth.board_read_ns": told["board_read/1"],
            "bandwidth.scope_ns": told["scope/1"]}


def _reaction(build):
    rounds = [board_bench.reaction(build, CROSSINGS) for _ in range(ROUNDS)]
    return {f"bandwidth.{name}": median([told[name] for told in rounds])
            for name in ("reaction_p50_ms", "reaction_p99_ms", "tick_late_p99_ms", "flaps_per_s")}


def _split(rows, prefix):
    worst = split_bench.worst(rows)
    return {f"bandwidth.{prefix}rows": rows,
            f"bandwidth.{prefix}critical_p99_worst": worst["critical_p99"],
            f"bandwidth.{prefix}total_vs_none_loss0_worst": worst["total_loss0"],
            f"bandwidth.{prefix}total_vs_none_loss10_worst": worst["total_loss10"],
            f"bandwidth.{prefix}total_vs_none_loss30_worst": worst["total_loss30"],
            f"bandwidth.{prefix}total_vs_none_fits_worst": worst["total_fits"],
            f"bandwidth.{prefix}rows_below_token": worst["below_token"]}


def _simulated_split(build):
    return _split(split_bench.simulated(build), "simulated_")


def _emulated_split(build):
    return _split(split_bench.compared(build), "")


def _split_figures(prefix, **how):
    """Of the sides of an inference with leases; totals are beside those without any control."""
    def figure(name, *bar):
        return Figure(f"bandwidth.{prefix}{name}", *bar, **how)
    return (
        figure("rows", "list"),
        figure("critical_p99_worst", "ratio", "<=", 1.05),
        figure("total_vs_none_loss0_worst", "ratio", ">=", 0.94),
        figure("total_vs_none_loss10_worst", "ratio", ">=", 1.0),
        figure("total_vs_none_loss30_worst", "ratio", ">=", 1.2),
        figure("total_vs_none_fits_worst", "ratio", ">=", 0.98),
        figure("rows_below_token", "count", "<=", 0),
    )


def _leases(build):
    return {"bandwidth.lease_p50_us": lease_bench.lease_p50_us(build),
            "bandwidth.leaked_budget_bytes": lease_bench.leaked_budget_bytes(build)}


def _own_cost(build):
    pairs = own_cost_bench.played(build)
    told = own_cost_bench.cost_of(pairs)
    return {"bandwidth.default_cost_percent": told["cost_percent"],
            "bandwidth.default_cost_others_percent": told["others_percent"],
            "bandwidth.default_cost_error_percent": told["error_percent"],
            "bandwidth.default_cost_pairs": pairs}


def _token(build):
    told = token_bench.refusal(build)
    return {"bandwidth.concurrency_gain": told.get("gain"),
            "bandwidth.exclusive_refused": told.get("refused")}


PARTS = (
    Part(_leases, (
        Figure("bandwidth.lease_p50_us", "us", "<=", 150),
        Figure("bandwidth.leaked_budget_bytes", "B", "<=", 0),
    )),
    Part(_simulated_split, _split_figures("simulated_", emulated=False, simulated=True)),
    Part(_emulated_split, _split_figures("")),
    Part(_costs, (
        Figure("bandwidth.board_read_ns", "ns", "<=", 20, emulated=False),
        Figure("bandwidth.scope_ns", "ns", "<=", 50, emulated=False),
    )),
    # On this machine's real memory, beside programs on all cores.
    Part(_own_cost, (
        Figure("bandwidth.default_cost_percent", "%", "<=", 1, emulated=False),
        Figure("bandwidth.default_cost_others_percent", "%", emulated=False),
        Figure("bandwidth.default_cost_error_percent", "%", emulated=False),
        Figure("bandwidth.default_cost_pairs", "list", emulated=False),
    )),
    Part(_token, (
        Figure("bandwidth.concurrency_gain", "ratio", emulated=False),
        Figure("bandwidth.exclusive_refused", "count", ">=", 1, emulated=False),
    )),
    # A tick of 10 ms and a millisecond.
    Part(_reaction, (
        Figure("bandwidth.reaction_p50_ms", "ms"),
        Figure("bandwidth.reaction_p99_ms", "ms", "<=", 11),
        Figure("bandwidth.tick_late_p99_ms", "ms"),
        Figure("bandwidth.flaps_per_s", "1/s", "<=", 2, emulated=False, simulated=True),
    )),
)

# SPDX-License-Identifier: Apache-2.0
"""The figures of the layer that knows the memory's bandwidth: what its levels cost those who go by
them, and how soon and how calmly they come. Each part is measured by a module of its own."""

import board_bench
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
            for name in ("reaction_p50_ms", "reaction_p99_ms", "flaps_per_s")}


PARTS = (
    Part(_costs, (
        Figure("bandwidth.board_read_ns", "ns", "<=", 20, emulated=False),
        Figure("bandwidth.scope_ns", "ns", "<=", 50, emulated=False),
    )),
    # Two ticks of 10 ms, because a level takes two samples, and a millisecond.
    Part(_reaction, (
        Figure("bandwidth.reaction_p50_ms", "ms"),
        Figure("bandwidth.reaction_p99_ms", "ms", "<=", 21),
        Figure("bandwidth.flaps_per_s", "1/s", "<=", 2, emulated=False, simulated=True),
    )),
)

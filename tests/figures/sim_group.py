# SPDX-License-Identifier: Apache-2.0
"""The figures of penstock-sim: what is decided again from a record."""

import replay_bench
from figure import Figure, Part


def _replay(build):
    told = replay_bench.differences(build)
    return {"sim.replay_differences": told["replay_differences"],
            "sim.replayed_ticks": told["ticks"]}


PARTS = (
    Part(_replay, (
        Figure("sim.replay_differences", "decisions", "<=", 0),
        Figure("sim.replayed_ticks", "count", ">=", 100),
    )),
)

# SPDX-License-Identifier: Apache-2.0
"""Own cost bench: what the agent takes from those who stream through this machine's real memory.

    own_cost_bench.py [BUILD]

prints it as a line of JSON. Programs on all cores read in windows of 0.8 s, in turns without an
agent and with one as it comes: with its defaults, this machine's sources and no device. Each window
with it is compared with the mean of the two beside it, so that whatever drifts cancels out. What
disturbs single windows does not: pairs during which others used the processors are played again.
"""

import json
import os
import subprocess
import sys
import time

_HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(os.path.dirname(os.path.dirname(_HERE)), "packaging", "quickstart"))

import isolation
from child import StandError
from fit import median
from stand import Stand, build_directory

PAIRS, MOST_PAIRS = 60, 90
WINDOW_MS = 800
SETTLE_S = 0.5  # Sources are opened, and BPF programs loaded, before the agent has its usual cost.
OTHERS_ALLOWED = 0.05
KIND = "read"


class RealStand(Stand):
    """No device, and nothing of this machine is hidden from the agent."""

    def __init__(self, build):
        super().__init__(build, device=False)

    def agent_command(self, *more, policy=None):
        command = super().agent_command(*more, policy=policy)
        return [word for word in command if not word.startswith(("--kfd=", "--sysfs=", "--trace="))]

    def drop_agent(self):
        """Ends it, and reads no trace: by default it writes none."""
        agent, self.agent = self.agent, None
        self.children.remove(agent)
        if agent.stop() != 0:
            raise StandError(f"the agent failed: {agent.last_words()}")


class Streams:
    """A program that streams when told to."""

    def __init__(self, build):
        program = os.path.join(build, "tests", "bench", "probes", "bench_probes_stream")
        if not os.access(program, os.X_OK):
            raise StandError(f"{program} is not built; run ./dev build")
        self._child = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                       text=True, preexec_fn=isolation.bound_to_us())

    def __enter__(self):
        self._line()
        return self

    def __exit__(self, *_):
        self._child.stdin.close()
        self._child.wait()

    def window(self):
        print(KIND, WINDOW_MS, file=self._child.stdin, flush=True)
        return self._line()

    def _line(self):
        line = self._child.stdout.readline()
        if not line:
            raise StandError("the program that streams through the memory has ended")
        return json.loads(line)


def pair_of(before, between, after):
    """What the window between cost the streams, and how much others used in the worst one."""
    alone = (before["bytes_per_second"] + after["bytes_per_second"]) / 2
    return {"cost_percent": 100 * (1 - between["bytes_per_second"] / alone),
            "others": max(each["others"] for each in (before, between, after))}


def quiet(pairs):
    return [pair for pair in pairs if pair["others"] <= OTHERS_ALLOWED]


def cost_of(pairs):
    """{"cost_percent", "error_percent", "others_percent"}: medians of the quiet pairs, or where there
    are too few, of the quietest: then others_percent says what the figure is worth. The error is
    half of the interval in which the median of all such pairs is with 95 %, by its rank."""
    taken = quiet(pairs)
    if len(taken) < PAIRS:
        taken = sorted(pairs, key=lambda pair: pair["others"])[:PAIRS]
    costs = sorted(pair["cost_percent"] for pair in taken)
    low = max(0, int((len(costs) - 1.96 * len(costs) ** 0.5) / 2))
    return {"cost_percent": median(costs),
            "error_percent": (costs[-1 - low] - costs[low]) / 2,
            "others_percent": 100 * median([pair["others"] for pair in taken])}


def enough(pairs):
    return len(quiet(pairs)) >= PAIRS or len(pairs) >= MOST_PAIRS


def played(build):
    """Pairs until there are enough of them."""
    pairs = []
    with RealStand(build) as stand, Streams(build) as streams:
        def window(with_agent):
            # Before each of them an agent starts and a pause is made: both slow down what follows.
            stand.start_agent()
            if not with_agent:
                stand.drop_agent()
            time.sleep(SETTLE_S)
            told = streams.window()
            if with_agent:
                stand.drop_agent()
            return told

        window(False)  # The first one finds processors that have slept.
        before = window(False)
        while not enough(pairs):
            between, after = window(True), window(False)
            pairs.append(pair_of(before, between, after))
            before = after
    return pairs


def main():
    isolation.enter_private_mounts()
    pairs = played(sys.argv[1] if len(sys.argv) > 1 else build_directory())
    print(json.dumps(cost_of(pairs) | {"pairs": pairs}))


if __name__ == "__main__":
    main()

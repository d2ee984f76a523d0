#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random walk: many processes create, destroy, run programs, fork, end and are signalled, while the
agent schedules them, is commanded, and is killed. In the end nothing may be left suspended, stopped
or attached to, and nothing may have grown.

usage: random_walk.py [--steps=N] [--processes=N] [--queues=N] [--seed=N]... [--json]
"""

import argparse
import json
import random
import sys
import time

import scenario  # First: it says where the modules below are.

import isolation
import walk_checks
from emulated_stand import FOR_MANY_QUEUES, EmulatedStand
from quick_bus import QuickBus
from walk_steps import POLICIES, Steps
from walk_world import World, call_of

CHECK_EVERY = 500
# After this share of the steps nobody is killed any more, so that growth can be seen.
LAST_DEATH = 0.5


class Walk:
    def __init__(self, stand, options, seed):
        self.stand = stand
        self.options = options
        self.seed = seed
        self.dice = random.Random(seed)
        stand.start_agent(policy=POLICIES[0])
        self.bus = QuickBus(stand.bus.address)
        self.world = World(stand, options.processes)
        self.steps = Steps(self.world, self.bus, self.dice)
        self.most_queues = 0
        self.start = time.monotonic()

    def close(self):
        self.world.close()
        self.bus.close()

    def run(self):
        """What was found, for people and for the figures."""
        self._populate()
        early = None
        checked = 0
        while self.steps.taken < self.options.steps:
            self.steps.deadly = self.steps.taken < LAST_DEATH * self.options.steps
            self.steps.take()
            if self.steps.taken >= checked + CHECK_EVERY:
                checked = self.steps.taken
                walk_checks.check_now(self.world, self.bus)
            if early is None and not self.steps.deadly:
                early = self._size()
        late = self._size()
        walk_checks.check_growth(self.world, early, late)
        walk_checks.check_end(self.world, self.bus)
        return self.told() | {"early": early, "late": late}

    def told(self):
        return {"seed": self.seed, "steps": self.steps.taken, "kinds": self.steps.done,
                "left_out": self.steps.left_out, "refused": self.steps.refused,
                "most_queues": self.most_queues,
                "seconds": round(time.monotonic() - self.start, 1),
                "violations": self.world.violations}

    def _populate(self):
        """The same number of processes and queues each time it is called."""
        world = self.world
        world.release_all()
        world.fill()
        if not world.wait_until_idle(10):
            world.find_stuck()
        while len(world.members) > world.wanted:
            world.lose(world.members[-1])
        each = -(-self.options.queues // self.options.processes)
        for member in list(world.members):
            if not member.idle:
                continue
            if member.queues > each:
                world.replace(member)
        self._add_queues(each)
        for member in [m for m in world.members if m.queues < each]:
            world.replace(member)  # The driver would not let it have more.
        self._add_queues(each)
        self.most_queues = max(self.most_queues,
                               sum(member.queues for member in world.members))

    def _add_queues(self, each):
        for member in [m for m in self.world.members if m.idle and m.queues < each]:
            self.world.add_queues(member, each - member.queues)
        self.world.wait_until_idle(20)

    def _size(self):
        """What agent and gate need for a population of the agreed size."""
        self._populate()
        walk_checks.wait_until_known(self.world, self.bus)
        return walk_checks.sizes(self.world, self.bus)


def walk(options, seed):
    with EmulatedStand(FOR_MANY_QUEUES) as stand:
        walked = Walk(stand, options, seed)
        try:
            return walked.run()
        except TimeoutError:
            walked.world.violate(
                f"the agent does not answer; it is in {call_of(stand.agent.pid)}, the "
                f"gate in {call_of(walked.world.gate())}; it said: {stand.agent.last_words(5)}")
            return walked.told()
        finally:
            walked.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=64)
    parser.add_argument("--queues", type=int, default=512, help="at the height")
    parser.add_argument("--seed", type=int, action="append")
    parser.add_argument("--seeds", type=int, help="so many, from 1 on")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    seeds = options.seed or list(range(1, (options.seeds or 1) + 1))
    isolation.require_root()
    isolation.enter_private_mounts()
    results = []
    for seed in seeds:
        results.append(walk(options, seed))
        print(f"seed {seed}: {len(results[-1]['violations'])} violations after "
              f"{results[-1]['seconds']} s", *results[-1]["violations"],
              sep="\n  ", file=sys.stderr, flush=True)
        if not options.json:
            print(json.dumps(results[-1], indent=1), flush=True)
    violations = sum(len(result["violations"]) for result in results)
    if options.json:
        print(json.dumps({"walks": results, "violations": violations}))
    sys.exit(bool(violations))


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""Lease bench: what a lease of bandwidth costs its client, and what clients that die leave behind.

    lease_bench.py [BUILD]

prints both as a line of JSON.
"""

import json
import multiprocessing
import os
import random
import re
import sys
import time

_HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(os.path.dirname(_HERE), "integration"))

import scenario  # First: it says where the modules below are.

import isolation
import measure
from bus import MANAGER
from child import StandError
from lease_bus import GIGA, LeaseBus
from quick_bus import Refused
from stand import ROOT, Stand, build_directory

PEAK = "--dram-peak=100G"
CLIENTS, LEASES = 64, 10_000
_WARM_UP, _ROUNDS = 200, 2000
_PATIENCE_S = 20
_BETWEEN_KILLS_S = 0.02
_GRANTED = re.compile(r"so far: (\d+) granted")


def _start_agent(stand):
    stand.start_agent(PEAK)
    stand.agent.wait_for(lambda _: stand.bus.get(f"{MANAGER}/memory/0", "MemoryNode",
                                                 "PeakBytesPerSecond") == 100 * GIGA, "peak")


def lease_p50_us(build, rounds=_ROUNDS):
    """The median of acquiring a lease and releasing it, as programs do by libpenstock: a call and
    its answer, and a message that awaits none."""
    os.environ["PENSTOCK_LIBRARY"] = os.path.join(build, "client", "libpenstock", "libpenstock.so.1")
    sys.path.append(os.path.join(ROOT, "client", "python"))
    import penstock  # Only here: it loads the library that was built.
    with Stand(build) as stand:
        _start_agent(stand)
        took_us = []
        with penstock.Client(bus=stand.bus.address, wait=_PATIENCE_S) as client:
            for number in range(_WARM_UP + rounds):
                start_ns = time.monotonic_ns()
                with client.lease(GIGA):
                    pass
                if number >= _WARM_UP:
                    took_us.append((time.monotonic_ns() - start_ns) / 1e3)
        return measure.percentile(took_us, 0.5)


def _take_and_give_back(address, seed):
    """A client without end; it dies with a lease in its hands, or while it waits for one."""
    dice = random.Random(seed)
    bus = LeaseBus(address)
    while True:
        try:
            lease = bus.acquire(dice.randrange(1, 20 * GIGA), min=0, wait_usec=50_000)
        except Refused:
            continue
        time.sleep(dice.random() * 0.005)
        lease.close()


class _Crowd:
    def __init__(self, address, seed):
        self._address = address
        self._dice = random.Random(seed)
        self._clients = []

    def __enter__(self):
        for _ in range(CLIENTS):
            self._clients.append(self._start())
        return self

    def __exit__(self, *_):
        for client in self._clients:
            client.kill()
        for client in self._clients:
            client.join()

    def _start(self):
        client = multiprocessing.get_context("fork").Process(
            target=_take_and_give_back, args=(self._address, self._dice.random()), daemon=True)
        client.start()
        return client

    def kill_one(self):
        place = self._dice.randrange(CLIENTS)
        self._clients[place].kill()
        self._clients[place].join()
        self._clients[place] = self._start()


def leaked_budget_bytes(build, leases=LEASES, seed=1):
    """Bytes per second that are leased when so many leases have come and gone in the hands of 64
    clients that are killed at random, and the last client is dead."""
    with Stand(build) as stand:
        _start_agent(stand)
        bus = LeaseBus(stand.bus.address)
        until = time.monotonic() + _PATIENCE_S * max(1, leases / 1000)
        with _Crowd(stand.bus.address, seed) as crowd:
            while int(_GRANTED.search(bus.dump()).group(1)) < leases:
                if time.monotonic() > until:
                    raise StandError(f"no {leases} leases were granted in time: {bus.dump()}")
                time.sleep(_BETWEEN_KILLS_S)
                crowd.kill_one()
        until = time.monotonic() + _PATIENCE_S
        while bus.leased() and time.monotonic() < until:
            time.sleep(0.01)
        left = bus.leased()
        if bus.leases():
            raise StandError(f"{bus.leases()} leases are held by nobody")
        bus.close()
        return left


def main():
    build = sys.argv[1] if len(sys.argv) > 1 else build_directory()
    isolation.enter_private_mounts()
    print(json.dumps({"bandwidth.lease_p50_us": lease_p50_us(build),
                      "bandwidth.leaked_budget_bytes": leaked_budget_bytes(build)}))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An orchestrator that goes by the memory's bandwidth: it serves requests in batches, and every
100 ms looks at the board and decides how large they are and where the next ones run.

usage: orchestrator.py [--bus ADDRESS] [--seconds N] [--device auto|cpu|gpu] [--log FILE]

The work is only pretended: run() is where a real one would launch kernels. `--device` overrides the
advice; `--log` gets a line of JSON for each look, and without it standard output does.
"""

import argparse
import asyncio
import json
import sys
import time

import penstock

LOOK_EVERY = 0.1
WHOLE_BATCH = 32
WEIGHT_BYTES = 8 << 20  # Read once for a batch, whatever its size is.
ITEM_BYTES = 4 << 20  # Read for each request of it.
CPU_RATE = 20_000_000_000  # Bytes per second at which the processor would do it.


class Orchestrator:
    def __init__(self, client, override="auto", log=sys.stdout):
        self._client = client
        self._override = override
        self._log = log
        self.device = "gpu"
        self.batch = WHOLE_BATCH
        self.served = 0

    def decide(self):
        """What the board asks for now; an override of the device always counts."""
        self.batch = self._client.batch(WHOLE_BATCH, WEIGHT_BYTES, ITEM_BYTES)
        size = WEIGHT_BYTES + self.batch * ITEM_BYTES
        advice = self._client.advice(gpu_bytes=size, cpu_bytes=size, cpu_bytes_per_second=CPU_RATE)
        if self._override != "auto":
            self.device, why = self._override, "override"
        else:
            self.device = advice.device if advice.device != "any" else "gpu"
            why = advice.reason
        return {"time": time.time(), "level": self._client.level, "batch": self.batch,
                "device": self.device, "why": why, "served": self.served,
                "board": self._client.reason or "live"}

    async def watch(self):
        while True:
            print(json.dumps(self.decide()), file=self._log, flush=True)
            await asyncio.sleep(LOOK_EVERY)

    async def serve(self):
        while True:
            size = WEIGHT_BYTES + self.batch * ITEM_BYTES
            # A launch may be delayed: the loop must go on meanwhile.
            await asyncio.to_thread(self.run, size)
            self.served += self.batch

    def run(self, size):
        with self._client.operation("expert_ffn", bytes_moved=size):
            time.sleep(0.005)


async def orchestrate(orchestrator, seconds):
    tasks = [asyncio.create_task(orchestrator.watch()), asyncio.create_task(orchestrator.serve())]
    # One that fails ends the other.
    done, pending = await asyncio.wait(tasks, timeout=seconds,
                                       return_when=asyncio.FIRST_EXCEPTION)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for task in done:
        task.result()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bus", default="system")
    parser.add_argument("--seconds", type=float, help="until interrupted by default")
    parser.add_argument("--device", choices=("auto", "cpu", "gpu"), default="auto")
    parser.add_argument("--log")
    options = parser.parse_args()
    with (open(options.log, "a", encoding="utf-8") if options.log else sys.stdout) as log:
        with penstock.Client(bus=options.bus, wait=1.0) as client:
            orchestrator = Orchestrator(client, options.device, log)
            try:
                asyncio.run(orchestrate(orchestrator, options.seconds))
            except KeyboardInterrupt:
                pass
            stats = client.stats("expert_ffn")
            print(json.dumps({"operations": stats.count, "p99_ns": stats.p99_ns,
                              "waits": stats.waits}), file=log)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The queue of docs/batching.md as one writes it with SimPy: a process for each request, one for
each device, and a store between them.

usage: simpy_queue.py REQUESTS CONFIG    prints {"took_s": of a processor, "completions": {id: ns}}

Of the modes it has static_fifo and dynamic_no_bins, with the formulas of tests/batching/model.py.
What is timed is the simulation alone: neither the reading of the files nor SimPy's start.
"""

import json
import os
import sys
import time

import simpy

sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
                             "batching"))
import model


class Policy:
    """How many more a batch may take; of static batches there is a fixed number."""

    def __init__(self, whole):
        self.is_static = whole.config["mode"] == "static_fifo"
        self.fixed, self.capacity = whole.config["b_fixed"], whole.config["kv_capacity_tokens"]
        self.feedback = model.Feedback(whole.config, whole.control)

    def begin(self):
        return self.fixed if self.is_static else self.feedback.target()

    def fits(self, reserved, request):
        return self.is_static or reserved + request.p + request.q <= self.capacity

    def completed(self, batch, took):
        if not self.is_static:
            self.feedback.completed(batch, took)


def client(env, request, queue):
    request.served = env.event()
    yield queue.put(request)
    yield request.served
    request.completion = env.now


def source(env, requests, queue):
    for request in requests:
        if request.t > env.now:
            yield env.timeout(request.t - env.now)
        env.process(client(env, request, queue))


def device(env, queue, policy, batch_time):
    while True:
        batch = [(yield queue.get())]
        most = policy.begin()
        reserved = batch[0].p + batch[0].q
        while len(batch) < most and queue.items and policy.fits(reserved, queue.items[0]):
            request = yield queue.get()
            reserved += request.p + request.q
            batch.append(request)
        took = batch_time(len(batch), max(r.p + r.o for r in batch))
        yield env.timeout(took)
        policy.completed(batch, took)
        for request in batch:
            request.served.succeed()


def simulated(whole):
    env = simpy.Environment()
    queue = simpy.Store(env)
    policy = Policy(whole)
    for _ in range(whole.config["num_gpus"]):
        env.process(device(env, queue, policy, whole.batch_time))
    env.process(source(env, whole.requests, queue))
    env.run()


def main():
    with open(sys.argv[2], encoding="utf-8") as file:
        config = json.load(file)
    whole = model.Model(model.read_requests(sys.argv[1], config.get("rps_scale", 1.0)), config)
    begin = time.process_time()
    simulated(whole)
    took_s = time.process_time() - begin
    print(json.dumps({"took_s": took_s,
                      "completions": {r.id: r.completion for r in whole.requests}}))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A server of generation requests that asks Penstock's batcher which of them to run together, and so
takes smaller batches while others need the memory's bandwidth. It works without an agent, too.

usage: batch_server.py SOCKET [--bus ADDRESS] [--config FILE] [--log FILE]

A request is a line of JSON on the socket, {"prompt": 200, "predicted": 50}, in tokens, perhaps with
a "tag", which comes back. The answer is a line, too: how long its batch was, and by what scale. What
waits of somebody who closes his connection is not served. The model is only emulated: it sleeps for
as long as one might take. `--log` gets a line for each batch, or iteration of a continuous mode.
"""

import argparse
import asyncio
import functools
import json
import os
import select
import signal
import sys

import penstock

CONFIG = {"mode": "dynamic_no_bins", "b_max": 32, "ctl": {"target_s": 0.05, "eps_s": 0.005}}
LONGEST_LINE = 4096


async def emulated_model(batch):
    """What would launch kernels; a longer and a larger batch takes longer."""
    longest = max(item.tokens for item in batch.items)
    await asyncio.sleep(0.005 + min(0.00001 * longest, 1) + 0.0001 * len(batch.items))


class WholeBatches:
    """All of a batch have ended with it."""

    def has_ended(self, item, prompt, predicted):
        return True

    def forget(self, number):
        """It has ended, or nobody wants it."""


class Iterations:
    """Of a continuous mode: counts what each request has computed. One that comes back begins anew,
    and so computes as many tokens as one that was never evicted."""

    def __init__(self, chunked):
        self._last = 1 if chunked else 0  # There the end of the prompt makes a token, too.
        self._computed = {}

    def has_ended(self, item, prompt, predicted):
        before = 0 if item.joined else self._computed[item.id]
        self._computed[item.id] = before + item.tokens
        return before + item.tokens >= prompt + predicted - self._last

    def forget(self, number):
        self._computed.pop(number, None)


def engine_for(config):
    if config.get("mode") != "continuous":
        return WholeBatches()
    return Iterations((config.get("step") or {}).get("kind") == "chunked")


class BatchServer:
    def __init__(self, batcher, model=emulated_model, devices=1, log=sys.stdout, engine=None):
        self._batcher, self._model, self._devices, self._log = batcher, model, devices, log
        self._engine = engine or WholeBatches()
        self._answers = {}  # Of who waits or runs, by id.
        self._numbers = 0
        self._changed = asyncio.Event()
        self._stopping = False

    def submit(self, prompt, predicted):
        """What will be the answer. Whoever cancels it does not want it any more."""
        if self._stopping:
            raise ValueError("the server is ending")
        self._numbers += 1
        self._batcher.submit(self._numbers, prompt, predicted)
        answer = asyncio.get_running_loop().create_future()
        answer.add_done_callback(functools.partial(self._withdraw, self._numbers))
        self._answers[self._numbers] = (prompt, predicted, answer)
        self._changed.set()
        return answer

    @property
    def unanswered(self):
        """So many wait for an answer that somebody still wants."""
        return sum(not answer.done() for *_, answer in self._answers.values())

    def _withdraw(self, number, answer):
        if not answer.cancelled() or number not in self._answers:
            return
        try:
            self._batcher.cancel(number)
        except OSError:
            return  # It runs: its place is free when its batch or iteration is over.
        self._engine.forget(number)
        del self._answers[number]
        self._changed.set()

    async def run_device(self, device):
        while not self._stopping or self._answers:
            batch = self._batcher.next(device)
            if batch is None:
                self._changed.clear()
                await self._changed.wait()
                continue
            print(json.dumps({"batch": len(batch.items), "scale": batch.scale,
                              "waiting": batch.waiting, "device": device, "emulated": True}),
                  file=self._log, flush=True)
            await self._model(batch)
            self._complete(batch, device)

    def _complete(self, batch, device):
        outputs = {}
        for item in batch.items:
            prompt, predicted, answer = self._answers[item.id]
            if self._engine.has_ended(item, prompt, predicted) or answer.cancelled():
                outputs[item.id] = predicted
        self._batcher.completed(outputs, device)
        for number, tokens in outputs.items():
            self._engine.forget(number)
            *_, answer = self._answers.pop(number)
            if not answer.done():
                answer.set_result({"tokens": tokens, "batch": len(batch.items),
                                   "scale": batch.scale, "emulated": True})
        self._changed.set()

    def stop(self):
        """What has been taken is served; nothing more is taken."""
        self._stopping = True
        self._batcher.flush()
        self._changed.set()

    def give_up(self, why):
        self._stopping = True
        for *_, answer in self._answers.values():
            if not answer.done():
                answer.set_exception(RuntimeError(why))

    async def run(self):
        devices = [asyncio.create_task(self.run_device(device)) for device in range(self._devices)]
        try:
            await asyncio.gather(*devices)
        except Exception as failure:
            self.give_up(f"the server fails: {failure}")
            raise
        finally:
            for device in devices:
                device.cancel()


class Conversation:
    """One connection: answers come as they are ready, not in the order of the requests."""

    def __init__(self, server, reader, writer):
        self._server, self._reader, self._writer = server, reader, writer
        self._tasks = {}  # And the answer that each waits for.

    def _say(self, told):
        self._writer.write(json.dumps(told).encode() + b"\n")

    async def _answer(self, tag, answer):
        try:
            told = await answer
        except RuntimeError as failure:
            told = {"error": str(failure)}
        self._say({"tag": tag, **told})

    def _take(self, line):
        tag = None
        try:
            asked = json.loads(line)
            tag = asked.get("tag")
            answer = self._server.submit(int(asked["prompt"]), int(asked["predicted"]))
        except (AttributeError, ArithmeticError, KeyError, TypeError, ValueError,
                OSError) as refusal:
            self._say({"tag": tag, "error": f"{type(refusal).__name__}: {refusal}"})
            return
        task = asyncio.create_task(self._answer(tag, answer))
        self._tasks[task] = answer
        task.add_done_callback(self._tasks.pop)

    def _has_gone(self):
        """Or has only said that he asks for nothing more."""
        events = select.poll()
        events.register(self._writer.get_extra_info("socket"), 0)
        return any(what & select.POLLHUP for _, what in events.poll(0))

    async def hold(self):
        """Until he has said all, or the server ends: then what he asked for before is answered."""
        gone = False
        try:
            while line := await self._reader.readline():
                self._take(line)
                await self._writer.drain()
            gone = self._has_gone()
        except ConnectionError:
            gone = True
        except (asyncio.CancelledError, ValueError):
            pass  # His line may be too long.
        for answer in self._tasks.values() if gone else ():
            answer.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._writer.close()


async def serve(path, server):
    conversations = set()

    def begin(reader, writer):
        task = asyncio.create_task(Conversation(server, reader, writer).hold())
        conversations.add(task)
        task.add_done_callback(conversations.discard)

    listening = await asyncio.start_unix_server(begin, path, limit=LONGEST_LINE)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.stop)
    try:
        await server.run()
    finally:
        os.unlink(path)
        listening.close()
        for task in list(conversations):
            task.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("socket")
    parser.add_argument("--bus", default="system")
    parser.add_argument("--config", help="JSON, as penstock-sim batching takes it")
    parser.add_argument("--log")
    options = parser.parse_args()
    config = CONFIG
    if options.config:
        with open(options.config, encoding="utf-8") as file:
            config = json.load(file)
    with (open(options.log, "a", encoding="utf-8") if options.log else sys.stdout) as log, \
            penstock.Client(bus=options.bus) as client, \
            penstock.Batcher(config, client) as batcher:
        asyncio.run(serve(options.socket,
                          BatchServer(batcher, devices=config.get("num_gpus", 1), log=log,
                                      engine=engine_for(config))))


if __name__ == "__main__":
    main()

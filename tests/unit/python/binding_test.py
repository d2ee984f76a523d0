#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The Python package: its structures are the header's, it is a no-op without an agent, and the
orchestrator of the examples decides as the board asks.

usage: binding_test.py ROOT CC...      with PENSTOCK_LIBRARY for the library that was built
"""

import asyncio
import ctypes
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest

ROOT, *COMPILER = sys.argv[1:]
sys.path[:0] = [os.path.join(ROOT, "client", "python"),
                os.path.join(ROOT, "client", "python", "examples")]

import batch_server
import orchestrator
import penstock
from penstock import _library

NO_BUS = "unix:path=/nonexistent/bus"
STRUCTURES = {"board_node": _library.BoardNode, "options": _library.Options,
              "costs": _library.Costs, "advice": _library.Advice, "op": _library.Operation,
              "op_figures": _library.Stats, "hints": _library.Hints,
              "batch_request": _library.BatchRequest, "batch_item": _library.BatchItem,
              "next_batch": _library.NextBatch, "batch_output": _library.BatchOutput}


def places_in_c():
    """Sizes of structures and places of their members, as the compiler has them."""
    lines = ["#include <penstock/batcher.h>", "#include <stdio.h>", "int main(void) {"]
    for name, structure in STRUCTURES.items():
        lines.append(f'printf("{name} %zu\\n", sizeof(struct penstock_{name}));')
        lines += [f'printf("{name}.{member} %zu\\n", offsetof(struct penstock_{name}, {member}));'
                  for member, _ in structure._fields_]
    with tempfile.TemporaryDirectory() as folder:
        source, program = os.path.join(folder, "places.c"), os.path.join(folder, "places")
        with open(source, "w", encoding="ascii") as file:
            file.write("\n".join([*lines, "return 0; }"]))
        include = os.path.join(ROOT, "client", "libpenstock", "include")
        subprocess.run([*COMPILER, "-std=c99", f"-I{include}", source, "-o", program], check=True)
        return subprocess.run([program], capture_output=True, text=True, check=True).stdout


def places_in_python():
    lines = []
    for name, structure in STRUCTURES.items():
        lines.append(f"{name} {ctypes.sizeof(structure)}")
        lines += [f"{name}.{member} {getattr(structure, member).offset}"
                  for member, _ in structure._fields_]
    return "\n".join(lines) + "\n"


class Binding(unittest.TestCase):
    def test_has_the_structures_of_the_header(self):
        self.assertEqual(places_in_python(), places_in_c())

    def test_insists_as_the_header_does(self):
        header = os.path.join(ROOT, "client", "libpenstock", "include", "penstock", "penstock.h")
        with open(header, encoding="utf-8") as file:
            self.assertIn(f"#define PENSTOCK_EXCLUSIVE_INSIST {penstock.EXCLUSIVE_INSIST}U\n",
                          file.read())

    def test_has_the_classes_of_the_library(self):
        name_of = _library.load().penstock_op_name
        name_of.restype = ctypes.c_char_p
        self.assertEqual({name: name_of(number) for name, number in penstock.CLASSES.items()},
                         {name: name.encode() for name in penstock.CLASSES})

    def test_does_nothing_without_an_agent_and_says_why(self):
        with penstock.Client(bus=NO_BUS) as client:
            self.assertEqual((client.level, client.batch_scale), ("none", 1.0))
            self.assertEqual(client.batch(64, fixed_bytes=0, item_bytes=1), 64)
            self.assertIsNone(client.node(0))
            self.assertNotEqual(client.reason, "")
            self.assertEqual(client.advice(other_memory=1).device, "any")
            with self.assertRaisesRegex(penstock.PenstockError, "nonexistent"):
                client.set_weight(10)
            client.close()

    def test_reports_and_says_that_nobody_reads_it(self):
        with penstock.Client(bus=NO_BUS) as client:
            self.assertIs(client.report_progress(5), False)
            self.assertIs(client.report_hints(unit="tokens", phase="decode", batch=8), False)
            with self.assertRaisesRegex(ValueError, "there is no unit 'pounds': there are unknown"):
                client.report_hints(unit="pounds")
            with self.assertRaisesRegex(penstock.PenstockError, "out of range"):
                client.report_hints(batch=2 ** 21)

    def test_counts_operations_also_those_that_fail(self):
        with penstock.Client(bus=NO_BUS) as client:
            with self.assertRaises(RuntimeError), client.operation("user_3"):
                raise RuntimeError
            with client.operation("user_3", bytes_moved=1 << 30):
                pass
            self.assertEqual(client.stats("user_3").count, 2)
            self.assertEqual(client.stats("user_4").count, 0)
            with self.assertRaisesRegex(ValueError, "there are attention_qkv_proj"):
                client.stats("nonsense")


class Batching(unittest.TestCase):
    def test_gives_batches_and_says_who_joins(self):
        with penstock.Client(bus=NO_BUS) as client, \
                penstock.Batcher({"mode": "static_fifo", "b_fixed": 2}, client) as batcher:
            self.assertIsNone(batcher.next())
            for number in (5, 6, 7):
                batcher.submit(number, prompt=10, predicted=4)
            batch = batcher.next()
            self.assertEqual(batch.items, (penstock.Item(5, 14, True), penstock.Item(6, 14, True)))
            self.assertEqual((batch.evicted, batch.waiting, batch.most, batch.scale), ((), 1, 2, 1.0))
            with self.assertRaisesRegex(penstock.PenstockError, "has not completed"):
                batcher.next()
            batcher.completed({5: 3})
            batcher.set_scale(0.5)
            batcher.submit(8, prompt=1, predicted=1)
            self.assertEqual(len(batcher.next().items), 1)
            batcher.close()

    def test_takes_out_who_waits(self):
        with penstock.Batcher({"mode": "static_fifo", "b_fixed": 1}) as batcher:
            for number in (1, 2, 3):
                batcher.submit(number, 1, 1)
            batcher.next()
            batcher.cancel(2)
            with self.assertRaisesRegex(penstock.PenstockError, "runs"):
                batcher.cancel(1)
            with self.assertRaisesRegex(penstock.PenstockError, "no request of this id"):
                batcher.cancel(2)
            batcher.completed({})
            self.assertEqual([item.id for item in batcher.next().items], [3])

    def test_runs_iterations_which_requests_join_and_leave(self):
        with penstock.Batcher({"mode": "continuous", "b_max": 2}) as batcher:
            for number in (1, 2, 3):
                batcher.submit(number, prompt=10, predicted=4)
            self.assertEqual(batcher.next().items,
                             (penstock.Item(1, 1, True), penstock.Item(2, 1, True)))
            batcher.completed({})
            self.assertEqual(batcher.next().items,
                             (penstock.Item(1, 1, False), penstock.Item(2, 1, False)))
            batcher.completed({1: 4})
            self.assertEqual(batcher.next().items,
                             (penstock.Item(2, 1, False), penstock.Item(3, 1, True)))
            batcher.completed({2: 4, 3: 1})
            self.assertIsNone(batcher.next())

    # Two prompts fill two of three blocks; the third goes to who came first.
    def test_says_who_was_evicted(self):
        step = {"kind": "chunked", "token_budget": 16, "block": 8, "kv": "paged",
                "c0": 0, "w": 0, "c_tok": 0, "c_kv": 0}
        with penstock.Batcher({"mode": "continuous", "kv_capacity_tokens": 24,
                               "step": step}) as batcher:
            for number in (1, 2):
                batcher.submit(number, prompt=8, predicted=8)
            self.assertEqual([item.tokens for item in batcher.next().items], [8, 8])
            batcher.completed({})
            batch = batcher.next()
            self.assertEqual(batch.items, (penstock.Item(1, 1, False),))
            self.assertEqual((batch.evicted, batch.waiting), ((2,), 1))
            batcher.completed({1: 2})
            self.assertEqual(batcher.next().items, (penstock.Item(2, 9, True),))

    def test_says_what_is_wrong(self):
        with self.assertRaisesRegex(penstock.PenstockError, "config:1: mode is missing"):
            penstock.Batcher({})
        with penstock.Batcher('{"mode": "static_fifo"}') as batcher:
            batcher.submit(1, 1, 1)
            with self.assertRaisesRegex(penstock.PenstockError, "waits or runs"):
                batcher.submit(1, 1, 1)


class ServingInBatches(unittest.TestCase):
    def serve(self, model):
        async def run():
            with penstock.Batcher({"mode": "static_fifo", "b_fixed": 2}) as batcher:
                server = batch_server.BatchServer(batcher, model, log=io.StringIO())
                answers = [server.submit(10, tokens) for tokens in (1, 2, 3)]
                server.stop()
                try:
                    await server.run()
                finally:
                    self.told = await asyncio.gather(*answers, return_exceptions=True)
        asyncio.run(run())

    def test_answers_everybody_with_the_size_of_his_batch(self):
        self.serve(batch_server.emulated_model)
        self.assertEqual([(told["tokens"], told["batch"]) for told in self.told],
                         [(1, 2), (2, 2), (3, 1)])

    def test_tells_everybody_when_the_model_fails(self):
        async def fails(_):
            raise ValueError("out of order")

        with self.assertRaisesRegex(ValueError, "out of order"):
            self.serve(fails)
        self.assertEqual([str(told) for told in self.told], ["the server fails: out of order"] * 3)


class ServingInIterations(unittest.TestCase):
    """Each request computes what it would in the simulator: no more, and no less."""

    STEP = {"kind": "chunked", "token_budget": 16, "block": 2, "kv": "paged",
            "c0": 0, "w": 0, "c_tok": 0, "c_kv": 0}

    def iterations(self, config, requests):
        """The ids of each iteration, and what was answered."""
        told = []

        async def model(batch):
            told.append([item.id for item in batch.items])

        async def run():
            with penstock.Batcher(config) as batcher:
                server = batch_server.BatchServer(batcher, model, log=io.StringIO(),
                                                  engine=batch_server.engine_for(config))
                answers = [server.submit(*request) for request in requests]
                server.stop()
                await server.run()
                return [answer.result()["tokens"] for answer in answers]
        return told, asyncio.run(run())

    def test_a_token_at_a_time(self):
        told, tokens = self.iterations({"mode": "continuous", "b_max": 2},
                                       [(2, 1), (1, 1), (1, 2)])
        self.assertEqual(told, [[1, 2], [1, 2], [1, 3], [3], [3]])
        self.assertEqual(tokens, [1, 1, 2])

    def test_in_chunks(self):
        told, tokens = self.iterations({"mode": "continuous", "step": self.STEP}, [(20, 2), (1, 3)])
        self.assertEqual(told, [[1], [1, 2], [1, 2], [2]])
        self.assertEqual(tokens, [2, 3])

    # Each has a block of two tokens, and one is left: the first takes it, and then the second's.
    def test_who_was_evicted_computes_it_again(self):
        told, tokens = self.iterations(
            {"mode": "continuous", "kv_capacity_tokens": 6, "step": self.STEP}, [(2, 3), (2, 3)])
        self.assertEqual(told, [[1, 2], [1], [1], [2], [2]])
        self.assertEqual(tokens, [3, 3])


class ServingWhoLeaves(unittest.TestCase):
    """A model that waits, so that one request runs and the others wait."""

    def serve(self, scenario):
        async def run():
            self.gate, self.begun, self.log = asyncio.Event(), asyncio.Event(), io.StringIO()

            async def model(_):
                self.begun.set()
                await self.gate.wait()

            with penstock.Batcher({"mode": "static_fifo", "b_fixed": 1}) as batcher, \
                    tempfile.TemporaryDirectory() as folder:
                server = batch_server.BatchServer(batcher, model, log=self.log)
                path = os.path.join(folder, "socket")
                serving = asyncio.create_task(batch_server.serve(path, server))
                while not os.path.exists(path):
                    await asyncio.sleep(0)
                await scenario(server, path)
                self.gate.set()
                server.stop()
                await serving
        asyncio.run(run())

    async def ask_for_three(self, path):
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(b'{"prompt": 1, "predicted": 2}\n' * 3)
        await self.begun.wait()
        return reader, writer

    def test_nobody_else_waits_for_what_he_asked_for(self):
        async def leaves(server, path):
            _, writer = await self.ask_for_three(path)
            writer.close()
            while server.unanswered:
                await asyncio.sleep(0)

        self.serve(leaves)
        self.assertEqual(self.log.getvalue().count("\n"), 1, "what ran")

    def test_who_only_asks_for_nothing_more_is_answered(self):
        async def listens(_, path):
            reader, writer = await self.ask_for_three(path)
            writer.write_eof()
            self.gate.set()
            self.told = await reader.read()
            writer.close()

        self.serve(listens)
        self.assertEqual(self.told.count(b"emulated"), 3)


class FakeClient:
    """A client at a level that the test sets."""

    level, reason, scale, device = "none", "", 1.0, "any"

    def batch(self, batch, fixed_bytes, item_bytes):
        return max(1, int(batch * self.scale))

    def advice(self, **costs):
        return penstock.Advice(self.device, "sooner", 1.0, 0)


class Orchestrating(unittest.TestCase):
    def setUp(self):
        self.client, self.log = FakeClient(), io.StringIO()

    def test_takes_whole_batches_on_the_device_while_nothing_is_asked_for(self):
        decided = orchestrator.Orchestrator(self.client).decide()
        self.assertEqual((decided["batch"], decided["device"]), (orchestrator.WHOLE_BATCH, "gpu"))

    def test_follows_the_board(self):
        self.client.level, self.client.scale, self.client.device = "fall-back", 0.25, "cpu"
        orchestrating = orchestrator.Orchestrator(self.client)
        decided = orchestrating.decide()
        self.assertEqual((decided["batch"], decided["device"]), (8, "cpu"))
        self.assertEqual(orchestrating.device, "cpu")

    def test_lets_a_person_override_the_device(self):
        self.client.device = "cpu"
        decided = orchestrator.Orchestrator(self.client, override="gpu").decide()
        self.assertEqual((decided["device"], decided["why"]), ("gpu", "override"))

    def test_logs_each_look_and_ends_both_when_one_fails(self):
        class Broken(orchestrator.Orchestrator):
            def run(self, size):
                raise RuntimeError("the launch failed")

        orchestrating = Broken(self.client, log=self.log)
        with self.assertRaisesRegex(RuntimeError, "the launch failed"):
            asyncio.run(orchestrator.orchestrate(orchestrating, None))
        line = json.loads(self.log.getvalue().splitlines()[0])
        self.assertEqual((line["level"], line["board"]), ("none", "live"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)

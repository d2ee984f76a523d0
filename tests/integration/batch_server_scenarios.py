#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The example server that asks the batcher for its batches: they follow the memory's load."""

import json
import os
import signal
import socket
import sys
import threading

import scenario  # First: it says where the modules below are.

from board_scenarios import LOADED, Board
from child import Child

WHOLE = 16
CONFIG = {"mode": "static_fifo", "b_fixed": WHOLE}
OUTSTANDING = 3 * WHOLE  # So that a whole batch always waits.
SERVER = os.path.join(scenario.ROOT, "client", "python", "examples", "batch_server.py")


class Crowd:
    """Asks for so much at a time, and again for each answer, until it is told to stop."""

    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(20)
        self._socket.connect(path)
        self._stopping = threading.Event()
        self.sent = 0
        self.answers = []
        self.failure = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _ask(self):
        line = json.dumps({"tag": self.sent, "prompt": 100, "predicted": 20}) + "\n"
        self.sent += 1
        self._socket.sendall(line.encode())

    def _run(self):
        try:
            for _ in range(OUTSTANDING):
                self._ask()
            for line in self._socket.makefile(encoding="utf-8"):
                self.answers.append(json.loads(line))
                if not self._stopping.is_set():
                    self._ask()
                elif len(self.answers) == self.sent:
                    return
        except (OSError, ValueError) as failure:
            self.failure = failure

    @property
    def last_batch(self):
        return self.answers[-1].get("batch") if self.answers else None

    def finish(self):
        """When what it has asked for is answered."""
        self._stopping.set()
        self._thread.join()
        self._socket.close()


class BatchServer(Board):
    def start_server(self):
        config, path = self.stand.path("batching.json"), self.stand.path("server.sock")
        with open(config, "w", encoding="utf-8") as file:
            json.dump(CONFIG, file)
        server = Child("server", [
            "env", f"PYTHONPATH={os.path.join(scenario.ROOT, 'client', 'python')}", sys.executable,
            SERVER, path, f"--bus={self.stand.bus.address}", f"--config={config}",
            f"--log={self.stand.path('batches.log')}"], self.stand.directory)
        self.stand.children.append(server)
        self.eventually(lambda: os.path.exists(path), "the server listens")
        return server, path

    def start_crowd(self, path):
        crowd = Crowd(path)
        self.addCleanup(crowd.finish)
        return crowd

    def assert_all_answered(self, crowd):
        crowd.finish()
        self.assertIsNone(crowd.failure)
        self.assertEqual(sorted(answer["tag"] for answer in crowd.answers),
                         list(range(crowd.sent)))
        self.assertEqual([answer for answer in crowd.answers if "error" in answer], [])
        self.assertTrue(all(answer["emulated"] for answer in crowd.answers))

    def test_takes_smaller_batches_while_the_memory_is_loaded(self):
        self.start_agent()
        client = self.open_client()
        server, path = self.start_server()
        crowd = self.start_crowd(path)
        self.eventually(lambda: crowd.last_batch == WHOLE, "batches are whole")
        load = self.stand.start_workload("load", *LOADED)
        self.eventually(lambda: client.level != "none", "there is a level")
        self.eventually(lambda: crowd.last_batch == WHOLE // 4, "batches are a quarter")
        load.finish()
        self.wait_for_level(client, "none")
        self.eventually(lambda: crowd.last_batch == WHOLE, "batches are whole again")
        self.assert_all_answered(crowd)
        self.assertLessEqual(max(answer["batch"] for answer in crowd.answers), WHOLE)
        self.assertTrue(server.alive(), server.last_words())

    def test_takes_whole_batches_again_when_the_agent_dies(self):
        self.start_agent()
        _, path = self.start_server()
        crowd = self.start_crowd(path)
        self.stand.start_workload("load", *LOADED)
        self.eventually(lambda: crowd.last_batch == WHOLE // 4, "batches are a quarter")
        self.stand.agent.kill()
        self.eventually(lambda: crowd.last_batch == WHOLE, "batches are whole again")
        self.assert_all_answered(crowd)

    def test_answers_what_it_has_taken_before_it_ends(self):
        server, path = self.start_server()
        crowd = self.start_crowd(path)
        self.eventually(lambda: len(crowd.answers) > WHOLE, "it serves without an agent")
        os.kill(server.pid, signal.SIGTERM)
        self.eventually(lambda: not server.alive(), "the server ends")
        self.assertFalse(os.path.exists(path))
        crowd.finish()
        served = {answer["tag"] for answer in crowd.answers if "error" not in answer}
        self.assertLessEqual(set(range(OUTSTANDING)), served)
        for answer in crowd.answers:
            self.assertIn("is ending", answer.get("error", "is ending"))

    def test_refuses_what_is_no_request_and_serves_on(self):
        _, path = self.start_server()
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
            peer.settimeout(20)
            peer.connect(path)
            peer.sendall(b'[]\n{"prompt": 1}\nnonsense\n{"prompt": -1, "predicted": 2}\n'
                         b'{"prompt": 1, "predicted": 1e99}\n{"prompt": 5, "predicted": 2}\n')
            lines = peer.makefile(encoding="utf-8")
            answers = [json.loads(lines.readline()) for _ in range(6)]
        self.assertEqual(["error" in answer for answer in answers], [True] * 5 + [False])
        self.assertEqual(answers[5]["tokens"], 2)


if __name__ == "__main__":
    scenario.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The board: levels that follow the memory's load, on the page that clients map and on the bus."""

import errno
import fcntl
import json
import mmap
import os
import socket
import struct
import subprocess
import sys
import time

import scenario  # First: it says where the modules below are.

from bus import MANAGER, process_path
from child import Child
from descriptor_bus import DescriptorBus
from open_stand import NOBODY, OpenStand
from puppets import Puppet
from stand import build_directory

sys.path.append(os.path.join(scenario.ROOT, "client", "python"))
os.environ["PENSTOCK_LIBRARY"] = os.path.join(
    build_directory(), "client", "libpenstock", "libpenstock.so.1")

import penstock

NODE = f"{MANAGER}/memory/0"
BOARD_BYTES, CLOSED = 4096, 1
F_GET_SEALS = 1034
SEALED = 0x1 | 0x2 | 0x4 | 0x10  # Seal, shrink, grow, future write.
# Kernels of half a millisecond with so many bytes are 40 GB/s.
LOADED = (*scenario.BUSY, "--dram-bytes-per-kernel=20000000")
PEAK = "--dram-peak=40G"


class Board(scenario.Scenario):
    def make_stand(self):
        return OpenStand()

    def start_agent(self, *options):
        self.stand.start_agent(PEAK, *options)

    def open_client(self, **options):
        client = penstock.Client(bus=self.stand.bus.address, wait=5, **options)
        self.addCleanup(client.close)
        return client

    def open_board(self, uid=0):
        bus = DescriptorBus(self.stand.bus.address, uid)
        self.addCleanup(bus.close)
        board = bus.ask_for_one("OpenBoard")
        self.addCleanup(os.close, board)
        return board

    def map(self, board):
        page = mmap.mmap(board, BOARD_BYTES, prot=mmap.PROT_READ)
        self.addCleanup(page.close)
        return page

    def wait_for_level(self, client, *levels):
        self.eventually(lambda: client.level in levels, f"the level is one of {levels}")


class Page(Board):
    def setUp(self):
        super().setUp()
        self.start_agent()

    def test_can_be_read_by_everybody_and_written_by_nobody(self):
        board = self.open_board(NOBODY)
        self.assertEqual(self.map(board)[:4], b"PNSB")
        self.assertEqual(fcntl.fcntl(board, F_GET_SEALS) & SEALED, SEALED)
        with self.assertRaises(PermissionError):
            mmap.mmap(board, BOARD_BYTES, prot=mmap.PROT_READ | mmap.PROT_WRITE)
        with self.assertRaises(OSError):
            os.write(board, b"x")
        # Root may open it anew for writing, and the seals hold all the same.
        anew = os.open(f"/proc/self/fd/{board}", os.O_RDWR)
        self.addCleanup(os.close, anew)
        for attempt in (lambda: mmap.mmap(anew, BOARD_BYTES), lambda: os.pwrite(anew, b"x", 0),
                        lambda: os.ftruncate(anew, 0)):
            with self.assertRaises(PermissionError):
                attempt()

    def test_is_written_at_the_set_pace_while_somebody_reads_it(self):
        page = self.map(self.open_board())
        # The sequence rises by two with each round.
        before = struct.unpack_from("<Q", page, 16)[0]
        self.eventually(lambda: struct.unpack_from("<Q", page, 16)[0] > before + 100,
                        "fifty rounds without a queue")

    def test_belongs_to_one_agent_and_the_next_has_a_higher_generation(self):
        first = self.stand.bus.get(MANAGER, "Manager", "BoardGeneration")
        page = self.map(self.open_board())
        self.assertEqual(struct.unpack_from("<Q", page, 24)[0], first)
        client = self.open_client()
        self.stand.stop_agent()
        self.assertEqual(struct.unpack_from("<I", page, 52)[0] & CLOSED, CLOSED)
        self.eventually(lambda: client.reason != "", "the client sees that the agent has left")
        self.start_agent()
        self.assertGreater(self.stand.bus.get(MANAGER, "Manager", "BoardGeneration"), first)
        self.eventually(lambda: client.reason == "", "the client has found the next board")

    def test_is_kept_by_the_service_manager_for_the_next_agent(self):
        self.stand.stop_agent()
        socket_path = self.stand.path("notify")
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(manager.close)
        manager.bind(socket_path)
        manager.settimeout(5)
        self.stand.start_agent(wrapper=["env", f"NOTIFY_SOCKET={socket_path}"])
        first = self.stand.bus.get(MANAGER, "Manager", "BoardGeneration")
        kept = self.kept_descriptor(manager)
        self.addCleanup(os.close, kept)
        self.stand.agent.kill()
        # As systemd hands it over: from descriptor 3 on, by the pid of who is to take them.
        self.stand.start_agent(wrapper=[
            "env", f"NOTIFY_SOCKET={socket_path}", "LISTEN_FDS=1", "LISTEN_FDNAMES=board", "sh",
            "-c", f'exec 3</proc/{os.getpid()}/fd/{kept}; LISTEN_PID=$$ exec "$@"', "sh"])
        self.assertEqual(self.stand.bus.get(MANAGER, "Manager", "BoardGeneration"), first + 1)
        self.assertNotEqual(os.fstat(self.kept_descriptor(manager)).st_ino, os.fstat(kept).st_ino)

    def kept_descriptor(self, manager):
        """Of the next message that asks to keep the board."""
        while True:
            words, numbers, _, _ = socket.recv_fds(manager, 4096, 1)
            if b"FDSTORE=1" in words and b"FDNAME=board" in words:
                return numbers[0]
            for number in numbers:
                os.close(number)

    def test_of_an_agent_that_was_killed_holds_no_longer_than_it_says(self):
        client = self.open_client()
        self.assertEqual(client.reason, "")
        self.stand.agent.kill()
        self.eventually(lambda: client.reason != "", "its silence is noticed")
        self.assertEqual((client.level, client.batch_scale), ("none", 1.0))


class Levels(Board):
    def test_follow_the_load_on_the_board_and_on_the_bus(self):
        self.start_agent()
        client = self.open_client()
        self.assertEqual((client.level, client.batch_scale), ("none", 1.0))
        load = self.stand.start_workload("load", *LOADED)
        self.wait_for_level(client, "fall-back")
        self.eventually(lambda: client.batch_scale == 0.25, "the batch scale is at its least")
        node = client.node(0)
        self.assertGreater(node.utilization, 0.9)
        self.assertEqual((node.confidence, node.emulated), ("counter", True))
        self.assertEqual(node.peak_bytes_per_second, 40_000_000_000)
        self.eventually(lambda: self.stand.bus.get(NODE, "MemoryNode", "ThrottleLevel") == 3,
                        "the node's property says so")
        self.assertEqual(self.stand.bus.get(MANAGER, "Manager", "ThrottleLevel"), 3)
        self.assertEqual(client.batch(64, fixed_bytes=0, item_bytes=1), 16)
        load.finish()
        self.wait_for_level(client, "none")
        self.eventually(lambda: client.batch_scale == 1.0, "the whole batch is back")
        self.assert_says(self.stand.agent, "memory node 0 is at throttle level")

    def test_stay_at_none_where_no_peak_is_known(self):
        self.stand.start_agent()
        client = self.open_client()
        load = self.stand.start_workload("load", *LOADED)
        self.stand.wait_until_known(load)
        self.eventually(lambda: self.stand.bus.get(NODE, "MemoryNode", "TotalBytesPerSecond")
                        not in (0, 2 ** 64 - 1), "traffic is measured")
        self.assertEqual(client.level, "none")
        self.assertIsNone(client.node(0).utilization)

    def test_begin_where_the_target_is(self):
        self.stand.start_agent("--dram-peak=80G")  # Of which the load is about a half.
        client = self.open_client()
        self.stand.start_workload("load", *LOADED)
        self.eventually(lambda: (client.node(0).utilization or 0) > 0.3, "the load is seen")
        self.assertEqual(client.level, "none")
        answer = self.stand.bus.set(NODE, "MemoryNode", "TargetUtilization", "d", "0.2")
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.wait_for_level(client, "fall-back")
        self.assertIn("from 0.1 to 0.9", self.refusal(
            "set-property", "org.penstock1", NODE, "org.penstock1.MemoryNode",
            "TargetUtilization", "d", "0.95"))

    def test_are_signalled_with_their_cause(self):
        self.start_agent()
        client = self.open_client()
        monitor = Child("monitor", ["busctl", f"--address={self.stand.bus.address}",
                                    "--match=type='signal',member='ThrottleChanged'",
                                    "--json=short", "monitor"], self.stand.directory)
        self.stand.children.append(monitor)
        time.sleep(0.2)  # busctl says nothing when it has begun to listen.
        load = self.stand.start_workload("load", *LOADED)
        self.wait_for_level(client, "fall-back")
        load.finish()
        self.wait_for_level(client, "none")

        def signals():
            lines = (line for line in monitor.lines() if line.startswith("{"))
            return [json.loads(line)["payload"]["data"] for line in lines]

        self.eventually(lambda: signals() and signals()[-1][2] == 0, "the last signal came")
        levels = [row[1:3] for row in signals()]
        self.assertEqual([old for old, _ in levels][1:], [new for _, new in levels][:-1])
        self.assertEqual(signals()[0][0], NODE)
        for _, old, new, cause in signals():
            # On a machine that has no time for us, the last sample is old when the load has gone.
            self.assertIn(cause, ("saturated",) if new > old else ("relieved", "unmeasured"))


class Program(Board):
    def setUp(self):
        super().setUp()
        self.start_agent()

    def test_sets_its_own_terms(self):
        puppet = Puppet.start(self.stand)
        self.addCleanup(puppet.end)
        address = self.stand.bus.address
        puppet.expect(f"{-errno.ESRCH} process {puppet.pid} is not managed: it has no compute queue",
                      "own-priority", address, 3)
        puppet.expect("ok", "queues", 1)
        self.eventually(lambda: self.stand.queue_counts().get(puppet.pid, 0) == 1, "its queue is known")
        puppet.expect("0", "own-priority", address, 3)
        self.assertEqual(self.stand.bus.get(process_path(puppet.pid), "Process", "Priority"), 3)
        answer = puppet.tell("own-priority", address, 99)
        self.assertRegex(answer, f"^{-errno.EINVAL} .*20")
        puppet.expect("ok", "setuid", NOBODY)
        answer = puppet.tell("own-priority", address, 5)
        self.assertRegex(answer, f"^{-errno.EACCES} .*raising")

    def test_measures_operations_and_waits_where_the_level_asks(self):
        client = self.open_client()
        for _ in range(20):
            with client.operation("expert_ffn", bytes_moved=400_000_000):
                time.sleep(0.005)
        calm = client.stats("expert_ffn")
        self.assertEqual((calm.count, calm.waits), (20, 0))
        self.assertGreater(calm.mean_ns, 4_000_000)
        self.stand.start_workload("load", *LOADED)
        self.wait_for_level(client, "fall-back", "delay-launch")
        for _ in range(20):
            with client.operation("expert_ffn", bytes_moved=400_000_000):
                time.sleep(0.005)
        busy = client.stats("expert_ffn")
        self.assertEqual(busy.count, 40)
        self.assertGreater(busy.waits, 0)
        with penstock.Client(bus=self.stand.bus.address, wait=5, critical=True) as critical:
            for _ in range(5):
                with critical.operation("expert_ffn", bytes_moved=400_000_000):
                    pass
            self.assertEqual(critical.stats("expert_ffn").waits, 0)

    def test_orchestrates_by_the_board(self):
        self.stand.start_workload("load", *LOADED)
        self.wait_for_level(self.open_client(), "fall-back")
        log = self.stand.path("orchestrator.log")
        ran = subprocess.run(
            [sys.executable, os.path.join(scenario.ROOT, "client", "python", "examples",
                                          "orchestrator.py"),
             f"--bus={self.stand.bus.address}", "--seconds=1.5", "--device=cpu", f"--log={log}"],
            env={**os.environ, "PYTHONPATH": os.path.join(scenario.ROOT, "client", "python")},
            capture_output=True, text=True, timeout=30, check=False)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        with open(log, encoding="utf-8") as file:
            *looks, last = map(json.loads, file)
        self.assertEqual({look["device"] for look in looks}, {"cpu"}, "the override counts")
        self.assertLess(min(look["batch"] for look in looks), 32)
        self.assertGreater(last["operations"], 0)


if __name__ == "__main__":
    scenario.main()

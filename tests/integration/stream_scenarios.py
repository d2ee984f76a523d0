#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Descriptors that the agent hands out: streams of metrics, and its state as text."""

import fcntl
import json
import os
import re
import sys
import time

import scenario  # First: it says where the modules below are.

from authorization_scenarios import OWNER, STRANGER, Authorization
from child import Child
from descriptor_bus import DescriptorBus, Reader
from open_stand import OpenStand
from quick_bus import Refused

sys.path.append(os.path.join(scenario.ROOT, "tests", "unit", "ctl"))

from json_schema import Schema

# As agent/publish says in metric_streams.h, line_queue.h and surface.h.
MOST_OF_A_USER, MOST_BYTES, DUMPS_AT_ONCE = 8, 256 * 1024, 8
TENTH_USEC, HOUR_USEC = 100_000, 3_600_000_000
SCHEMA = os.path.join(scenario.ROOT, "client", "ctl", "tail.schema.json")
STREAM = re.compile(r"^stream: every 0\.100000 s, (\d+) bytes wait, (\d+) lines dropped$",
                    re.MULTILINE)


def shape(value):
    """Which fields there are, whatever they say."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    return [shape(each) for each in value] if isinstance(value, list) else None


class Descriptors(scenario.Scenario):
    def make_stand(self):
        return OpenStand()

    def setUp(self):
        super().setUp()
        self.stand.start_agent()
        self.client = self.stand.start_workload("client", *scenario.BUSY)
        self.stand.wait_until_known(self.client)
        self.bus = self.connect()

    def connect(self, uid=0):
        bus = DescriptorBus(self.stand.bus.address, uid)
        self.addCleanup(bus.close)
        return bus

    def open(self, bus=None, interval_usec=TENTH_USEC):
        reader = Reader((bus or self.bus).open_stream(interval_usec))
        self.addCleanup(reader.close)
        return reader

    def open_files(self):
        return len(os.listdir(f"/proc/{self.stand.agent.pid}/fd"))


class Streams(Descriptors):
    def setUp(self):
        super().setUp()
        with open(SCHEMA, encoding="utf-8") as file:
            self.schema = Schema(json.load(file))

    def assert_as_described(self, lines):
        for line in lines:
            self.assertEqual(list(self.schema.complaints(line)), [])

    def test_give_a_line_at_once_and_one_per_interval(self):
        lines = self.open(interval_usec=HOUR_USEC).lines(1)
        lines += self.open().lines(3)
        self.assertEqual(len(lines), 4)
        self.assert_as_described(lines)
        self.assertEqual([line["processes"][0]["pid"] for line in lines], [self.client.pid] * 4)
        times = [line["time"] for line in lines[1:]]
        self.assertEqual(times, sorted(set(times)))

    def test_say_what_tail_says(self):
        printed = json.loads(self.stand.ctl("tail", "--json", "--count=1").stdout)
        self.assertEqual(shape(self.open().lines(1)[0]), shape(printed))

    def test_drop_what_their_reader_does_not_take_and_go_on(self):
        # Lines of several processes are longer, and fill the buffer sooner.
        more = [self.stand.start_workload(f"more-{number}", *scenario.BUSY) for number in range(5)]
        self.stand.wait_until_known(*more)
        reader = self.open()
        self.eventually(lambda: int(STREAM.search(self.bus.dump()).group(2)) > 2,
                        "lines are dropped", timeout_s=45)
        self.assertLessEqual(int(STREAM.search(self.bus.dump()).group(1)), MOST_BYTES)
        self.assert_agent_serves()
        caught_up = time.time()
        lines = []
        while not lines or lines[-1].get("time", 0) < caught_up:
            found = reader.lines(1)
            self.assertTrue(found, "the stream goes on")
            lines += found
        self.assert_as_described(lines)
        self.assertGreater(sum(line.get("dropped", 0) for line in lines), 2)
        self.assertIn("time", lines[0], "what the reader has begun to take stays")

    def test_are_bounded_and_end_with_their_reader(self):
        before = self.open_files()
        readers = [self.open() for _ in range(MOST_OF_A_USER)]
        with self.assertRaisesRegex(Refused, f"{MOST_OF_A_USER} of one user"):
            self.bus.open_stream(TENTH_USEC)
        for reader in readers:
            reader.close()
        self.eventually(lambda: self.open_files() <= before, "the agent has closed its ends")
        self.assertEqual(len(self.open().lines(1)), 1)

    def test_of_one_user_are_not_counted_for_another(self):
        stranger, owner = self.connect(STRANGER), self.connect(OWNER)
        for _ in range(MOST_OF_A_USER):
            self.open(stranger)
        with self.assertRaisesRegex(Refused, f"by uid {STRANGER}"):
            stranger.open_stream(TENTH_USEC)
        self.assertEqual(len(self.open(owner).lines(1)), 1)

    def test_end_with_the_agent(self):
        reader = self.open(interval_usec=HOUR_USEC)
        self.assertEqual(len(reader.lines(1)), 1)
        self.stand.stop_agent()
        self.assertTrue(reader.has_ended())


class Dumps(Descriptors):
    def test_show_processes_and_can_not_be_changed(self):
        number = self.bus.dump_file()
        self.addCleanup(os.close, number)
        text = os.read(number, 1 << 20).decode("ascii")
        self.assertRegex(text, rf"(?m)^process {self.client.pid}: ")
        self.assertRegex(text, r"(?m)^device \d+: \w+, emulated")
        self.assertTrue(fcntl.fcntl(number, fcntl.F_GET_SEALS) & fcntl.F_SEAL_WRITE)
        with self.assertRaises(OSError):
            os.write(number, b"x")
        self.assertEqual(self.stand.ctl("dump").stdout.splitlines()[0], text.splitlines()[0])

    def test_of_one_user_are_bounded(self):
        stranger = self.connect(STRANGER)
        for _ in range(DUMPS_AT_ONCE):
            self.assertIn("penstock", stranger.dump())
        with self.assertRaisesRegex(Refused, "too often"):
            stranger.dump()
        for _ in range(DUMPS_AT_ONCE + 1):
            self.bus.dump()


class WhilePolkitIsAsked(Authorization):
    def test_a_dump_says_for_what(self):
        self.start_polkit("hold")
        command = self.command(STRANGER, "Manager", "method", "ResumeAll")
        self.stand.children.append(Child("client", command, self.stand.directory))
        self.eventually(self.questions, "polkit is asked")
        self.assertIn("\npolkit is asked: org.penstock1.manage\n", self.stand.ctl("dump").stdout)


if __name__ == "__main__":
    scenario.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Processes that register themselves and report their progress: what everybody sees of it, who may
register whom, and what a page full of lies does."""

import os
import signal
import sys

import scenario  # First: it says where the modules below are.

from bus import MANAGER, process_path
from hint_bus import DECODE, TOKENS, HintBus
from open_stand import DAEMON, NOBODY, OpenStand
from puppets import Puppet
from quick_bus import Refused
from stand import build_directory

sys.path.append(os.path.join(scenario.ROOT, "client", "python"))
os.environ["PENSTOCK_LIBRARY"] = os.path.join(
    build_directory(), "client", "libpenstock", "libpenstock.so.1")

import penstock

OWNER, STRANGER = NOBODY, DAEMON


class Hints(scenario.Scenario):
    def make_stand(self):
        return OpenStand()

    def setUp(self):
        super().setUp()
        self.stand.start_agent()
        self.bus = self.connect()

    def connect(self, uid=0):
        bus = HintBus(self.stand.bus.address, uid)
        self.addCleanup(bus.close)
        return bus

    def start_puppet(self, queues=1):
        puppet = Puppet.start(self.stand)
        self.addCleanup(puppet.end)
        if queues:
            puppet.expect("ok", "queues", queues)
            self.eventually(lambda: self.stand.queue_counts().get(puppet.pid, 0) == queues,
                            "its queues are known")
        return puppet

    def register(self, puppet, bus=None, **terms):
        page = (bus or self.bus).register(puppet.pidfd, **terms)
        self.addCleanup(page.close)
        return page

    def told(self, puppet, name):
        return self.stand.bus.get(process_path(puppet.pid), "Process", name)

    def report_until(self, page, holds, sentence):
        """A token each few milliseconds, so that there is a rate."""
        def progressed():
            page.write(progress=page.read("progress") + 1)
            return holds()
        self.eventually(progressed, sentence, timeout_s=10)


class Reported(Hints):
    def test_progress_is_everybodys_to_see(self):
        puppet = self.start_puppet()
        self.assertEqual(self.told(puppet, "ProgressPerSecond"), -1)
        page = self.register(puppet)
        page.write(unit=TOKENS, phase=DECODE, batch=64, next_bytes=1 << 30)
        self.report_until(page, lambda: self.told(puppet, "ProgressPerSecond") > 0,
                          "its progress has a rate")
        self.assertEqual([self.told(puppet, name) for name in
                          ("ProgressUnit", "Phase", "WantedBatch", "NextBytes")],
                         ["tokens", "decode", 64, 1 << 30])
        share = self.told(puppet, "ProgressOfBest")
        self.assertGreater(share, 0)
        self.assertLessEqual(share, 1)
        self.assertIn("counted by the process itself",
                      str(self.told(puppet, "Origins")))

    def test_progress_throttles_nobody(self):
        puppet = self.start_puppet()
        page = self.register(puppet)
        self.report_until(page, lambda: self.told(puppet, "ProgressOfBest") == 1, "it has a best")
        self.eventually(lambda: self.told(puppet, "ProgressOfBest") < 0.5, "it falls",
                        timeout_s=20)
        self.assertEqual(self.stand.bus.get(MANAGER, "Manager", "ThrottleLevel"), 0)

    def test_before_the_first_queue_it_counts_from_then_on(self):
        puppet = self.start_puppet(queues=0)
        page = self.register(puppet)
        page.write(unit=TOKENS)
        puppet.expect("ok", "queues", 1)
        self.eventually(lambda: self.stand.queue_counts().get(puppet.pid, 0) == 1, "it is known")
        self.report_until(page, lambda: self.told(puppet, "ProgressPerSecond") > 0,
                          "its progress has a rate")

    def test_lies_cost_nobody_but_the_liar(self):
        liar, honest = self.start_puppet(), self.start_puppet()
        lies, page = self.register(liar), self.register(honest)
        for byte in (0xff, 0x00, 0x7f, 0x80):
            lies.fill(byte)
            self.report_until(page, lambda: self.told(honest, "ProgressPerSecond") > 0,
                              "the honest one has a rate")
        lies.fill(0xff)
        self.eventually(lambda: self.told(liar, "ProgressPerSecond") <= 0, "nobody believes it")
        self.assertEqual((self.told(liar, "ProgressUnit"), self.told(liar, "WantedBatch"),
                          self.told(liar, "NextBytes")), ("unknown", 0, 0))
        self.assert_agent_serves()

    def test_pages_outlive_their_process_without_harm(self):
        puppet = self.start_puppet()
        page = self.register(puppet)
        puppet.signal(signal.SIGKILL)
        puppet.process.wait()
        self.eventually(lambda: not self.stand.queue_counts(), "it is forgotten")
        page.fill(0xff)
        for size in (0, 1 << 20):
            with self.assertRaises(OSError):
                os.ftruncate(page.number, size)
        with self.assertRaisesRegex(Refused, "not that of a running process"):
            self.register(puppet)
        self.assert_agent_serves()


class Registering(Hints):
    def test_is_for_who_owns_the_process(self):
        puppet = self.start_puppet()
        puppet.expect("ok", "setuid", OWNER)
        owner, stranger = self.connect(OWNER), self.connect(STRANGER)
        first = self.register(puppet, owner)
        with self.assertRaisesRegex(Refused, "another user's process"):
            self.register(puppet, stranger)
        again = self.register(puppet, owner)
        first.write(progress=77)
        self.assertEqual(again.read("progress"), 77)

    def test_may_lower_and_not_raise(self):
        puppet = self.start_puppet()
        puppet.expect("ok", "setuid", OWNER)
        owner = self.connect(OWNER)
        self.register(puppet, owner, Class="batch")
        self.assertEqual(self.told(puppet, "Class"), "batch")
        with self.assertRaisesRegex(Refused, "may lower it"):
            self.register(puppet, owner, Class="latency")
        self.assertEqual(self.told(puppet, "Class"), "batch")
        self.register(puppet, Class="latency")
        self.assertEqual(self.told(puppet, "Class"), "latency")

    def test_takes_no_terms_before_there_is_a_queue(self):
        puppet = self.start_puppet(queues=0)
        with self.assertRaisesRegex(Refused, "no compute queue yet"):
            self.register(puppet, Class="batch")
        self.register(puppet)

    def test_refuses_what_is_no_process(self):
        with open("/dev/null", "rb") as file:
            with self.assertRaisesRegex(Refused, "not that of a running process"):
                self.bus.register(file.fileno())
        self.assert_agent_serves()

    def test_is_bounded_for_each_user(self):
        puppet = self.start_puppet(queues=0)
        puppet.expect("ok", "setuid", OWNER)
        owner = self.connect(OWNER)
        with self.assertRaisesRegex(Refused, "registers processes too often"):
            for _ in range(100):
                owner.register(puppet.pidfd).close()
        self.register(puppet)  # Root is not counted.


class Library(Hints):
    def test_registers_by_itself_and_again_with_the_next_agent(self):
        with penstock.Client(bus=self.stand.bus.address, wait=5) as client:
            self.eventually(lambda: client.report_progress(1), "somebody reads it")
            self.assertTrue(client.report_hints(unit="tokens", phase="decode"))
            page = self.bus.register(os.pidfd_open(os.getpid()))
            self.addCleanup(page.close)
            self.assertGreater(page.read("progress"), 0)
            self.assertEqual((page.read("unit"), page.read("phase")), (TOKENS, DECODE))
            self.stand.stop_agent()
            self.eventually(lambda: not client.report_progress(1), "nobody reads it")
            self.stand.start_agent()
            self.eventually(lambda: client.report_progress(1), "it is read again", timeout_s=15)


if __name__ == "__main__":
    scenario.main()

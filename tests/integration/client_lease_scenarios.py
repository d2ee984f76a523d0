#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Leases of a program, by libpenstock, and an inference whose two sides keep to theirs."""

import errno
import os
import sys

import scenario  # First: it says where the modules below are.

from bus import MANAGER
from open_stand import OpenStand
from stand import build_directory

sys.path.append(os.path.join(scenario.ROOT, "client", "python"))
os.environ["PENSTOCK_LIBRARY"] = os.path.join(
    build_directory(), "client", "libpenstock", "libpenstock.so.1")

import penstock

GB = 1_000_000_000


class ClientLeases(scenario.Scenario):
    def make_stand(self):
        return OpenStand()

    def setUp(self):
        super().setUp()
        self.stand.start_agent("--dram-peak=40G")
        self.client = penstock.Client(bus=self.stand.bus.address, wait=5)
        self.addCleanup(self.client.close)
        self.eventually(lambda: self.stand.bus.get(MANAGER, "Manager", "NLeases") == 0,
                        "the agent knows its memory")

    def held(self):
        return self.stand.bus.call("ListLeases")[0]

    def test_last_as_long_as_they_are_held(self):
        with self.client.lease(10 * GB, why="a test") as lease:
            self.assertEqual(lease.rate, 10 * GB)
            self.assertEqual([row[1] for row in self.held()], [10 * GB])
        self.eventually(lambda: not self.held(), "the lease is back")

    def test_make_room_for_a_critical_one(self):
        with self.client.lease(38 * GB, lease_class="stream") as much:
            self.assertEqual(much.rate, 38 * GB)
            with self.client.lease(30 * GB, lease_class="critical") as critical:
                self.assertGreaterEqual(critical.rate, 30 * GB)
                self.eventually(lambda: 0 < much.rate <= 8 * GB, "the other one made room")

    def test_are_refused_with_a_reason(self):
        with self.client.lease(30 * GB, least=30 * GB):
            with self.assertRaises(penstock.PenstockError) as refused:
                with self.client.lease(20 * GB, least=20 * GB):
                    pass
            self.assertEqual(refused.exception.errno, errno.EBUSY)
        for wrong in ({"resource": "disk"}, {"lease_class": "best"}, {"why": "a\nb"}):
            with self.assertRaises(penstock.PenstockError) as refused:
                with self.client.lease(GB, **wrong):
                    pass
            self.assertEqual(refused.exception.errno, errno.EINVAL, wrong)

    def other(self, *options):
        """Another process that asks for a lease, and ends at once when it has it."""
        return self.stand.ctl("lease", "acquire", "dram", "1G", *options, "--", "true")

    def test_that_are_exclusive_keep_others_waiting(self):
        with self.client.lease(38 * GB, exclusive=penstock.EXCLUSIVE_INSIST):
            self.assertNotEqual(self.other().returncode, 0)
            waited = self.other("--wait=5s")  # It becomes an ordinary one meanwhile.
            self.assertEqual(waited.returncode, 0, waited.stderr)

    def test_are_not_waited_for_by_who_has_all_of_it(self):
        with self.client.lease(38 * GB, exclusive=penstock.EXCLUSIVE_INSIST):
            with self.assertRaisesRegex(penstock.PenstockError, "wait for itself"):
                with self.client.lease(GB, wait=5):
                    pass

    def test_come_one_after_the_other_without_a_wait(self):
        for _ in range(50):
            with self.client.lease(38 * GB, exclusive=penstock.EXCLUSIVE_INSIST) as lease:
                self.assertEqual(lease.rate, 38 * GB)

    def test_need_an_agent(self):
        with self.client.lease(GB) as lease:
            self.stand.stop_agent()
            self.assertEqual(lease.rate, GB)
            with self.assertRaises(penstock.PenstockError) as refused:
                with self.client.lease(GB):
                    pass
            self.assertEqual(refused.exception.errno, errno.EHOSTUNREACH)


if __name__ == "__main__":
    scenario.main()

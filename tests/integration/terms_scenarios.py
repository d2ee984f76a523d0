#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""On what terms a process runs, set over D-Bus: the device is shared as they say."""

import json
import os

import scenario  # First: it says where the modules below are.

from bus import process_path

PACKETS = 2000  # After which a share counts: of both clients together, whatever time they take.


class Terms(scenario.Scenario):
    def setUp(self):
        super().setUp()
        self.first = self.stand.start_workload("first", *scenario.BUSY)
        self.second = self.stand.start_workload("second", *scenario.BUSY)

    def start_agent(self, policy):
        self.stand.start_agent(policy=policy)
        self.stand.wait_until_known(self.first, self.second)
        for client in (self.first, self.second):
            self.stand.wait_until_preemptible(client)

    def set_terms(self, client, *words):
        done = self.stand.ctl("set", client.pid, *words)
        self.assertEqual(done.returncode, 0, done.stderr)

    def consumed(self):
        return self.first.consumed(), self.second.consumed()

    def assert_share_of_first(self, least, most):
        """Of the packets that the device takes from now on, by its own pointers: in the end."""
        before = self.consumed()

        def settled():
            first, second = (now - then for now, then in zip(self.consumed(), before))
            share = first / max(first + second, 1)
            return first + second >= PACKETS and least < share < most
        self.eventually(settled, f"the share is between {least} and {most}", timeout_s=20)


class Weights(Terms):
    def test_share_the_device_and_reversed_they_share_it_the_other_way_round(self):
        self.start_agent("partition")
        self.set_terms(self.first, "weight=75")
        self.set_terms(self.second, "weight=25")
        self.assert_share_of_first(0.68, 0.82)
        for client, weight in ((self.first, 25), (self.second, 75)):
            answer = self.stand.bus.set(process_path(client.pid), "Process", "Weight", "u", weight)
            self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assert_share_of_first(0.18, 0.32)


class Classes(Terms):
    def test_keep_the_idle_one_from_the_device_while_others_have_work(self):
        self.start_agent("harvest")
        self.set_terms(self.first, "class=idle")
        self.assert_share_of_first(0, 0.35)
        self.set_terms(self.first, "class=normal")
        self.set_terms(self.second, "class=idle")
        self.assert_share_of_first(0.65, 1)

    def test_are_listed(self):
        self.start_agent("observe-only")
        self.set_terms(self.second, "class=batch", "deadline=50ms", "cost=5ms", "weight=200",
                       "dram-max=20G")
        rows = {row[2]: row for row in self.stand.bus.call("ListProcesses", "a{sv}", "0")[0]}
        self.assertEqual(rows[self.first.pid][6], "normal")
        self.assertEqual(rows[self.second.pid][6], "batch")
        listed = self.stand.ctl("list").stdout
        self.assertRegex(listed, r"(?m)^ *%d +0 +0 +200 +batch +50ms +5ms " % self.second.pid)
        self.assertIn("deadline: 50000 us (dbus:0)", self.stand.ctl("dump").stdout)
        entries = json.loads(self.stand.ctl("list", "--json").stdout)
        limits = {entry["pid"]: entry["dram_max_bytes_per_second"] for entry in entries}
        self.assertEqual(limits, {self.first.pid: None, self.second.pid: 20_000_000_000})
        for entry in entries:
            self.assertEqual(os.path.basename(entry["executable"]), "penstock-kfd-workload")
            self.assertIn("unit", entry)


if __name__ == "__main__":
    scenario.main()

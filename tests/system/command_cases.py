# SPDX-License-Identifier: Apache-2.0
"""The command line, the journal and the manual of the installed system."""

import json
import statistics

import booted
from booted import AGENT, MANAGER

GETS = 2000


class Commands(booted.Case):
    def setUp(self):
        self.work = self.workload("alices", user="alice")

    def ctl(self, *arguments, user="bob"):
        return self.system.must("penstockctl", *arguments, user=user)

    def test_show_the_status_to_everybody(self):
        self.assertIn("fixed-priority", self.ctl("status"))

    def test_list_processes(self):
        line = next(line for line in self.ctl("list").splitlines()
                    if str(self.work.pid) in line.split())
        self.assertIn("alices", line)

    def test_tail_measurements(self):
        lines = self.ctl("tail", "--json", "--interval=200ms", "--count=3").splitlines()
        self.assertEqual(len(lines), 3)
        for line in lines:
            json.loads(line)

    def test_set_for_root_only(self):
        self.assertNotEqual(
            self.system.run("penstockctl", "set", self.work.pid, "priority=4",
                            user="bob").returncode, 0)
        self.ctl("set", self.work.pid, "priority=4", user="root")
        self.assertEqual(self.system.priority(self.work), 4)

    def test_have_their_manual(self):
        for page in ("man1/penstockctl.1", "man8/penstockd.8", "man8/penstock-gate.8",
                     "man5/penstock.conf.5", "man5/penstock.rules.5"):
            self.system.must("test", "-s", f"/usr/share/man/{page}.gz")


class Journal(booted.Case):
    def entries(self, *match):
        self.system.must("journalctl", "--sync")
        text = self.system.must("journalctl", "--output=json", f"_SYSTEMD_UNIT={AGENT}", *match)
        return [json.loads(line) for line in text.splitlines()]

    def test_says_what_happened_with_an_id(self):
        ids = {entry["MESSAGE_ID"] for entry in self.entries() if "MESSAGE_ID" in entry}
        self.assertTrue(ids, "no entry of the agent has a MESSAGE_ID")
        for each in ids:
            explained = self.system.must("journalctl", "--catalog", "--lines=1",
                                         f"_SYSTEMD_UNIT={AGENT}", f"MESSAGE_ID={each}")
            self.assertIn("Subject: ", explained, "the catalog explains it")
            self.assertIn("Defined-By: Penstock", explained)

    def test_follows_service_log_level(self):
        self.system.must("systemctl", "service-log-level", AGENT, "debug")
        self.assertEqual(self.system.must("systemctl", "service-log-level", AGENT).strip(), "debug")
        self.system.must("systemctl", "service-log-level", AGENT, "info")


class Bus(booted.Case):
    def test_answers_soon(self):
        with self.system.open_bus() as bus:
            spans = bus.round_trips_us(MANAGER, "Manager", "NQueues", GETS)
        self.figures["service.busctl_get_p50_us"] = (statistics.median(spans), "us")
        self.assertLess(statistics.median(spans), 5000)

    def test_starts_the_service_when_it_is_asked_for(self):
        self.system.must("systemctl", "stop", AGENT)
        self.assertTrue(self.system.serves())
        self.assertEqual(self.system.property(AGENT, "ActiveState"), "active")

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tasks of jobs: processes that a batch system registers, mostly before they have a queue."""

import json
import os

import scenario  # First: it says where the modules below are.

from bus import MANAGER, NAME, process_path
from puppets import Puppet


class Tasks(scenario.Scenario):
    def setUp(self):
        super().setUp()
        self.stand.config_root = self.stand.path("config")
        self.stand.start_agent()

    def register(self, pid, *words):
        done = self.stand.ctl("register", pid, "--job=4711", *words)
        self.assertEqual(done.returncode, 0, done.stderr)

    def start_puppet(self, **how):
        puppet = Puppet.start(self.stand, **how)
        self.addCleanup(puppet.end)
        return puppet

    def give_queue(self, puppet, pid=None):
        puppet.expect("ok", "queues", 1)
        self.wait_for_queue(pid or puppet.pid)

    def wait_for_queue(self, pid):
        self.eventually(lambda: self.stand.queue_counts().get(pid, 0) >= 1, "its queue is known")

    def told(self, pid, name):
        return self.stand.bus.get(process_path(pid), "Process", name)

    def assert_by_job(self, pid, priority):
        self.assertEqual((self.told(pid, "Priority"), self.told(pid, "PrioritySource"),
                          self.told(pid, "JobId")), (priority, "job:4711", "4711"))


class Registered(Tasks):
    def test_before_its_first_queue_runs_on_the_terms_of_its_job(self):
        puppet = self.start_puppet()
        path = self.stand.bus.call("RegisterTaskByPID", "uua{sv}", puppet.pid, os.getuid(), 3,
                                   "JobId", "s", "4711", "Priority", "i", 7,
                                   "Class", "s", "batch")[0]
        self.assertEqual(path, process_path(puppet.pid))
        self.give_queue(puppet)
        self.assert_by_job(puppet.pid, 7)
        self.assertEqual(self.told(puppet.pid, "Class"), "batch")
        self.assertEqual(self.told(puppet.pid, "WeightSource"), "default")
        entries = json.loads(self.stand.ctl("list", "--json").stdout)
        self.assertEqual([entry["job"] for entry in entries], ["4711"])

    def test_with_queues_changes_its_terms_but_not_what_a_client_set(self):
        puppet = self.start_puppet()
        self.give_queue(puppet)
        self.stand.bus.set_priority(puppet.pid, 3)
        self.register(puppet.pid, "priority=7", "weight=300")
        self.assertEqual((self.told(puppet.pid, "Priority"), self.told(puppet.pid, "Weight")),
                         (3, 300))
        self.assertEqual(self.stand.ctl("reset", puppet.pid).returncode, 0)
        self.assert_by_job(puppet.pid, 7)
        self.register(puppet.pid)
        self.assertEqual((self.told(puppet.pid, "Priority"), self.told(puppet.pid, "WeightSource")),
                         (0, "default"))

    def test_counts_more_than_a_rule(self):
        puppet = self.start_puppet()
        rules = os.path.join(self.stand.config_root, "etc/penstock/rules.d")
        os.makedirs(rules)
        with open(os.path.join(rules, "10-all.conf"), "w", encoding="ascii") as file:
            file.write("[Match]\nUser=0\n[Apply]\nPriority=2\nWeight=50\n")
        self.assertEqual(self.stand.ctl("reload").returncode, 0)
        self.register(puppet.pid, "priority=7")
        self.give_queue(puppet)
        self.assert_by_job(puppet.pid, 7)
        self.assertEqual(self.told(puppet.pid, "WeightSource"), "rule:10-all.conf")

    def test_hands_its_terms_down_to_what_it_starts(self):
        self.register(os.getpid(), "priority=4")
        heir = self.start_puppet()
        self.give_queue(heir)
        self.assert_by_job(heir.pid, 4)
        task = self.start_puppet()
        self.register(task.pid, "priority=9")
        self.give_queue(task)
        self.assert_by_job(task.pid, 9)

    def test_is_still_one_for_the_next_agent(self):
        early = self.start_puppet()
        late = self.start_puppet()
        for puppet in (early, late):
            self.register(puppet.pid, "priority=7")
        self.give_queue(early)
        self.stand.stop_agent()
        self.stand.start_agent()
        self.wait_for_queue(early.pid)
        self.assert_by_job(early.pid, 7)
        self.give_queue(late)
        self.assert_by_job(late.pid, 7)


class RefusedTasks(Tasks):
    def refused(self, *arguments):
        return self.refusal("call", NAME, MANAGER, f"{NAME}.Manager", "RegisterTaskByPID",
                            "uua{sv}", *arguments)

    def test_says_what_would_be_accepted(self):
        own = os.getpid()
        self.assertIn("does not belong to uid 1", self.refused(own, 1, 1, "JobId", "s", "7"))
        self.assertIn("needs a JobId", self.refused(own, 0, 0))
        self.assertIn("is no JobId", self.refused(own, 0, 1, "JobId", "s", "a b"))
        self.assertIn("is not a pid", self.refused(0, 0, 1, "JobId", "s", "7"))
        answer = self.stand.ctl("register", own, "--job=7", "priority=99")
        self.assertEqual(answer.returncode, 1)
        self.assertIn("-20..20", answer.stderr)
        self.assert_agent_serves()


if __name__ == "__main__":
    scenario.main()

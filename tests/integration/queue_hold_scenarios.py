#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An operator holds one queue of a process: it stands still while its sibling runs, and whoever dies,
nothing stays suspended."""


import scenario  # First: it says where the modules below are.

import kill_bench
from bus import MANAGER
from puppets import Puppet
from quick_bus import QuickBus, Refused

LONG_US = 30_000_000
SHORT_US = 300_000
SIBLINGS_PACKETS = 20


class HeldQueue(scenario.Scenario):
    def setUp(self):
        super().setUp()
        self.stand.start_agent(policy="fixed-priority")
        self.bus = QuickBus(self.stand.bus.address)
        self.addCleanup(self.bus.close)
        self.puppet = Puppet.start(self.stand)
        self.addCleanup(self.puppet.end)
        self.puppet.expect("ok", "queues", 2)
        self.eventually(lambda: self.bus.level(self.puppet.pid) == "debug-suspend",
                        "the process is managed")
        self.eventually(lambda: len(self.rows()) == 2, "both queues are known")

    def rows(self):
        return sorted((row for row in self.stand.list_queues() if row["pid"] == self.puppet.pid),
                      key=lambda row: row["queue"])

    def states(self):
        return [row["state"] for row in self.rows()]

    @property
    def second(self):
        row = self.rows()[1]
        return self.puppet.pid, row["gpu_id"], row["queue"]

    def hold_second(self, microseconds=LONG_US):
        self.bus.hold_queue(*self.second, microseconds)
        self.eventually(lambda: self.states() == ["running", "preempted"],
                        "the second queue is suspended, and only that")

    def unfinished(self):
        return int(self.puppet.tell("unfinished"))

    def submit(self, place, count=1):
        self.puppet.expect(str(count), "submit", place, count)

    def assert_only_first_runs(self):
        """A packet waits in the second queue, while the first one takes many."""
        self.submit(1)
        for _ in range(SIBLINGS_PACKETS):
            self.submit(0)
            self.eventually(lambda: self.unfinished() == 1, "the sibling's packet has run")

    def assert_both_run(self):
        self.eventually(lambda: self.unfinished() == 0, "everything has run")

    def test_stands_still_while_its_sibling_runs(self):
        self.hold_second()
        self.assert_only_first_runs()
        self.bus.resume_queue(*self.second)
        self.assert_both_run()
        self.eventually(lambda: self.states() == ["running", "running"], "nothing is suspended")
        self.assertGreater(self.rows()[1]["preempted_usec"], 0)
        self.assertEqual([row["preemptions"] for row in self.rows()], [0, 1])

    def test_runs_again_at_its_time(self):
        self.hold_second(SHORT_US)
        self.submit(1)
        self.assert_both_run()
        self.eventually(lambda: self.bus.suspended() == 0, "nothing is suspended")

    def test_outlasts_a_preemption_of_the_whole_process(self):
        self.hold_second()
        self.bus.hold(self.puppet.pid, SHORT_US)
        self.eventually(lambda: self.states() == ["preempted", "preempted"], "both are suspended")
        self.eventually(lambda: self.states() == ["running", "preempted"], "one is resumed")
        self.assert_only_first_runs()

    def test_runs_again_when_the_agent_is_killed(self):
        self.hold_second()
        self.assert_only_first_runs()
        kill_bench.kill_agent(self.stand)
        self.assert_both_run()

    def test_runs_again_when_the_gate_is_killed_and_is_held_by_the_next_one(self):
        self.hold_second()
        self.assert_only_first_runs()
        kill_bench.kill_gate(self.stand)
        self.assert_both_run()
        self.eventually(lambda: self.states() == ["running", "preempted"], "the hold goes on")
        self.assert_only_first_runs()
        self.bus.resume_queue(*self.second)
        self.assert_both_run()

    def test_runs_again_when_both_are_killed(self):
        self.hold_second()
        self.assert_only_first_runs()
        kill_bench.kill_both(self.stand)
        self.assert_both_run()

    def test_runs_again_before_disabling_preemption_is_answered(self):
        self.hold_second()
        self.bus.enable_preemption(False)
        self.assertEqual(self.driver_count("suspended_queues"), 0)

    def test_runs_again_before_resume_all_is_answered(self):
        self.hold_second()
        self.bus.call(MANAGER, "org.penstock1.Manager", "ResumeAll")
        self.assertEqual(self.driver_count("suspended_queues"), 0)
        self.assert_both_run()

    def driver_count(self, name):
        """The emulated driver's own."""
        with open(f"{self.stand.device}/emulator/counters", encoding="ascii") as file:
            return sum(int(line.split()[1]) for line in file if line.split()[0] == name)

    def test_is_named_on_the_command_line(self):
        pid, gpu_id, queue = self.second
        said = self.penstockctl("preempt", pid, f"queue={queue}", "--for=30s")
        self.assertEqual(said, f"queue {queue} of process {pid} is preempted for 30000 ms")
        self.assert_only_first_runs()
        said = self.penstockctl("resume", pid, f"queue={queue}", f"gpu={gpu_id}")
        self.assertEqual(said, f"queue {queue} of process {pid} is no longer preempted on request")
        self.assert_both_run()

    def penstockctl(self, *words):
        ran = self.stand.ctl(*words)
        return (ran.stdout + ran.stderr).strip()

    def test_is_refused_where_there_is_none(self):
        pid, gpu_id, _ = self.second
        with self.assertRaisesRegex(Refused, f"process {pid} has no queue 77 on device {gpu_id}"):
            self.bus.hold_queue(pid, gpu_id, 77, LONG_US)

    def test_is_refused_on_a_rung_that_takes_all_queues(self):
        client = self.stand.start_workload("client", *scenario.BUSY,
                                           f"--cooperate={self.stand.path('client.sock')}")
        self.eventually(lambda: self.bus.level(client.pid) == "cooperative-save",
                        "the client cooperates")
        row = next(row for row in self.stand.list_queues() if row["pid"] == client.pid)
        with self.assertRaisesRegex(Refused, "cooperative-save.*debug-suspend and vendor-ioctl"):
            self.bus.hold_queue(client.pid, row["gpu_id"], row["queue"], LONG_US)
        self.assert_runs(client)


if __name__ == "__main__":
    scenario.main()

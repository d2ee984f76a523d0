# SPDX-License-Identifier: Apache-2.0
"""Who may do what, with the real bus and polkit: root, the owner of a process, a stranger."""

import booted
from booted import MANAGER

_RULE = "/etc/polkit-1/rules.d/50-test.rules"
_LET_BOB = """polkit.addRule(function(action, subject) {
    if (action.id == "org.penstock1.set-priority" && subject.user == "bob") {
        return polkit.Result.YES;
    }
});
"""


class Access(booted.Case):
    def setUp(self):
        self.work = self.workload("alices", user="alice")

    def test_lists_a_process_with_its_user(self):
        uid = int(self.system.must("id", "--user", "alice"))
        self.assertEqual(self.system.get(self.work.path, "Process", "UID"), uid)
        rows = self.system.busctl("call", booted.NAME, MANAGER, f"{booted.NAME}.Manager",
                                  "ListProcesses", "a{sv}", "0", user="bob")
        self.assertIn(self.work.path, rows.stdout)

    def test_lets_the_owner_lower_and_not_raise(self):
        self.assertEqual(self.system.set_priority(self.work, -5, user="alice"), "")
        self.assertEqual(self.system.priority(self.work), -5)
        said = self.system.set_priority(self.work, 5, user="alice")
        self.assertNotEqual(said, "")
        self.assertEqual(self.system.priority(self.work), -5)

    def test_refuses_a_stranger(self):
        said = self.system.set_priority(self.work, -5, user="bob")
        self.assertRegex(said, "(?i)denied|not allowed|authentication|authori[sz]|only root")
        self.assertEqual(self.system.priority(self.work), 0)
        answer = self.system.busctl("call", booted.NAME, self.work.path, f"{booted.NAME}.Process",
                                    "Preempt", "ts", 1000, "why", user="bob")
        self.assertNotEqual(answer.returncode, 0)

    def test_lets_root_set_it(self):
        self.assertEqual(self.system.set_priority(self.work, 10), "")
        self.assertEqual(self.system.priority(self.work), 10)
        self.assertEqual(self.system.get(self.work.path, "Process", "PrioritySource"), "dbus:0")

    def test_lets_whom_polkit_lets(self):
        """Only because the action names the agent's user as its owner may the agent ask."""
        self.system.write(_RULE, _LET_BOB)
        self.addCleanup(self.system.run, "rm", _RULE)
        self.system.run("chmod", "644", _RULE)
        self.eventually(lambda: self.system.set_priority(self.work, 3, user="bob") == "",
                        "consent of polkit")
        self.assertEqual(self.system.priority(self.work), 3)
        answer = self.system.busctl("call", booted.NAME, MANAGER, f"{booted.NAME}.Manager",
                                    "ResumeAll", user="bob")
        self.assertNotEqual(answer.returncode, 0, "consent to one action is none to others")

    def test_keeps_the_gate_for_the_agent(self):
        for user in ("alice", "bob"):
            ran = self.system.run("sh", "-c", "test -w /run/penstock-gate/socket", user=user)
            self.assertNotEqual(ran.returncode, 0)


class Schedules(booted.Case):
    def test_processes_of_other_users(self):
        """The gate reads whose work is waiting in the memory of a process that is not its own."""
        background = self.workload("background", user="bob")
        urgent = self.workload("urgent", user="alice",
                               options=("--load=0.2", "--kernel-us=500",
                                        "--kernels-per-request=4"))
        self.assertEqual(self.system.set_priority(urgent, 10), "")
        self.eventually(lambda: self.preemptions(background) > 5, "preemptions of the background")
        self.assert_runs(background)
        self.assert_runs(urgent)
        self.assertEqual(self.preemptions(urgent), 0)

    def preemptions(self, workload):
        return self.system.get(workload.path, "Process", "NPreemptions")

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who may do what: every member of the contracts, asked for by everybody, with and without polkit."""

import glob
import json
import os
import signal
import subprocess
import time
import xml.etree.ElementTree as ElementTree

import scenario  # First: it says where the modules below are.

from bus import MANAGER, NAME, process_path
from child import Child
from open_stand import DAEMON, NOBODY, OpenStand
from puppets import Puppet
from stand import build_directory

ROOT = 0
OWNER, STRANGER = NOBODY, DAEMON
DENIED = "Access denied"  # All that busctl shows of this error; the agent says more.
LOG = "org.freedesktop.LogControl1"
LOG_PATH = "/org/freedesktop/LogControl1"

# Words for busctl by member: what would be accepted from root. PID stands for the process' own.
ARGUMENTS = {
    "Manager.GetProcess": ("u", "PID"),
    "Manager.ListProcesses": ("a{sv}", "0"),
    "Manager.ListQueues": ("a{sv}", "0"),
    "Manager.GetHistory": ("sttta{sv}", "queues", "0", "0", "0", "0"),
    "Manager.OpenHistory": ("tta{sv}", "0", "0", "0"),
    "Manager.OpenMetricsStream": ("sta{sv}", "jsonl", "1000000", "0"),
    "Manager.Subscribe": ("t", "250000"),
    "Manager.Unsubscribe": (),
    "Manager.StopTrace": ("t", "1"),
    "Manager.DumpState": (),
    "Manager.OpenBoard": (),
    "Manager.AcquireLease": ("sota{sv}", "dram", "/", "60000000000", "0"),  # More than half.
    "Manager.ListLeases": (),
    "Manager.SetProcessPriority": ("uia{sv}", "PID", "5", "0"),
    "Manager.SetProcessProperties": ("uta{sv}", "PID", "0", "1", "Priority", "i", "5"),
    "Manager.RegisterTaskByPID": ("uua{sv}", "PID", str(OWNER), "1", "JobId", "s", "7"),
    "Manager.SetPolicy": ("sa{sv}", "fixed-priority", "0"),
    "Manager.ExplainProcess": ("ua{sv}", "PID", "0"),
    "Manager.ResumeAll": (),
    "Manager.Reload": (),
    "Manager.Policy": ("s", "fixed-priority"),
    "Manager.PreemptionEnabled": ("b", "true"),
    "Manager.DryRun": ("b", "false"),
    "Process.SetPriority": ("ia{sv}", "5", "0"),
    "Process.ResetProperties": (),
    "Process.Preempt": ("ts", "1000", "why"),
    "Process.Resume": (),
    "Process.PreemptQueue": ("uuts", "GPU", "0", "1000", "why"),
    "Process.ResumeQueue": ("uu", "GPU", "0"),
    "Process.ListQueues": (),
    "Process.Priority": ("i", "5"),
    "Process.Weight": ("u", "200"),
    "Process.Class": ("s", "latency"),
    "Process.DeadlineUSec": ("t", "50000"),
    "Process.CostUSec": ("t", "5000"),
    "Process.DramMaxBytesPerSecond": ("t", "5000000000"),
    "Process.Preemptible": ("b", "true"),
    "MemoryNode.TargetUtilization": ("d", "0.85"),
    f"{LOG}.LogLevel": ("s", "info"),
    f"{LOG}.LogTarget": ("s", "console"),
}
ACTIONS = {"priority": "set-priority", "preempt": "preempt", "manage": "manage",
           "lease": "acquire-lease-large"}


def contracts():
    """(interface, kind, member, access) of whatever can be called or written."""
    for path in sorted(glob.glob(os.path.join(scenario.ROOT, "dbus", "*.xml"))):
        for interface in ElementTree.parse(path).getroot().iter("interface"):
            if interface.get("name") == f"{NAME}.Lease":
                continue  # Whose it is decides: lease_scenarios.py.
            for member in interface:
                if any((argument.get("type"), argument.get("direction")) == ("h", "in")
                       for argument in member.findall("arg")):
                    continue  # busctl can not pass descriptors; it prints those it is given.
                for note in member.findall("annotation"):
                    if note.get("name") == "org.penstock1.Access":
                        yield (interface.get("name").removeprefix(NAME + "."), member.tag,
                               member.get("name"), note.get("value"))


def tearDownModule():
    print(json.dumps({"cells": Authorization.cells}))


class Authorization(scenario.Scenario):
    cells = 0  # Of the matrix, looked at so far.

    def make_stand(self):
        return OpenStand()

    def setUp(self):
        super().setUp()
        self.answers = self.stand.path("answers")
        self.stand.start_agent("--dram-peak=100G")
        self.puppet = Puppet.start(self.stand)
        self.addCleanup(lambda: self.puppet.end())
        self.puppet.expect("ok", "queues", 1)
        self.eventually(lambda: self.stand.queue_counts().get(self.puppet.pid, 0) == 1,
                        "its queue is known")
        self.stand.bus.set_priority(self.puppet.pid, 1)
        # Below the default, so that to reset it is to raise it.
        self.stand.bus.set(process_path(self.puppet.pid), "Process", "Class", "s", "batch")
        self.puppet.expect("ok", "setuid", OWNER)
        self.gpu = self.stand.list_queues()[0]["gpu_id"]

    def start_polkit(self, word):
        self.answer(word)
        double = os.path.join(build_directory(), "tests", "polkit", "penstock-polkit-double")
        self.polkit = Child("polkit", [double, f"--bus={self.stand.bus.address}",
                                       f"--answers={self.answers}"], self.stand.directory)
        self.stand.children.append(self.polkit)
        self.polkit.wait_for(lambda child: "ready" in child.output(), "name on the bus")

    def answer(self, word):
        # In one step: whoever looks between emptying and writing reads no word, which is a no.
        with open(f"{self.answers}.new", "w", encoding="ascii") as file:
            file.write(word)
        os.replace(file.name, self.answers)

    def questions(self):
        return [line.split() for line in self.polkit.lines() if line.startswith("check")]

    def command(self, uid, interface, kind, member, values=None):
        """The busctl that a user of this uid would type."""
        signature, *words = values or ARGUMENTS[f"{interface}.{member}"] or ("",)
        words = [{"PID": self.puppet.pid, "GPU": self.gpu}.get(word, word) for word in words]
        path = {"Manager": MANAGER, "MemoryNode": f"{MANAGER}/memory/0",
                LOG: LOG_PATH}.get(interface, process_path(self.puppet.pid))
        verb = "call" if kind == "method" else "set-property"
        return ["setpriv", f"--reuid={uid}", "--clear-groups", "busctl",
                f"--address={self.stand.bus.address}", "--allow-interactive-authorization=no",
                verb, "--", NAME, path, interface if "." in interface else f"{NAME}.{interface}", member,
                *([signature] if signature else []), *map(str, words)]

    def ask(self, uid, *member, values=None):
        """"" for success, or what busctl printed."""
        ran = subprocess.run(self.command(uid, *member, values=values), capture_output=True,
                             text=True, timeout=30, check=False)
        return "" if ran.returncode == 0 else ran.stderr.strip() or "refused"

    def priority(self):
        return self.stand.bus.get(process_path(self.puppet.pid), "Process", "Priority")

    def each_cell(self, uids, check):
        """Asks for every member as each of the users; check(uid, access, what busctl said)."""
        count = 0
        for interface, kind, member, access in contracts():
            for uid in uids:
                with self.subTest(member=member, uid=uid):
                    check(uid, access, self.ask(uid, interface, kind, member))
                count += 1
        self.assertEqual(count, len(uids) * len(ARGUMENTS))
        Authorization.cells += count

    def check_reading_alone(self, _uid, access, said):
        self.assertEqual(said == "", access == "everybody", said)


class Matrix(Authorization):
    def setUp(self):
        super().setUp()
        # The default is no limit, above which nothing can be.
        self.stand.bus.set(process_path(self.puppet.pid), "Process", "DramMaxBytesPerSecond", "t", 5)

    def test_without_polkit_is_open_to_root_alone(self):
        def check(uid, access, said):
            if uid == ROOT or access == "everybody":
                self.assertEqual(said, "")
            else:
                self.assertRegex(said, DENIED if access != "lease" else "one user may have")
        self.each_cell((OWNER, STRANGER), check)
        self.assertEqual(self.priority(), 1)
        self.each_cell((ROOT,), check)
        self.assertEqual(self.priority(), 5)

    def test_follows_a_no_of_polkit(self):
        self.start_polkit("no")
        self.each_cell((OWNER, STRANGER), self.check_reading_alone)
        self.assertEqual(self.priority(), 1)

    def test_follows_a_yes_of_polkit_for_the_action_of_the_member(self):
        self.start_polkit("yes")

        def check(_uid, access, said):
            self.assertEqual(said, "")
            if access != "everybody":
                _, kind, name, action, flags, _ = self.questions()[-1]
                self.assertEqual((kind, action, flags),
                                 ("system-bus-name", f"{NAME}.{ACTIONS[access]}", "0"))
                self.assertRegex(name, "^:1[.]")
        self.each_cell((STRANGER,), check)
        self.assertEqual(self.priority(), 5)
        source = self.stand.bus.get(process_path(self.puppet.pid), "Process", "PrioritySource")
        self.assertEqual(source, f"dbus:{STRANGER}")

    def test_takes_nothing_but_a_clear_yes(self):
        self.start_polkit("challenge")
        for word in ("challenge", "error", "garbage"):
            self.answer(word)
            self.each_cell((STRANGER,), self.check_reading_alone)
        self.assertEqual(self.priority(), 1)


class Owners(Authorization):
    def test_may_lower_and_not_raise(self):
        self.assertEqual(self.ask(OWNER, "Process", "property", "Priority", values=("i", "0")), "")
        self.assertEqual(self.priority(), 0)
        said = self.ask(OWNER, "Process", "property", "Priority", values=("i", "1"))
        self.assertRegex(said, DENIED)
        self.assertEqual(self.priority(), 0)

    def test_may_lower_all_other_terms_likewise(self):
        for name, signature, lower, higher in (("Weight", "u", 50, 51),
                                               ("Class", "s", "batch", "normal"),
                                               ("DeadlineUSec", "t", 0, 3600000000),
                                               ("CostUSec", "t", 0, 1),
                                               ("DramMaxBytesPerSecond", "t", 5, 6)):
            with self.subTest(term=name):
                member = ("Process", "property", name)
                self.assertEqual(self.ask(OWNER, *member, values=(signature, lower)), "")
                self.assertRegex(self.ask(STRANGER, *member, values=(signature, lower)), DENIED)
                self.assertRegex(self.ask(OWNER, *member, values=(signature, higher)), DENIED)
                path = process_path(self.puppet.pid)
                self.assertEqual(self.stand.bus.get(path, "Process", name), lower)

    def test_may_put_a_deadline_off(self):
        member = ("Process", "property", "DeadlineUSec")
        self.assertEqual(self.ask(ROOT, *member, values=("t", 50000)), "")
        self.assertEqual(self.ask(OWNER, *member, values=("t", 50001)), "")
        self.assertRegex(self.ask(OWNER, *member, values=("t", 50000)), DENIED)

    def test_may_reset_where_that_does_not_raise(self):
        member = ("Process", "method", "ResetProperties")
        self.assertRegex(self.ask(OWNER, *member), DENIED)
        self.assertEqual(self.priority(), 1)
        self.assertEqual(self.ask(ROOT, "Process", "property", "Class", values=("s", "latency")), "")
        self.assertRegex(self.ask(STRANGER, *member), DENIED)
        self.assertEqual(self.ask(OWNER, *member), "")
        self.assertEqual(self.priority(), 0)
        path = process_path(self.puppet.pid)
        self.assertEqual(self.stand.bus.get(path, "Process", "Class"), "normal")
        self.assertEqual(self.stand.bus.get(path, "Process", "PrioritySource"), "default")

    def test_may_set_several_terms_only_where_none_raises(self):
        member = ("Manager", "method", "SetProcessProperties")
        mixed = ("uta{sv}", "PID", "0", "2", "Priority", "i", "-5", "Weight", "u", "101")
        self.assertRegex(self.ask(OWNER, *member, values=mixed), DENIED)
        self.assertEqual(self.priority(), 1)
        lower = (*mixed[:-1], "99")
        self.assertEqual(self.ask(OWNER, *member, values=lower), "")
        self.assertEqual(self.priority(), -5)

    def test_need_all_user_ids_of_a_process_to_be_theirs(self):
        self.puppet.end()
        self.puppet = Puppet.start(self.stand)
        self.puppet.expect("ok", "queues", 1)
        self.eventually(lambda: self.stand.queue_counts().get(self.puppet.pid, 0) == 1,
                        "its queue is known")
        # Real and effective are root's: that it once was somebody's does not count.
        said = self.ask(OWNER, "Process", "property", "Priority", values=("i", "-1"))
        self.assertRegex(said, DENIED)

    def test_of_the_group_in_the_configuration_may_all(self):
        self.stand.stop_agent()
        self.stand.config_root = self.stand.path("config")
        folder = os.path.join(self.stand.config_root, "etc", "penstock")
        os.makedirs(folder)
        with open(os.path.join(folder, "agent.conf"), "w", encoding="ascii") as file:
            file.write("[Agent]\nAdminGroup=nogroup\n")  # To which Debian's nobody belongs.
        self.stand.start_agent()
        self.eventually(lambda: self.stand.queue_counts().get(self.puppet.pid, 0) == 1,
                        "its queue is known")
        self.assertEqual(self.ask(OWNER, "Manager", "method", "ResumeAll"), "")
        self.assertRegex(self.ask(STRANGER, "Manager", "method", "ResumeAll"), DENIED)


class Waiting(Authorization):
    """Polkit takes its time, and the world goes on."""

    def setUp(self):
        super().setUp()
        self.start_polkit("hold")

    def start(self, uid, *member):
        asked = len(self.questions())
        client = Child(f"client-{asked}", self.command(uid, *member), self.stand.directory)
        self.stand.children.append(client)
        self.eventually(lambda: len(self.questions()) > asked, "polkit is asked")
        return client

    def test_does_not_keep_others_waiting(self):
        client = self.start(STRANGER, "Process", "property", "Priority")
        self.assertEqual(self.priority(), 1)
        self.stand.bus.set_priority(self.puppet.pid, 2)
        self.answer("yes")
        self.assertEqual(client.wait(), 0)
        self.assertEqual(self.priority(), 5)

    def test_ends_with_the_sender(self):
        client = self.start(STRANGER, "Process", "property", "Priority")
        ticket = self.questions()[-1][-1]
        client.kill()
        self.assert_says(self.polkit, f"cancel {ticket}")
        self.answer("yes")
        time.sleep(0.1)  # Long enough for a consent that comes too late to be carried out.
        self.assertEqual(self.priority(), 1)
        self.assert_agent_serves()

    def test_is_for_one_incarnation_of_a_process(self):
        client = self.start(STRANGER, "Process", "property", "Priority")
        self.puppet.signal(signal.SIGKILL)
        self.puppet.process.wait()
        self.eventually(lambda: not self.stand.queue_counts(), "it is forgotten")
        self.answer("yes")
        self.assertNotEqual(client.wait(), 0)
        self.assertIn("ended while polkit was asked", client.output())

    def test_is_bounded_for_each_user(self):
        clients = [self.start(STRANGER, "Manager", "method", "ResumeAll") for _ in range(16)]
        self.assertIn("too many requests wait", self.ask(STRANGER, "Manager", "method", "ResumeAll"))
        other = self.start(OWNER, "Manager", "method", "ResumeAll")
        self.answer("no")
        self.assertTrue(all(client.wait() != 0 for client in [*clients, other]))


if __name__ == "__main__":
    scenario.main()

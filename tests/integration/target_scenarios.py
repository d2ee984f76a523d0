#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Targets that are not as expected: managed, or left alone with a reason, and never worse off."""

import os
import shutil
import signal
import subprocess
import tempfile

import scenario  # First: it says where the modules below are.

import puppets
from bus import process_path
from emulated_stand import FOR_MANY_QUEUES, EmulatedStand
from puppets import Puppet
from quick_bus import QuickBus, Refused
from stand import build_directory

NOBODY = 65534
HOLD_US = 10_000_000


class Targets(scenario.Scenario):
    def make_stand(self):
        return EmulatedStand(FOR_MANY_QUEUES)

    def setUp(self):
        super().setUp()
        self.stand.start_agent()
        self.bus = QuickBus(self.stand.bus.address)
        self.addCleanup(self.bus.close)

    def puppet(self, **how):
        started = Puppet.start(self.stand, **how)
        self.addCleanup(started.end)
        return started

    def fork(self, parent):
        child = parent.fork()
        self.addCleanup(child.end)
        return child

    def property(self, pid, name):
        try:
            return self.bus.get(process_path(pid), "Process", name)
        except Refused:
            return None

    def until_managed(self, pid):
        self.eventually(lambda: self.bus.level(pid) == "debug-suspend", f"{pid} is managed")

    def assert_can_be_preempted(self, pid):
        self.bus.hold(pid, HOLD_US)
        self.eventually(lambda: self.bus.suspended() > 0, f"{pid} is suspended")
        self.bus.resume(pid)
        self.eventually(lambda: self.bus.suspended() == 0, f"{pid} is resumed")

    def until_forgotten(self, pid):
        self.eventually(lambda: self.property(pid, "PID") is None, f"{pid} is forgotten")


class Kinds(Targets):
    def test_in_another_pid_namespace(self):
        outer = self.puppet(prefix=("unshare", "--pid", "--fork", "--kill-child"))
        outer.expect("ok", "queues", 2)
        pid = only_child_of(outer.pid)
        self.until_managed(pid)
        self.assert_can_be_preempted(pid)
        os.kill(pid, signal.SIGTERM)  # It has no handler, and pid 1 of a namespace needs none.
        os.kill(pid, signal.SIGKILL)
        self.until_forgotten(pid)

    def test_of_32_bits_is_kept_out_by_the_driver(self):
        program = os.path.join(build_directory(), "tests", "puppet", "open-32-bit")
        if not os.path.exists(program):
            self.skipTest("no 32-bit program could be built")
        status = subprocess.run([program, f"{self.stand.device}/kfd"], check=False).returncode
        self.assertEqual(status, 1)  # EPERM
        self.assert_agent_serves()

    def test_setuid_root_started_by_nobody(self):
        path = setuid_copy(self, owner=0)
        puppet = self.puppet(path=path, prefix=as_nobody())
        self.assertEqual(puppet.tell("identity"), f"{NOBODY} 0")
        puppet.expect("ok", "queues", 1)
        self.until_managed(puppet.pid)
        self.assert_can_be_preempted(puppet.pid)
        subprocess.run([*as_nobody(), "sh", "-c", f"kill -TERM {puppet.pid}"], check=True)
        self.assertEqual(puppet.process.wait(5), -signal.SIGTERM)
        self.until_forgotten(puppet.pid)

    def test_exec_of_a_setuid_program_gets_its_rights(self):
        os.chmod(self.stand.directory, 0o755)  # Else the new image could not find its device.
        path = setuid_copy(self, owner=NOBODY, mode=0o755)
        puppet = self.puppet(path=path, cwd=self.stand.directory)
        puppet.expect("ok", "queues", 1)
        self.until_managed(puppet.pid)
        os.chmod(path, 0o4755)
        puppet.expect("ready", "exec")
        # A tracer without rights of its own would have cost it these.
        self.assertEqual(puppet.tell("identity"), f"0 {NOBODY}")

    def test_that_closes_the_device(self):
        puppet = self.puppet()
        puppet.expect("ok", "queues", 2)
        self.until_managed(puppet.pid)
        puppet.expect("ok", "close")
        self.assert_can_be_preempted(puppet.pid)
        puppet.send("exit", 3)
        self.assertEqual(puppet.process.wait(5), 3)
        self.until_forgotten(puppet.pid)

    def test_whose_pid_is_used_again_at_once(self):
        parent = self.puppet()
        parent.expect("ok", "ignore", signal.SIGCHLD)
        first = self.fork(parent)
        first.expect("ok", "queues", 1)
        self.until_managed(first.pid)
        former = self.property(first.pid, "Id")
        self.bus.hold(first.pid, HOLD_US)
        first.signal(signal.SIGKILL)
        self.eventually(lambda: first.state() == "X", "the first one is gone")
        second = self.born_with_pid(parent, first.pid)
        self.assertEqual(second.status("TracerPid"), "0")
        second.expect("ok", "queues", 1)
        self.eventually(lambda: self.property(second.pid, "Id") not in (None, former),
                        "the first one is no longer taken for the second")
        self.until_managed(second.pid)
        self.assertEqual(self.bus.suspended(), 0, "what is dead is still suspended")
        self.assert_can_be_preempted(second.pid)

    def born_with_pid(self, parent, pid):
        for _ in range(500):
            with open("/proc/sys/kernel/ns_last_pid", "w", encoding="ascii") as file:
                file.write(str(pid - 1))
            child = self.fork(parent)
            if child.pid == pid:
                return child
            child.signal(signal.SIGKILL)
        return self.skipTest("other processes kept taking the pid")

    def test_that_floods_with_queues(self):
        other = self.puppet()
        other.expect("ok", "queues", 1)
        self.until_managed(other.pid)
        hostile = self.puppet()
        refusal = hostile.tell("queues", 5000, timeout_s=40)
        self.assertRegex(refusal, "^error create a queue")
        self.assertLessEqual(int(hostile.tell("count")), 1024)  # The driver's own limit.
        self.until_managed(hostile.pid)
        self.assert_can_be_preempted(other.pid)
        hostile.signal(signal.SIGKILL)
        hostile.process.wait()
        self.until_forgotten(hostile.pid)
        self.assert_can_be_preempted(other.pid)
        self.assert_agent_serves()


class Debuggers(Targets):
    def test_that_debugs_its_child(self):
        """Both have queues: the debugger is managed, its child is not, and says why."""
        parent = self.puppet()
        child = self.fork(parent)
        parent.expect("ok", "trace", child.pid)
        parent.expect("ok", "queues", 1)
        self.until_managed(parent.pid)
        child.expect("ok", "queues", 1)
        self.eventually(lambda: self.property(child.pid, "PreemptionLevelReason"),
                        "there is a reason")
        reason = self.property(child.pid, "PreemptionLevelReason")
        self.assertIn(f"another debugger (pid {parent.pid}", reason)
        self.assertIn("penstock-puppet"[:15], reason)
        self.assertEqual(self.bus.level(child.pid), "none")
        with self.assertRaisesRegex(Refused, "another debugger"):
            self.bus.hold(child.pid, HOLD_US)
        self.assert_can_be_preempted(parent.pid)

    def test_that_left_again(self):
        parent = self.puppet()
        child = self.fork(parent)
        other = self.puppet()
        parent.expect("ok", "trace", child.pid)
        child.expect("ok", "queues", 1)
        other.expect("ok", "queues", 1)
        self.until_managed(other.pid)
        self.assertEqual(self.bus.level(child.pid), "none")
        parent.expect("ok", "let-go", child.pid)
        child.expect("ok", "queues", 1)
        self.until_managed(child.pid)
        self.assert_can_be_preempted(child.pid)

    def test_that_dies(self):
        parent = self.puppet()
        child = self.fork(self.puppet())
        parent.expect("ok", "trace", child.pid)
        child.expect("ok", "queues", 1)
        self.eventually(lambda: self.property(child.pid, "PreemptionLevelReason"),
                        "there is a reason")
        parent.signal(signal.SIGKILL)
        parent.process.wait()
        child.expect("ok", "queues", 1)
        self.until_managed(child.pid)


class Images(Targets):
    """What runs another program starts anew."""

    def becomes_anew(self, how):
        puppet = self.puppet()
        puppet.expect("ok", "queues", 2)
        self.until_managed(puppet.pid)
        puppet.expect("ready", how)
        self.eventually(lambda: not self.stand.queue_counts(), "the old queues are forgotten")
        puppet.expect("ok", "queues", 1)
        self.eventually(lambda: self.stand.queue_counts() == {puppet.pid: 1},
                        "the new one is known")
        self.until_managed(puppet.pid)
        self.assert_can_be_preempted(puppet.pid)

    def test_by_its_first_thread(self):
        self.becomes_anew("exec")

    def test_by_another_thread(self):
        self.becomes_anew("exec-in-thread")


def only_child_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return int(file.read().split()[0])


def as_nobody():
    return ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")


def setuid_copy(test, owner, mode=0o4755):
    """A puppet's program with other rights, where everybody reaches it."""
    directory = tempfile.mkdtemp()
    test.addCleanup(shutil.rmtree, directory)
    os.chmod(directory, 0o755)
    path = os.path.join(directory, "puppet")
    shutil.copy(puppets.program(), path)
    os.chown(path, owner, 0)
    os.chmod(path, mode)
    return path


if __name__ == "__main__":
    scenario.main()

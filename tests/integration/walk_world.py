# SPDX-License-Identifier: Apache-2.0
"""Walk world: the processes of a random walk, what was commanded to each, and what is owed.

Commands are sent without waiting, because some last as long as a queue stays suspended. A puppet
that owes an answer gets no further command.
"""

import os
import select
import signal
import socket
import time

import measure
import puppets
from child import StandError

STUCK_S = 15.0  # Far longer than anything here may be suspended.


class Member:
    """One process of the walk."""

    def __init__(self, puppet):
        self.puppet = puppet
        self.queues = 0
        self.stopped = False  # By the walk, with SIGSTOP.
        self.logs_usr2 = False
        self.tracer = None
        self.owes_since = None
        self.what = ""
        self.then = None

    @property
    def pid(self):
        return self.puppet.pid

    @property
    def idle(self):
        return self.owes_since is None and not self.stopped and self.tracer is None


class World:
    def __init__(self, stand, processes):
        self.stand = stand
        self.wanted = processes
        self.gpu_id = first_gpu(stand.device)
        self.violations = []
        self.members = []
        self._poll = select.poll()
        self._by_fd = {}
        self.nursery = puppets.Puppet.start(stand)
        # Inherited by all: nobody waits for children here, so they must not stay as zombies.
        self.nursery.expect("ok", "ignore", int(signal.SIGCHLD))
        self.nursery.expect("ok", "ignore", int(signal.SIGUSR1))
        self.tracers = [Member(self.nursery.fork()) for _ in range(2)]
        for tracer in self.tracers:
            self._listen(tracer)

    def close(self):
        for member in [*self.members, *self.tracers]:
            member.puppet.end()
        self.nursery.end()

    def violate(self, sentence):
        self.violations.append(sentence)

    # Births and deaths.

    def fill(self):
        while len(self.members) < self.wanted:
            self.join(self.nursery.fork())

    def join(self, puppet):
        member = Member(puppet)
        self.members.append(member)
        self._listen(member)
        return member

    def lose(self, member):
        """It has ended, or is about to."""
        if member in self.members:
            self.members.remove(member)
            self._deafen(member)
            member.puppet.end()

    def _listen(self, member):
        fd = member.puppet.fileno()
        self._by_fd[fd] = member
        self._poll.register(fd, select.POLLIN)

    def _deafen(self, member):
        fd = member.puppet.fileno()
        if self._by_fd.pop(fd, None):
            self._poll.unregister(fd)

    def replace(self, member):
        """By one without queues."""
        self.lose(member)
        self.join(self.nursery.fork())

    def release_all(self):
        """Everybody goes on, and tracers have let go."""
        for member in self.members:
            member.puppet.signal(signal.SIGCONT)
            if member.stopped and member.owes_since is not None:
                member.owes_since = time.monotonic()
            member.stopped = False
        self.wait_until_idle(STUCK_S)

    def inject(self, *faults):
        """What the emulated driver is to do wrong next; False when it can not be told."""
        path = os.path.join(self.stand.device, "emulator", "faults")
        if not os.path.exists(path):
            return False
        with open(path, "w", encoding="ascii") as file:
            file.write("\n".join(faults) + "\n")
        return True

    def gate(self):
        """The gate's pid, if there is one at the moment."""
        agent = self.stand.agent
        children = measure.children_of(agent.pid) if agent else {}
        return next((pid for name, pid in children.items() if name.startswith("penstock-gate")),
                    None)

    # Commands and answers.

    def command(self, member, *words, then=None):
        member.owes_since = time.monotonic()
        member.what = " ".join(map(str, words))
        member.then = then
        try:
            member.puppet.send(*words)
        except puppets.PuppetGone:
            pass  # Its hang-up is heard with the answers.

    def add_queues(self, member, count):
        """As far as the driver lets it: then it is asked how many it has."""
        def counted(answer):
            member.queues = int(answer)

        def added(answer):
            if answer != "ok":
                self.command(member, "count", then=counted)
        member.queues += count
        self.command(member, "queues", count, then=added)

    def fork(self, member):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                member.puppet.send_with_fd("fork", theirs.fileno())
            except puppets.PuppetGone:
                ours.close()
                return
        member.owes_since, member.what = time.monotonic(), "fork"
        member.then = lambda answer: self._born(answer, ours)

    def _born(self, answer, control):
        try:
            child = puppets.Puppet(int(answer), control)
            child.expect("ready")
        except (ValueError, OSError, StandError):
            control.close()  # It could not fork, or the child was killed at once with its parent.
            return
        if len(self.members) < 2 * self.wanted:
            self.join(child)
        else:
            child.end()

    def listen(self, timeout_s=0.0):
        """Takes the answers that are there."""
        for fd, _ in self._poll.poll(timeout_s * 1000):
            member = self._by_fd.get(fd)
            if member is not None:
                self._hear(member)

    def _hear(self, member):
        try:
            answer = member.puppet.hear(0.001)
        except puppets.PuppetGone:
            self.lose(member)
            return
        then, member.then = member.then, None
        member.owes_since = None
        if then:
            then(answer)

    def wait_until_idle(self, timeout_s):
        """Of all that can be; false when somebody still owes an answer."""
        deadline = time.monotonic() + timeout_s
        while any(self._owing()) and time.monotonic() < deadline:
            self.listen(0.02)
        return not any(self._owing())

    def _owing(self):
        return (member for member in [*self.members, *self.tracers]
                if member.owes_since is not None and not member.stopped)

    def owing(self):
        return [f"{member.pid} ('{member.what}')" for member in self._owing()]

    def find_stuck(self):
        now = time.monotonic()
        for member in list(self._owing()):
            if now - member.owes_since > STUCK_S and member.tracer is None:
                self.violate(f"process {member.pid} is stuck in '{member.what}' for {STUCK_S:g} s, "
                             f"state {member.puppet.state()}, in {call_of(member.pid)}")
                self.lose(member)


def first_gpu(device):
    """The device on which puppets make their queues."""
    nodes = os.path.join(device, "sys/class/kfd/kfd/topology/nodes")
    for node in sorted(os.listdir(nodes), key=int):
        with open(os.path.join(nodes, node, "gpu_id"), encoding="ascii") as file:
            number = int(file.read())
        if number:
            return number
    raise StandError("there is no device")


def call_of(pid):
    """Where in the kernel a process waits, and with which file, for the report."""
    try:
        with open(f"/proc/{pid}/wchan", encoding="ascii") as file:
            place = file.read()
        with open(f"/proc/{pid}/syscall", encoding="ascii") as file:
            words = file.read().split()
    except OSError:
        return "nothing"
    try:
        file = os.readlink(f"/proc/{pid}/fd/{int(words[1], 16)}")
        return f"{place} of call {words[0]} on {file}"
    except (OSError, IndexError, ValueError):
        return f"{place} of call {words[0]}"


def open_descriptors(pid):
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return None

# SPDX-License-Identifier: Apache-2.0
"""Twin stage: one scenario played by a process family, and the trace of what everybody saw.

A parent puppet has a child with a queue. The scenario acts on the child; what the child, its
parent and a bystander see goes into the trace, without pids and times. Who plays untouched and who
plays under Penstock's care must leave equal traces.
"""

import signal
import threading
import time

import puppets
from quick_bus import QuickBus, Refused

PATIENCE_S = 5.0
HOLD_US = 20_000_000
RECVMSG = "47"


class Untouched:
    """Nobody looks after the child."""

    name = "untouched"

    def __init__(self, stand):
        self.stand = stand

    def take_care(self, child):
        """Returns once the child is in care, where somebody cares."""

    def meddle(self, child):
        """What Penstock may do while the child is blocked in a call."""

    def depart(self):
        """The agent goes, if there is one."""

    def leave(self):
        """The play is over."""


class Managed(Untouched):
    """The agent has the child in its care."""

    name = "managed"

    def __init__(self, stand):
        super().__init__(stand)
        if stand.agent is None:
            stand.start_agent()
        self.bus = QuickBus(stand.bus.address)

    def take_care(self, child):
        _until(lambda: self.bus.level(child.pid) == "debug-suspend", "the child is in care")

    def meddle(self, child):
        for _ in range(5):
            self.bus.hold(child.pid, HOLD_US)
            time.sleep(0.002)
            self.bus.resume(child.pid)
            time.sleep(0.002)

    def depart(self):
        self.stand.stop_agent()

    def leave(self):
        self.bus.close()


class Held(Managed):
    """The child's queues are suspended by an operator for as long as the play lasts."""

    name = "held"

    def take_care(self, child):
        super().take_care(child)
        self.bus.hold(child.pid, HOLD_US)
        _until(lambda: self.bus.suspended() > 0, "a queue is suspended")

    def meddle(self, child):
        super().meddle(child)
        self.bus.hold(child.pid, HOLD_US)


class Flickering(Managed):
    """The child's queues are suspended and resumed all the time."""

    name = "flickering"

    def __init__(self, stand):
        super().__init__(stand)
        self._over = threading.Event()
        self._thread = None

    def take_care(self, child):
        super().take_care(child)
        self._thread = threading.Thread(target=self._flicker, args=(child.pid,))
        self._thread.start()

    def _flicker(self, pid):
        while not self._over.is_set():
            try:
                self.bus.hold(pid, HOLD_US)
                self.bus.resume(pid)
            except Refused:
                pass  # It has ended or runs another program, as the play demands.
            time.sleep(0.0005)

    def meddle(self, child):
        time.sleep(0.02)

    def depart(self):
        self._stop()
        super().depart()

    def leave(self):
        self._stop()
        super().leave()

    def _stop(self):
        self._over.set()
        if self._thread:
            self._thread.join()


CARES = (Managed, Held, Flickering)


def _until(holds, what):
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > deadline:
            raise puppets.StandError(f"not after {PATIENCE_S:g} s: {what}")
        time.sleep(0.002)


class Stage:
    """What a scenario works with; `care` is one of the above."""

    def __init__(self, stand, care):
        self.stand = stand
        self.care = care
        self.trace = []
        self.parent = puppets.Puppet.start(stand)
        self.family = [self.parent]
        self.parent.expect("ok", "log", signal.SIGCHLD, "restart")
        self.child = None
        self.threads = []
        self._heard = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.care.leave()
        for puppet in reversed(self.family):
            puppet.end()

    def note(self, what):
        self.trace.append(str(what))

    # Who is there.

    def bear(self, threads=0, queues=1):
        """The child, with a queue, and in whatever care this play is about."""
        self.child = self.parent.fork()
        self.family.append(self.child)
        self.threads = [int(self.child.tell("thread")) for _ in range(threads)]
        if queues:
            self.get_queue()

    def get_queue(self):
        self.child.expect("ok", "queues", 1)
        self.care.take_care(self.child)

    # What is done to the child.

    def kill(self, number):
        self.child.signal(number)

    def ask(self, *words):
        self.note(f"{words[0]}: {self.child.tell(*words)}")

    def block(self, kind):
        """The child waits in the kernel; its answer comes when it no longer does."""
        self.child.send("block", kind)
        _until(lambda: in_call(self.child.pid), f"the child blocks in {kind}")

    def wake(self, kind):
        self.child.send("wake")
        self.note(f"{kind}: {self.child.hear()}")

    # What is seen.

    def changes(self, *expected):
        """The parent's waitid(2), once for each expected change, whether or not it is that one.

        Its SIGCHLD is awaited first: a parent that waits at once can take the stop's number away
        before the kernel has put it into the signal.
        """
        for _ in expected:
            self._listen(self.parent, len(self._heard.get(self.parent.pid, ())) + 1, 0.5)
            self.note(f"parent waits: {self.parent.tell('wait', self.child.pid)}")

    def parent_signals(self, count):
        self._listen(self.parent, count)
        self.note(f"parent's signals: {self._heard.pop(self.parent.pid)}")

    def child_signals(self, count):
        self._listen(self.child, count)
        self.note(f"child's signals: {self._heard.pop(self.child.pid)}")

    def _listen(self, puppet, count, timeout_s=1.0):
        """Until `count` signals were handled since they were last noted, and not for more."""
        heard = self._heard.setdefault(puppet.pid, [])
        deadline = time.monotonic() + timeout_s
        while True:
            heard += [word for word in puppet.tell("signals").split() if word != "none"]
            if len(heard) >= count or time.monotonic() > deadline:
                return

    def sees(self, letter):
        """What a bystander reads in /proc; T and t are told apart by exact_state() only."""
        shown = {"T": "stopped", "Z": "zombie", "X": "gone"}
        wanted = {"stopped": "Tt", "asleep": "SRD", "zombie": "Z", "gone": "X"}[letter]
        self.child.wait_for_state(wanted)
        state = self.child.state()
        self.note(f"state: {shown.get(state.upper(), 'asleep')}")

    def exact_state(self):
        self.child.wait_for_state("TtZ")
        self.note(f"exact state: {self.child.state()}")


def in_call(pid):
    """Whether the first thread sleeps in a system call that is not its command loop's."""
    try:
        with open(f"/proc/{pid}/task/{pid}/syscall", encoding="ascii") as file:
            words = file.read().split()
    except OSError:
        return False
    return words[0] not in ("running", "-1", RECVMSG)


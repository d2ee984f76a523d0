# SPDX-License-Identifier: Apache-2.0
"""Walk steps: what a random walk can do next. Which step comes is decided by the dice alone.

A step whose process is not free to take part is left out and counted, so that the sequence depends
on the seed and not on the machine.
"""

import os
import signal
import time

import walk_checks
from bus import MANAGER
from quick_bus import Refused

MOST_QUEUES = 16  # Of one process.
POLICIES = ("fixed-priority", "observe-only")
LONGEST_HOLD_US = 20_000
UNHEARD = (signal.SIGWINCH, signal.SIGURG, signal.SIGUSR1, signal.SIGCONT)
FAULTS = ("suspend-error 2 5", "suspend-error 1 110", "suspend-queue-error 2", "suspend-slow 2 20")


class Steps:
    """The kinds of steps, by name, with their weights."""

    WEIGHTS = {
        "create": 160, "destroy": 150, "submit": 200, "execute": 25, "fork": 20, "exit": 15,
        "kill": 15, "signal": 100, "stop": 50, "wake": 60, "attach": 40, "priority": 80,
        "preempt": 90, "resume": 60, "hold_queue": 60, "let_queue_go": 30, "resume_all": 4,
        "policy": 4, "disable": 3, "fault": 20, "kill_gate": 2, "kill_agent": 1,
    }
    DEADLY = ("kill_gate", "kill_agent")  # They begin the growth of memory anew.

    def __init__(self, world, bus, dice):
        self.world = world
        self.bus = bus
        self.dice = dice
        self.done = {}
        self.taken = 0
        self.left_out = 0
        self.refused = 0
        self.deadly = True

    def take(self):
        """One step. The dice are thrown as often whether or not it can be taken."""
        name = self.dice.choices(list(self.WEIGHTS), list(self.WEIGHTS.values()))[0]
        place, amount = self.dice.random(), self.dice.random()
        if name in self.DEADLY and not self.deadly:
            name = "submit"
        members = self.world.members
        member = members[int(place * len(members))]
        try:
            taken = getattr(self, f"_{name}")(member, amount)
        except Refused:
            self.refused += 1  # There is no agent at the moment, or the process is not managed.
            taken = True
        if taken is False:
            self.left_out += 1
        else:
            self.taken += 1
            self.done[name] = self.done.get(name, 0) + 1
        self.world.listen()
        self.world.fill()

    # Queues.

    def _create(self, member, amount):
        count = 1 + int(amount * 4)
        if not member.idle or member.queues + count > MOST_QUEUES:
            return False
        self.world.add_queues(member, count)

    def _destroy(self, member, amount):
        if not member.idle or member.queues == 0:
            return False
        member.queues -= 1
        self.world.command(member, "destroy", int(amount * MOST_QUEUES))

    def _submit(self, member, amount):
        if not member.idle:
            return False
        self.world.command(member, "submit", int(amount * MOST_QUEUES), 1 + int(amount * 3))

    # Lives.

    def _execute(self, member, amount):
        if not member.idle:
            return False
        member.queues, member.logs_usr2 = 0, False
        self.world.command(member, "exec" if amount < 0.5 else "exec-in-thread")

    def _fork(self, member, _amount):
        if not member.idle:
            return False
        self.world.fork(member)

    def _exit(self, member, amount):
        if not member.idle:
            return False
        self.world.command(member, "exit", int(amount * 128))

    def _kill(self, member, _amount):
        member.puppet.signal(signal.SIGKILL)
        self.world.lose(member)

    # Signals.

    def _signal(self, member, amount):
        if amount < 0.6:
            number = UNHEARD[int(amount / 0.6 * len(UNHEARD))]
            member.puppet.signal(number)
            if number == signal.SIGCONT:
                self._woken(member)
            return True
        if member.logs_usr2:
            member.puppet.signal(signal.SIGUSR2)
        elif member.idle:
            self.world.command(member, "log", int(signal.SIGUSR2),
                               then=lambda _: setattr(member, "logs_usr2", True))
        else:
            return False
        return True

    def _stop(self, member, _amount):
        member.stopped = True
        member.puppet.signal(signal.SIGSTOP)

    def _wake(self, member, _amount):
        member.puppet.signal(signal.SIGCONT)
        self._woken(member)

    def _woken(self, member):
        if member.stopped and member.owes_since is not None:
            member.owes_since = time.monotonic()
        member.stopped = False

    def _attach(self, member, amount):
        """Another tracer comes for a while, unless somebody traces the process already."""
        tracer = self.world.tracers[int(amount * len(self.world.tracers))]
        if not (member.idle and tracer.idle):
            return False

        def gone(_):
            member.tracer = None

        def attached(answer):
            if answer == "ok":
                self.world.command(tracer, "let-go", member.pid, then=gone)
            else:
                member.tracer = None
        member.tracer = tracer
        self.world.command(tracer, "trace", member.pid, then=attached)

    # Requests to the agent.

    def _priority(self, member, amount):
        self.bus.set_priority(member.pid, int(amount * 41) - 20)

    def _preempt(self, member, amount):
        self.bus.hold(member.pid, 1 + int(amount * LONGEST_HOLD_US))

    def _resume(self, member, _amount):
        self.bus.resume(member.pid)

    def _hold_queue(self, member, amount):
        # The driver gives numbers from 0 on; of one that is free at the moment the agent says so.
        self.bus.hold_queue(member.pid, self.world.gpu_id, int(amount * member.queues),
                            1 + int(amount * LONGEST_HOLD_US))

    def _let_queue_go(self, member, amount):
        self.bus.resume_queue(member.pid, self.world.gpu_id, int(amount * member.queues))

    def _resume_all(self, _member, _amount):
        self.bus.call(MANAGER, "org.penstock1.Manager", "ResumeAll")

    def _policy(self, _member, amount):
        # The one that schedules more often than the one that only looks on.
        self.bus.set(MANAGER, "Manager", "Policy", "s", POLICIES[amount > 0.7])

    def _disable(self, _member, _amount):
        self.bus.enable_preemption(False)
        walk_checks.check_nothing_is_suspended(self.world, self.bus)
        self.bus.enable_preemption(True)

    # What goes wrong.

    def _fault(self, _member, amount):
        return self.world.inject(FAULTS[int(amount * len(FAULTS))])

    def _kill_gate(self, _member, _amount):
        gate = self.world.gate()
        if gate is None:
            return False
        try:
            os.kill(gate, signal.SIGKILL)
        except ProcessLookupError:
            return False  # It has just ended by itself, as it does when the agent takes it for hung.

    def _kill_agent(self, _member, _amount):
        stand = self.world.stand
        stand.agent.process.send_signal(signal.SIGKILL)
        stand.agent.process.wait()
        stand.children.remove(stand.agent)
        stand.start_agent(policy=POLICIES[0])

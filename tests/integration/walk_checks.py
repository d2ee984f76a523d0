# SPDX-License-Identifier: Apache-2.0
"""Walk checks: what must hold during a random walk and at its end."""

import os
import time

import measure
import walk_world
from bus import MANAGER
from child import StandError
from puppets import PuppetGone, status_of
from quick_bus import Refused

# Growth between two moments with the same population that is no leak: what allocators keep.
MORE_DESCRIPTORS = 8
MORE_BYTES = 2 << 20
DESCRIPTORS_OF_ONE = 4  # Of the gate: a pidfd, the memory and both ends of a pipe.
PATIENCE_S = 10.0
SETTLE_S = 1.5  # The agent opens files of new processes when their sources are due: within 1 s.
GATE_PATIENCE_S = 40.0  # Where gates keep dying, the agent waits longer and longer for the next.
NO_FAULTS = ("suspend-error 0 5", "suspend-queue-error 0", "suspend-slow 0 1")


def check_now(world, bus):
    """During the walk, while everything moves."""
    world.find_stuck()
    check_programs(world)
    try:
        bus.get(MANAGER, "Manager", "Version")
    except Refused as error:
        world.violate(f"the agent does not answer: {error}")
    check_nobody_is_stopped(world)


def check_programs(world):
    for child in world.stand.children:
        if not child.alive():
            world.violate(f"{child.name} has ended with {child.process.returncode}: "
                          f"{child.last_words(4)}")


def check_nobody_is_stopped(world):
    """By anybody but the walk. A tracer's stops are moments, so who is stopped is asked again."""
    suspects = [member for member in world.members
                if not member.stopped and member.tracer is None and member.puppet.state() in "Tt"]
    deadline = time.monotonic() + 2.0
    while suspects and time.monotonic() < deadline:
        time.sleep(0.05)
        suspects = [member for member in suspects if member.puppet.state() in "Tt"]
    for member in suspects:
        world.violate(f"process {member.pid} is in state {member.puppet.state()}, traced by "
                      f"{tracer_of(member)}, though nobody stopped it")


def tracer_of(member):
    tracer = member.puppet.status("TracerPid")
    return f"{tracer} ({status_of(tracer, 'Name')}, in {walk_world.call_of(tracer)})"


def check_nothing_is_suspended(world, bus):
    """While preemption is disabled. What the agent publishes lags behind what it did."""
    _check_driver(world)
    deadline = time.monotonic() + 1.0
    while (count := bus.suspended()) != 0:
        if time.monotonic() > deadline:
            world.violate(f"{count} queues are published as suspended while preemption is disabled")
            return


def wait_until_known(world, bus):
    """Until the agent lists what there is, as far as the emulated driver's limits let it. It holds
    as many files of each process that it knows, whether the gate cares for it or not."""
    wanted = sum(member.queues for member in world.members)
    owners = [member.pid for member in world.members if member.queues]
    deadline = time.monotonic() + GATE_PATIENCE_S
    while time.monotonic() < deadline:
        try:
            if (bus.get(MANAGER, "Manager", "NQueues") >= wanted and world.gate() is not None
                    and all(map(bus.knows, owners))):
                return
        except Refused:
            pass  # It has just been started.
        time.sleep(0.05)


def sizes(world, bus):
    """Of agent and gate, when they no longer change, and how many processes the gate cares for."""
    last = None
    for _ in range(int(PATIENCE_S / SETTLE_S)):
        now = _sizes(world, bus)
        if now == last:
            break
        last = now
        time.sleep(SETTLE_S)
    return last


def _sizes(world, bus):
    found = {}
    for name, pid in (("agent", world.stand.agent.pid), ("gate", world.gate())):
        found[name] = {"descriptors": walk_world.open_descriptors(pid) if pid else None,
                       "bytes": measure.resident_bytes(pid) if pid else None}
    found["cared_for"] = sum(bus.level(member.pid) != "none" for member in world.members)
    found["known"] = sum(bus.knows(member.pid) for member in world.members)
    return found


def check_growth(world, early, late):
    """Between two moments with as many processes and queues."""
    if early is None:
        return
    more_cared_for = max(late["cared_for"] - early["cared_for"], 0)
    allowed = {"descriptors": MORE_DESCRIPTORS, "bytes": MORE_BYTES}
    for name in ("agent", "gate"):
        for what, more in allowed.items():
            a, b = early[name][what], late[name][what]
            if (name, what) == ("gate", "descriptors"):
                # Whom it can not care for, it knows too, but that is not to be seen from here.
                a, more = 0, MORE_DESCRIPTORS + DESCRIPTORS_OF_ONE * (len(world.members) + 1)
            if a is None or b is None:
                world.violate(f"the {name} is not there to be measured; the agent said: "
                              + world.stand.agent.last_words(6))
            elif b > a + more:
                world.violate(f"the {name} has grown from {early[name][what]} to {b} {what}, "
                              f"with {more_cared_for} more processes cared for, and "
                              f"{late['known']} known instead of {early['known']}")


def check_end(world, bus):
    """Everything is let go, and then nothing may be left of what Penstock did."""
    world.release_all()
    world.inject(*NO_FAULTS)
    check_now(world, bus)
    bus.enable_preemption(False)
    check_nothing_is_suspended(world, bus)
    if not world.wait_until_idle(PATIENCE_S):
        world.violate(f"without preemption, still no answer from {world.owing()}")
    _check_progress(world)
    try:
        world.stand.stop_agent()
    except StandError as error:
        world.violate(str(error))
    _check_nobody_is_traced(world)
    _check_driver(world)


def _check_driver(world):
    """The emulated driver's own count, where it has one."""
    path = os.path.join(world.stand.device, "emulator", "counters")
    if not os.path.exists(path):
        return
    with open(path, encoding="ascii") as file:
        lines = [line.split() for line in file]
    for name in ("suspended_queues", "evicted_queues"):
        count = sum(int(value) for key, value in lines if key == name)
        if count != 0:
            named = ", ".join(value for key, value in lines if key == "suspended_queue")
            world.violate(f"the driver still counts {count} {name} ({named or 'it names none'}); "
                          f"the agent said: {world.stand.agent.last_words(6)}")


def _check_progress(world):
    """A queue that takes no work is suspended, whatever anybody says."""
    pending = {}
    for member in list(world.members):
        try:
            for place in range(member.queues):
                member.puppet.tell("submit", place, 1)
            pending[member] = None
        except PuppetGone as error:
            world.violate(f"at the end: {error}")
    deadline = time.monotonic() + PATIENCE_S
    while pending and time.monotonic() < deadline:
        for member in list(pending):
            pending[member] = int(member.puppet.tell("unfinished"))
            if pending[member] == 0:
                del pending[member]
    for member, count in pending.items():
        world.violate(f"{count} requests of process {member.pid} do not finish: "
                      "a queue is suspended")


def _check_nobody_is_traced(world):
    deadline = time.monotonic() + 2.0
    left = list(world.members)
    while left and time.monotonic() < deadline:
        left = [member for member in left
                if status_of(member.pid, "TracerPid") != "0" or member.puppet.state() in "Tt"]
    for member in left:
        world.violate(f"process {member.pid} is left traced by {tracer_of(member)}, "
                      f"state {member.puppet.state()}")

# SPDX-License-Identifier: Apache-2.0
"""Plays of jobs: parents, groups and terminals, as a shell has to do with them."""

import os
from signal import SIGCHLD, SIGCONT, SIGKILL, SIGSTOP, SIGTERM, SIGTSTP, SIGTTOU, SIGUSR1


def parent_that_ignores_children(stage):
    stage.parent.tell("ignore", SIGCHLD)
    stage.bear()
    stage.child.send("exit", 1)
    stage.sees("gone")
    stage.changes("none is left")


def parent_that_dies_first(stage):
    stage.bear()
    stage.child.tell("log", SIGUSR1)
    stage.parent.tell("log", SIGUSR1)
    stage.parent.signal(SIGKILL)
    stage.kill(SIGUSR1)
    stage.child_signals(1)
    stage.kill(SIGSTOP)
    stage.sees("stopped")
    stage.kill(SIGCONT)
    stage.ask("count")
    stage.kill(SIGTERM)
    stage.sees("gone")


def job_of_two(stage):
    """A shell's view: a group is stopped, continued and ended as one."""
    stage.bear()
    second = stage.child.fork()
    stage.family.append(second)
    stage.ask("setpgid", 0, 0)
    second.tell("setpgid", 0, stage.child.pid)
    os.killpg(stage.child.pid, SIGTSTP)
    stage.changes("stopped")
    stage.sees("stopped")
    stage.note(f"second stopped: {second.wait_for_state('T')}")
    os.killpg(stage.child.pid, SIGCONT)
    stage.changes("continued")
    stage.ask("count")
    stage.note(f"second: {second.tell('count')}")
    os.killpg(stage.child.pid, SIGTERM)
    stage.changes("killed")
    stage.parent_signals(3)


def background_read(stage):
    """Reading a terminal from the background stops a job until it is in the foreground."""
    ours, theirs = os.openpty()
    path = os.ttyname(theirs)
    try:
        leader = stage.parent.fork()
        stage.family.append(leader)
        stage.parent = leader
        leader.expect("ok", "log", SIGCHLD, "restart")
        leader.expect("ok", "take-terminal", path)
        stage.bear()
        stage.ask("setpgid", 0, 0)
        stage.child.send("read-terminal", path)
        stage.changes("stopped")
        stage.sees("stopped")
        stage.parent_signals(1)
        leader.tell("ignore", SIGTTOU)
        stage.note(leader.tell("foreground", path, stage.child.pid))
        stage.kill(SIGCONT)
        stage.changes("continued")
        os.write(ours, b"x\n")
        stage.note(f"read: {stage.child.hear()}")
        os.write(ours, b"\x1a")  # Ctrl-Z, to whoever is in the foreground.
        stage.changes("stopped")
        stage.kill(SIGCONT)
        stage.changes("continued")
        os.write(ours, b"\x03")  # Ctrl-C.
        stage.changes("killed")
        stage.parent_signals(4)
    finally:
        os.close(ours)
        os.close(theirs)


def children_of_its_own(stage):
    stage.bear()
    stage.child.tell("log", SIGCHLD)
    grandchild = stage.child.fork()
    stage.family.append(grandchild)
    grandchild.send("exit", 5)
    stage.note(stage.child.tell("wait", grandchild.pid))
    stage.child_signals(1)
    stage.parent_signals(0)


PLAYS = (parent_that_ignores_children, parent_that_dies_first, job_of_two, background_read,
         children_of_its_own)

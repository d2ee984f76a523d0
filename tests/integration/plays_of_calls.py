# SPDX-License-Identifier: Apache-2.0
"""Plays of calls: a process waits in the kernel, and something happens meanwhile.

There is one play for each call and each thing that happens.
"""

from signal import SIGCONT, SIGSTOP, SIGUSR1, SIGWINCH

CALLS = ("nanosleep", "read", "poll", "futex", "timed-futex", "epoll")


def _meddled(stage):
    stage.care.meddle(stage.child)


def _stopped(stage):
    stage.kill(SIGSTOP)
    stage.changes("stopped")
    stage.care.meddle(stage.child)
    stage.kill(SIGCONT)
    stage.changes("continued")


def _restarted(stage):
    stage.child.tell("log", SIGUSR1, "restart")
    stage.kill(SIGUSR1)
    stage.child_signals(1)


def _interrupted(stage):
    stage.child.tell("log", SIGUSR1)
    stage.kill(SIGUSR1)
    stage.child_signals(1)


def _ignored(stage):
    stage.kill(SIGWINCH)
    stage.ask("count")


def _got_a_queue(stage):
    stage.get_queue()
    stage.care.meddle(stage.child)


def _left_by_the_agent(stage):
    stage.care.depart()


MEANWHILE = {
    "meddled": _meddled,
    "stopped": _stopped,
    "restarted": _restarted,
    "interrupted": _interrupted,
    "ignored": _ignored,
    "got_a_queue": _got_a_queue,
    "left_by_the_agent": _left_by_the_agent,
}


def _blocked(call, meanwhile):
    def play(stage):
        stage.bear(queues=0 if meanwhile is _got_a_queue else 1)
        stage.block(call)
        meanwhile(stage)
        stage.wake(call)
    return play


def plays():
    """By name."""
    return {f"{call.replace('-', '_')}_{name}": _blocked(call, meanwhile)
            for name, meanwhile in MEANWHILE.items() for call in CALLS}

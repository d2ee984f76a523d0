# SPDX-License-Identifier: Apache-2.0
"""Plays of threads: several threads, a first one that leaves, and programs run by any of them."""

from signal import SIGCONT, SIGSTOP, SIGTERM, SIGUSR1


def exec_of_first_thread(stage):
    stage.bear(threads=2)
    stage.ask("exec")
    stage.sees("asleep")
    _signals_after_exec(stage)


def exec_of_another_thread(stage):
    stage.bear(threads=2)
    stage.ask("exec-in-thread")
    stage.sees("asleep")
    _signals_after_exec(stage)


def exec_while_traced_again(stage):
    stage.bear()
    for _ in range(5):
        stage.ask("exec")
        stage.ask("exec-in-thread")
    _signals_after_exec(stage)


def _signals_after_exec(stage):
    stage.child.tell("log", SIGUSR1)
    stage.kill(SIGUSR1)
    stage.child_signals(1)
    stage.kill(SIGSTOP)
    stage.changes("stopped")
    stage.kill(SIGCONT)
    stage.changes("continued")
    stage.child.send("exit", 7)
    stage.changes("exited")
    stage.parent_signals(3)


def threads_that_stop_together(stage):
    stage.bear(threads=4)
    stage.kill(SIGSTOP)
    stage.changes("stopped")
    stage.note([thread_state(stage.child.pid, tid) in "Tt" for tid in stage.threads])
    stage.parent_signals(1)
    stage.kill(SIGCONT)
    stage.changes("continued")
    for tid in stage.threads:
        stage.note(stage.child.tell("thread-end", tid))
    stage.kill(SIGSTOP)
    stage.changes("stopped")
    stage.kill(SIGCONT)
    stage.changes("continued")
    stage.parent_signals(3)


def threads_that_get_signals(stage):
    stage.bear(threads=2)
    stage.child.tell("log", SIGUSR1)
    for tid in (*stage.threads, stage.child.pid):
        stage.ask("tgkill", tid, SIGUSR1)
        stage.child_signals(1)
    stage.note(stage.child.tell("thread-end", stage.threads[0]))
    stage.ask("tgkill", stage.threads[0], SIGUSR1)  # There is no such thread any more.
    stage.child.send("tgkill", stage.threads[1], SIGTERM)
    stage.changes("killed")
    stage.parent_signals(1)


def first_thread_that_leaves(stage):
    stage.bear(threads=1)
    stage.child.tell("log", SIGUSR1)
    stage.note(stage.child.tell("leave-to-thread"))
    stage.sees("zombie")
    stage.kill(SIGUSR1)
    stage.child_signals(1)
    stage.kill(SIGSTOP)
    stage.changes("stopped")
    stage.kill(SIGCONT)
    stage.changes("continued")
    stage.ask("count")
    stage.child.send("exit", 9)
    stage.changes("exited")
    stage.parent_signals(3)


def thread_state(pid, tid):
    try:
        with open(f"/proc/{pid}/task/{tid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0]
    except OSError:
        return "X"


PLAYS = (exec_of_first_thread, exec_of_another_thread, exec_while_traced_again,
         threads_that_stop_together, threads_that_get_signals, first_thread_that_leaves)

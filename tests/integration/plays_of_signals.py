# SPDX-License-Identifier: Apache-2.0
"""Plays of signals: what signals do to a process, as it, its parent and bystanders see it."""

from signal import (SIGCONT, SIGINT, SIGKILL, SIGRTMIN, SIGSEGV, SIGSTOP, SIGTERM, SIGTRAP, SIGTSTP,
                    SIGUSR1, SIGUSR2, SIGWINCH)


def stop_and_continue(stage):
    stage.bear()
    for _ in range(3):
        stage.kill(SIGSTOP)
        stage.changes("stopped")
        stage.sees("stopped")
        stage.parent_signals(1)
        stage.kill(SIGCONT)
        stage.changes("continued")
        stage.parent_signals(1)
        stage.ask("count")


def handler_of_continue(stage):
    stage.bear()
    stage.child.tell("log", SIGCONT)
    stage.kill(SIGSTOP)
    stage.changes("stopped")
    stage.kill(SIGCONT)
    stage.changes("continued")
    stage.child_signals(1)
    stage.kill(SIGCONT)  # Of a process that runs: its handler, and no news for the parent.
    stage.child_signals(1)
    stage.parent_signals(2)


def signals_while_stopped(stage):
    stage.bear()
    stage.child.tell("log", SIGUSR1)
    stage.child.tell("log", SIGUSR2)
    stage.kill(SIGSTOP)
    stage.changes("stopped")
    stage.kill(SIGUSR1)
    stage.kill(SIGUSR2)
    stage.sees("stopped")
    stage.kill(SIGSTOP)
    stage.sees("stopped")
    stage.kill(SIGCONT)
    stage.changes("continued")
    stage.child_signals(2)
    stage.parent_signals(2)


def terminate(stage):
    stage.bear()
    stage.kill(SIGTERM)
    stage.sees("zombie")
    stage.changes("killed")
    stage.sees("gone")
    stage.parent_signals(1)


def terminate_while_stopped(stage):
    stage.bear()
    stage.kill(SIGSTOP)
    stage.changes("stopped")
    stage.kill(SIGTERM)
    stage.sees("stopped")
    # It goes on and ends at the same moment: a parent that has not taken the first SIGCHLD yet never
    # gets the second one, with and without anybody watching.
    stage.kill(SIGCONT)
    stage.sees("zombie")
    stage.changes("killed")


def kill_while_stopped(stage):
    stage.bear()
    stage.kill(SIGSTOP)
    stage.changes("stopped")
    stage.kill(SIGKILL)
    stage.sees("zombie")
    stage.changes("killed")
    stage.parent_signals(2)


def interrupt_with_handler(stage):
    stage.bear()
    stage.child.tell("log", SIGINT)
    stage.child.tell("log", SIGUSR1, "restart")
    for number in (SIGINT, SIGUSR1, SIGINT):
        stage.kill(number)
        stage.child_signals(1)
    stage.kill(SIGUSR2)
    stage.changes("killed")
    stage.parent_signals(1)


def terminal_stop(stage):
    stage.bear()
    stage.kill(SIGTSTP)
    stage.changes("stopped")
    stage.sees("stopped")
    stage.kill(SIGCONT)
    stage.changes("continued")
    stage.parent_signals(2)
    stage.child.tell("log", SIGTSTP)
    stage.kill(SIGTSTP)
    stage.child_signals(1)
    stage.child.tell("ignore", SIGTSTP)
    stage.kill(SIGTSTP)
    stage.ask("count")
    stage.sees("asleep")


def ignored_and_masked(stage):
    stage.bear()
    stage.kill(SIGWINCH)
    stage.child.tell("ignore", SIGUSR2)
    stage.kill(SIGUSR2)
    stage.child.tell("log", SIGUSR1)
    stage.ask("mask", SIGUSR1)
    stage.kill(SIGUSR1)
    stage.kill(SIGUSR1)
    stage.child_signals(0)
    stage.ask("mask", SIGUSR1, "off")
    stage.child_signals(1)
    stage.parent_signals(0)


def queued_signals(stage):
    stage.bear()
    stage.child.tell("log", SIGRTMIN)
    stage.child.tell("log", SIGRTMIN + 1)
    stage.child.tell("mask", SIGRTMIN)
    for _ in range(5):
        stage.kill(SIGRTMIN)
    stage.kill(SIGRTMIN + 1)
    stage.child_signals(1)
    stage.ask("mask", SIGRTMIN, "off")
    stage.child_signals(5)


def traps_and_faults(stage):
    stage.bear()
    stage.child.tell("log", SIGTRAP)
    stage.child.tell("log", SIGSEGV)
    stage.kill(SIGTRAP)
    stage.child_signals(1)
    stage.kill(SIGSEGV)
    stage.child_signals(1)
    stage.child.send("abort")
    stage.changes("killed")
    stage.parent_signals(1)


def exit_status(stage):
    stage.bear()
    stage.child.send("exit", 42)
    stage.sees("zombie")
    stage.parent_signals(1)
    stage.changes("exited")
    stage.sees("gone")


PLAYS = (stop_and_continue, handler_of_continue, signals_while_stopped, terminate,
         terminate_while_stopped, kill_while_stopped, interrupt_with_handler, terminal_stop,
         ignored_and_masked, queued_signals, traps_and_faults, exit_status)

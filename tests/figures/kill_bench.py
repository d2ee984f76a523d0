# SPDX-License-Identifier: Apache-2.0
"""Kill bench: how soon a suspended queue runs again when somebody is killed with SIGKILL."""

import os
import signal
import time

from bus import NAME, process_path
from child import StandError

BACKGROUND = ("--closed", "--depth=8", "--kernel-us=500", "--kernels-per-request=4")
STANDSTILL_S = 0.05  # So long without progress, with work waiting, counts as suspended.
HOLD_US = 30_000_000
PATIENCE_S = 10.0


def start_busy_client(stand):
    client = stand.start_workload("background", *BACKGROUND)
    stand.wait_until_known(client)
    return client


def hold(stand, client):
    """Suspends the client by an operator's request, long enough for the rest."""
    stand.wait_until_preemptible(client)
    answer = stand.bus.busctl("call", NAME, process_path(client.pid), f"{NAME}.Process", "Preempt",
                              "ts", HOLD_US, "a test")
    if answer.returncode != 0:
        raise StandError(f"preempt was refused: {answer.stderr.strip()}")
    wait_for_standstill(client)


def wait_for_standstill(client):
    deadline = time.monotonic() + PATIENCE_S
    consumed, since = client.consumed(), time.monotonic()
    while time.monotonic() - since < STANDSTILL_S:
        now = client.consumed()
        if now != consumed:
            consumed, since = now, time.monotonic()
        if time.monotonic() > deadline:
            raise StandError("the client was never suspended")
        time.sleep(0.001)


def until_progress_ms(client, act):
    """Runs `act`, and returns after how long the device took the client's next packet."""
    consumed = client.consumed()
    start = time.monotonic()
    act()
    while client.consumed() == consumed:
        if time.monotonic() - start > PATIENCE_S:
            raise StandError(f"the client was not resumed within {PATIENCE_S:g} s")
        time.sleep(0.0005)
    return 1000 * (time.monotonic() - start)


def kill_agent(stand):
    stand.agent.process.send_signal(signal.SIGKILL)


def kill_gate(stand):
    os.kill(stand.gate_pid(), signal.SIGKILL)


def kill_both(stand):
    gate = stand.gate_pid()
    stand.agent.process.send_signal(signal.SIGKILL)
    os.kill(gate, signal.SIGKILL)


def longest_standstill_s(client, span_s):
    """The longest time without progress within a span."""
    end = time.monotonic() + span_s
    longest, consumed, since = 0, client.consumed(), time.monotonic()
    while time.monotonic() < end:
        time.sleep(0.001)
        longest = max(longest, time.monotonic() - since)
        if client.consumed() != consumed:
            consumed, since = client.consumed(), time.monotonic()
    return longest


def held_and_killed_ms(stand, client, kill):
    """The busy client is held, then `kill(stand)` is called."""
    hold(stand, client)
    return until_progress_ms(client, lambda: kill(stand))


def preferred_client_killed_ms(stand):
    """The client that others yield to is killed: whoever yielded must run again."""
    client = start_busy_client(stand)
    preferred = stand.start_workload("preferred", *BACKGROUND)
    stand.wait_until_known(preferred)
    stand.bus.set_priority(preferred.pid, 10)
    wait_for_standstill(client)
    return until_progress_ms(client, preferred.kill)

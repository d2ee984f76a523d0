#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the agent and the gate keep from others, whoever asks: no network, no borrowed identity, no
memory to look at."""

import os
import re

import scenario  # First: it says where the modules below are.

from authorization_scenarios import OWNER, Authorization
from puppets import status_of


def sockets_of(pid):
    """Inode numbers of the sockets that a process has."""
    found = set()
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            target = os.readlink(f"/proc/{pid}/fd/{name}")
        except OSError:
            continue  # Closed meanwhile.
        found.update(re.findall(r"^socket:\[(\d+)\]$", target))
    return found


def network_sockets():
    """Inode numbers of all sockets of this network namespace that something outside could reach."""
    found = set()
    for kind in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6"):
        try:
            with open(f"/proc/net/{kind}", encoding="ascii") as file:
                found.update(line.split()[9] for line in file.read().splitlines()[1:])
        except OSError:
            pass  # Such sockets do not exist here.
    return found


class Confined(Authorization):
    def test_open_no_network_socket(self):
        for pid in (self.stand.agent.pid, self.stand.gate_pid()):
            sockets = sockets_of(pid)
            self.assertTrue(sockets, "a process without any socket was looked at wrongly")
            self.assertEqual(sockets & network_sockets(), set())

    def test_never_act_as_the_user_who_asks(self):
        before = status_of(self.stand.agent.pid, "Uid")
        self.assertEqual(self.ask(OWNER, "Process", "property", "Priority", values=("i", "0")), "")
        self.assertEqual(status_of(self.stand.agent.pid, "Uid"), before)

    def test_leave_no_core(self):
        for pid in (self.stand.agent.pid, self.stand.gate_pid()):
            with open(f"/proc/{pid}/limits", encoding="ascii") as file:
                self.assertRegex(file.read(), r"(?m)^Max core file size +0 +0 ")


if __name__ == "__main__":
    scenario.main()

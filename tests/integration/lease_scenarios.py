#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Leases of bandwidth: who holds one, for how long, and what becomes of it when somebody dies."""

import json
import os
import random
import signal
import subprocess
import threading

import scenario  # First: it says where the modules below are.

from authorization_scenarios import OWNER, STRANGER
from descriptor_keeper import DescriptorKeeper
from isolation import bound_to_us
from lease_bus import GIGA, LeaseBus
from open_stand import OpenStand
from quick_bus import Refused

PEAK = "--dram-peak=100G"  # Of which 95 are given out.
LONG_USEC = 30_000_000


class Leases(scenario.Scenario):
    def make_stand(self):
        return OpenStand()

    def setUp(self):
        super().setUp()
        self.start_agent()
        self.bus = self.connect()

    def start_agent(self, wrapper=()):
        self.stand.start_agent(PEAK, wrapper=wrapper)
        # The peak is there with the first snapshot that has a memory node.
        node = "/org/penstock1/memory/0"
        self.eventually(lambda: self.stand.bus.get(node, "MemoryNode", "PeakBytesPerSecond")
                        == 100 * GIGA, "the peak is known")

    def connect(self, uid=0):
        bus = LeaseBus(self.stand.bus.address, uid)
        self.addCleanup(bus.close)
        return bus

    def acquire(self, rate, bus=None, **options):
        lease = (bus or self.bus).acquire(rate, **options)
        self.addCleanup(lease.close)
        return lease

    def hold_in_child(self, lease):
        """A process that has the only copy of the descriptor from now on."""
        child = subprocess.Popen(["sleep", "1000"], pass_fds=[lease.number],
                                 preexec_fn=bound_to_us())
        self.addCleanup(lambda: (child.kill(), child.wait()))
        lease.close()
        return child

    def acquire_later(self, rate, **options):
        """The thread that waits for a lease, which is in the list when it is there."""
        got, bus = [], self.connect()
        thread = threading.Thread(target=lambda: got.append(self.acquire(rate, bus, **options)))
        thread.start()
        self.addCleanup(thread.join)
        return thread, got

    def assert_all_given_back(self):
        self.eventually(lambda: (self.bus.leased(), self.bus.leases()) == (0, 0),
                        "nothing is leased any more")


class Holding(Leases):
    def test_ends_with_its_holder_s_death_and_the_next_one_is_served(self):
        holder = self.hold_in_child(self.acquire(70 * GIGA))
        self.assertEqual(self.bus.leased(), 70 * GIGA)
        thread, got = self.acquire_later(60 * GIGA, wait_usec=LONG_USEC)
        holder.kill()
        thread.join(20)
        self.assertEqual([lease.granted for lease in got], [60 * GIGA])
        self.assertEqual(self.bus.leased(), 60 * GIGA)

    def test_lasts_until_the_last_copy_is_closed(self):
        lease = self.acquire(40 * GIGA)
        first, second = (subprocess.Popen(["sleep", "1000"], pass_fds=[lease.number],
                                          preexec_fn=bound_to_us()) for _ in range(2))
        self.addCleanup(lambda: [(each.kill(), each.wait()) for each in (first, second)])
        lease.close()
        first.kill()
        first.wait()
        self.assertEqual(self.bus.leased(), 40 * GIGA)
        second.kill()
        self.assert_all_given_back()

    def test_is_not_bound_to_the_connection_that_asked(self):
        bus = LeaseBus(self.stand.bus.address)
        self.acquire(40 * GIGA, bus)
        bus.close()
        self.assertEqual(self.bus.leased(), 40 * GIGA)

    def test_ends_for_whom_it_belongs_to_and_for_nobody_else(self):
        owner, stranger = self.connect(OWNER), self.connect(STRANGER)
        lease = self.acquire(GIGA, owner)
        with self.assertRaisesRegex(Refused, f"the lease is of uid {OWNER}, and the request came"):
            stranger.release(lease)
        self.assertEqual(self.bus.leases(), 1)
        owner.release(lease)
        self.assertEqual(self.bus.leases(), 0)


class Waiting(Leases):
    def test_is_forgotten_when_who_waits_leaves_the_bus(self):
        self.acquire(70 * GIGA)
        bus = LeaseBus(self.stand.bus.address)
        bus._socket.settimeout(0.2)
        with self.assertRaises(TimeoutError):
            bus.acquire(60 * GIGA, wait_usec=LONG_USEC)
        self.assertIn("\nleases: 1 held, 1 waited for\n", self.stand.ctl("dump").stdout)
        bus.close()
        self.eventually(lambda: "\nleases: 1 held, 0 waited for\n" in self.stand.ctl("dump").stdout,
                        "nobody waits any more")

    def test_ends_in_time_with_a_sentence(self):
        self.acquire(70 * GIGA)
        with self.assertRaisesRegex(Refused, "70000000000 of the 95000000000 bytes per second"):
            self.bus.acquire(60 * GIGA, wait_usec=30_000)


class Bounds(Leases):
    def test_one_user_has_half_of_a_budget_and_more_with_consent_alone(self):
        stranger = self.connect(STRANGER)
        self.acquire(40 * GIGA, stranger)
        with self.assertRaisesRegex(Refused, f"uid {STRANGER} has leases of 40000000000 bytes per "
                                             "second at /org/penstock1/memory/0 and asks for "
                                             "10000000000 more"):
            stranger.acquire(10 * GIGA)
        with self.assertRaisesRegex(Refused, "one user may have 47500000000 of them"):
            stranger.acquire(GIGA, exclusive=True)
        self.acquire(7 * GIGA, stranger)
        self.acquire(20 * GIGA, self.connect(OWNER))

    def test_leases_of_one_user_are_bounded(self):
        stranger = self.connect(STRANGER)
        for _ in range(16):
            self.acquire(1000, stranger)
        with self.assertRaisesRegex(Refused, f"uid {STRANGER} has 16 leases"):
            stranger.acquire(1000)
        self.acquire(1000, self.connect(OWNER))
        self.acquire(1000)

    def test_a_better_class_than_one_s_own_is_not_to_be_had(self):
        stranger = self.connect(STRANGER)
        with self.assertRaisesRegex(Refused, 'may ask as "normal" or lower, and not as "critical"'):
            stranger.acquire(1000, **{"class": "critical"})
        self.acquire(1000, stranger, **{"class": "background"})
        self.acquire(1000, **{"class": "critical"})


class Restart(Leases):
    def setUp(self):
        scenario.Scenario.setUp(self)
        self.keeper = DescriptorKeeper(self.stand.directory)
        self.addCleanup(self.keeper.close)
        self.start_agent(self.keeper.wrapper())
        self.bus = self.connect()

    def kept(self):
        """The names of leases: the board is kept, too."""
        return [name for name in self.keeper.names() if name.startswith("lease-")]

    def replace_agent(self):
        self.stand.agent.kill()
        self.stand.children.remove(self.stand.agent)
        self.start_agent(self.keeper.wrapper())

    def test_keeps_leases_and_forgets_those_that_ended_meanwhile(self):
        stays = self.acquire(40 * GIGA, who="who stays", why="a test")
        goes = self.acquire(20 * GIGA)
        self.eventually(lambda: len(self.kept()) == 2, "both are kept")
        self.stand.agent.kill()
        goes.close()
        self.stand.children.remove(self.stand.agent)
        self.start_agent(self.keeper.wrapper())
        self.assertEqual(self.bus.leased(), 40 * GIGA)
        self.assertEqual(self.bus.get(stays.path, "Lease", "Who"), "who stays")
        self.assertEqual(self.kept(), ["lease-" + stays.path.rpartition("/")[2]])
        stays.close()
        self.assert_all_given_back()
        self.eventually(lambda: self.kept() == [], "nothing is kept any more")

    def test_keeps_each_descriptor_once_however_often(self):
        lease = self.acquire(40 * GIGA)
        self.eventually(self.kept, "it is kept")
        for _ in range(3):
            self.replace_agent()
        self.assertEqual(self.kept(), ["lease-" + lease.path.rpartition("/")[2]])
        self.assertEqual(self.bus.leased(), 40 * GIGA)


class Command(Leases):
    def test_holds_a_lease_while_it_runs(self):
        shown = self.stand.ctl("lease", "acquire", "dram", "20G", "--why=a test", "--", "sh", "-c",
                               'echo "$PENSTOCK_LEASE $PENSTOCK_LEASE_BYTES_PER_SECOND"; '
                               f'{self.stand.program("penstockctl")} '
                               f'--bus={self.stand.bus.address} lease list --json; exit 7')
        self.assertEqual(shown.returncode, 7, shown.stderr)
        first, _, rest = shown.stdout.partition("\n")
        self.assertEqual(first, "/org/penstock1/lease/1 20000000000")
        listed, = json.loads(rest)
        self.assertEqual((listed["lease"], listed["resource"], listed["bytes_per_second"],
                          listed["who"], listed["why"]),
                         ("/org/penstock1/lease/1", "dram", 20 * GIGA, "sh", "a test"))
        self.assert_all_given_back()

    def test_is_not_run_without_its_lease(self):
        self.acquire(70 * GIGA)
        ran = self.stand.ctl("lease", "acquire", "dram", "60G", "--wait=20ms", "--", "echo", "ran")
        self.assertEqual((ran.returncode, ran.stdout), (1, ""))
        self.assertIn("can not be granted now", ran.stderr)
        self.assertRegex(self.stand.ctl("lease", "list").stdout, r"(?m)^lease/1 +dram +memory/0")


class Crowd(Leases):
    """Many clients that die at any moment, as their holders do."""

    CLIENTS, ROUNDS = 64, 6

    def test_leaves_nothing_behind(self):
        dice = random.Random(7)
        for _ in range(self.ROUNDS):
            buses, children = [], []
            for _ in range(self.CLIENTS):
                bus = LeaseBus(self.stand.bus.address)
                buses.append(bus)
                try:
                    lease = bus.acquire(dice.randrange(1, 5 * GIGA), min=0)
                except Refused:
                    continue
                if dice.random() < 0.3:
                    children.append(self.hold_in_child(lease))
                elif dice.random() < 0.5:
                    lease.close()
                else:
                    self.addCleanup(lease.close)
                    buses.append(lease)
            self.assertLessEqual(self.bus.leased(), 95 * GIGA)
            dice.shuffle(children)
            for child in children:
                os.kill(child.pid, signal.SIGKILL)
            for each in buses:
                each.close()
            self.assert_all_given_back()
        self.assert_agent_serves()


if __name__ == "__main__":
    scenario.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Subscriptions: who asked is told of numbers that change all the time, and nobody else is."""

import subprocess

import scenario  # First: it says where the modules below are.

from bus import MANAGER, NAME
from descriptor_bus import DescriptorBus
from open_stand import DAEMON, OpenStand
from quick_bus import QuickBus, Refused

QUARTER_S = 250_000
RATES = ("DramBytesPerSecond", "ReadBytesPerSecond", "Utilization", "Occupancy", "PcieRx",
         "PcieTx", "PreemptedUSec", "EnergyJoules")


def subscribe(bus, interval_usec=QUARTER_S):
    bus.call(MANAGER, f"{NAME}.Manager", "Subscribe", "t", interval_usec)


class Subscribing(scenario.Scenario):
    def setUp(self):
        super().setUp()
        self.stand.start_agent()

    def connect(self):
        return self.enterContext(QuickBus(self.stand.bus.address))

    def listen(self):
        """What busctl prints of the changes that the agent tells, in a file that grows."""
        match = f"--match=type='signal',member='PropertiesChanged',sender='{NAME}'"
        path = self.stand.path(f"heard-{len(self.stand.children)}")
        with open(path, "w", encoding="utf-8") as file:
            listener = subprocess.Popen(
                ["busctl", f"--address={self.stand.bus.address}", "--json=short", match, "monitor"],
                stdout=file, stderr=subprocess.STDOUT)
        self.addCleanup(listener.wait)
        self.addCleanup(listener.kill)

        def heard():
            with open(path, encoding="utf-8") as file:
                return file.read()
        self.eventually(lambda: "Monitoring bus" in heard() or "NameLost" in heard(),
                        "busctl listens")
        return heard

    def subscriptions(self):
        lines = self.stand.ctl("dump").stdout.splitlines()
        counts = [line.partition(": ")[2] for line in lines if line.startswith("subscriptions:")]
        return int(counts[0]) if counts else 0


class Subscribed(Subscribing):
    def test_client_is_told_of_rates_by_itself_alone(self):
        heard = self.listen()
        self.stand.start_workload("client", *scenario.BUSY)
        self.eventually(lambda: '"NQueues"' in heard(), "something is told")
        self.assertFalse(any(rate in heard() for rate in RATES), "nobody has subscribed")
        bus = self.connect()
        name = bus.body[4:-1].decode()  # As Hello was answered.
        subscribe(bus)
        self.eventually(lambda: "ReadBytesPerSecond" in heard() and "Occupancy" in heard(),
                        "rates are told")
        told = [line for line in heard().splitlines() if "ReadBytesPerSecond" in line]
        self.assertTrue(all(f'"destination":"{name}"' in line for line in told), told[0])

    def test_client_is_told_again_when_values_change(self):
        self.stand.start_workload("client", *scenario.BUSY)
        heard = self.listen()
        subscribe(self.connect())
        self.eventually(lambda: heard().count("ReadBytesPerSecond") >= 3, "values change")

    def test_client_that_leaves_ends_its_subscription(self):
        bus = QuickBus(self.stand.bus.address)
        subscribe(bus)
        self.assertEqual(self.subscriptions(), 1)
        bus.close()
        self.eventually(lambda: self.subscriptions() == 0, "it is forgotten")

    def test_client_may_end_it(self):
        bus = self.connect()
        subscribe(bus)
        bus.call(MANAGER, f"{NAME}.Manager", "Unsubscribe")
        self.assertEqual(self.subscriptions(), 0)
        bus.call(MANAGER, f"{NAME}.Manager", "Unsubscribe")


class Bounded(Subscribing):
    def make_stand(self):
        return OpenStand()

    def test_user_leaves_room_for_others(self):
        own = [self.connect() for _ in range(33)]
        for bus in own[:-1]:
            subscribe(bus)
        with self.assertRaisesRegex(Refused, "32 of one user"):
            subscribe(own[-1])
        with self.assertRaisesRegex(Refused, "250000..3600000000 us"):
            subscribe(own[0], QUARTER_S - 1)
        other = DescriptorBus(self.stand.bus.address, DAEMON)
        self.addCleanup(other.close)
        subscribe(other)
        self.assertEqual(self.subscriptions(), 33)
        self.assert_agent_serves()


if __name__ == "__main__":
    scenario.main()

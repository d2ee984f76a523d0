# SPDX-License-Identifier: Apache-2.0
"""A machine that starts: what lies in /run is made anew, and everything comes in its order."""

import booted
from booted import AGENT, MANAGER


class Boot(booted.Case):
    def test_leads_to_a_service_that_lacks_nothing(self):
        self.system.boot_again()
        self.eventually(lambda: self.system.property(AGENT, "ActiveState") == "active", "service")
        self.assertEqual(self.system.property(AGENT, "NRestarts"), "0")
        work = self.workload("first", user="alice")
        self.assert_runs(work)
        self.assertEqual(self.system.get(MANAGER, "Manager", "DegradedReasons"), [])

    def test_may_find_the_service_disabled(self):
        """Nothing but the bus starts it then, when somebody asks."""
        self.system.must("systemctl", "disable", AGENT)
        self.addCleanup(self.system.must, "systemctl", "enable", "--now", AGENT)
        self.system.boot_again()
        self.assertEqual(self.system.property(AGENT, "ActiveState"), "inactive")
        self.assertFalse(self.system.serves(), "with the alias the activation is disabled too")

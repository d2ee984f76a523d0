#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Configuration files: rules that grant, and slips that are told and survived."""

import os

import scenario  # First: it says where the modules below are.

from bus import MANAGER


class Configured(scenario.Scenario):
    def setUp(self):
        super().setUp()
        self.stand.config_root = self.stand.path("config")

    def write(self, name, text):
        path = os.path.join(self.stand.config_root, "etc", "penstock", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def priority_of(self, workload):
        return self.stand.bus.get(f"{MANAGER}/process/{workload.pid}", "Process", "Priority")


class Rules(Configured):
    def test_say_where_a_process_starts_and_the_bus_says_where_it_goes(self):
        self.write("rules.d/50-work.conf",
                   "[Match]\nUser=root\nExecutable=*/penstock-kfd-workload\n[Apply]\nPriority=7\n")
        self.stand.start_agent()
        client = self.stand.start_workload("client", *scenario.BUSY)
        self.stand.wait_until_known(client)
        self.assertEqual(self.priority_of(client), 7)
        self.stand.bus.set_priority(client.pid, -3)
        self.assertEqual(self.priority_of(client), -3)

    def test_never_raise_by_what_a_process_says_of_itself(self):
        self.write("rules.d/50-work.conf",
                   "[Match]\nCommand=*workload*\n[Apply]\nPriority=7\n")
        agent = self.stand.start_agent()
        self.assert_says(agent, "50-work.conf:4", "may not raise it")
        client = self.stand.start_workload("client", *scenario.BUSY)
        self.stand.wait_until_known(client)
        self.assertEqual(self.priority_of(client), 0)


class Settings(Configured):
    def test_of_files_hold_and_those_of_the_command_line_win(self):
        self.write("agent.conf", "[Agent]\nPolicy=observe-only\n")
        self.stand.start_agent()
        self.assertEqual(self.stand.bus.get(MANAGER, "Manager", "Policy"), "observe-only")
        self.stand.stop_agent()
        self.stand.start_agent(policy="fixed-priority")
        self.assertEqual(self.stand.bus.get(MANAGER, "Manager", "Policy"), "fixed-priority")

    def test_with_a_slip_leave_the_agent_serving_and_saying_so(self):
        self.write("agent.conf", "[Agent]\nPolicy=no-such-policy\nTickSec=5ms\n")
        agent = self.stand.start_agent()
        self.assert_says(agent, "agent.conf:2", "no-such-policy")
        reasons = self.stand.bus.get(MANAGER, "Manager", "DegradedReasons")
        self.assertIn("agent.conf:2", " ".join(reasons))
        self.assertEqual(self.stand.bus.get(MANAGER, "Manager", "Policy"), "fixed-priority")
        self.assert_agent_serves()


class Reload(Configured):
    def reload(self):
        return self.stand.ctl("reload")

    def property(self, name):
        return self.stand.bus.get(MANAGER, "Manager", name)

    def test_grants_anew_what_nobody_set_over_the_bus(self):
        self.stand.start_agent()
        ruled = self.stand.start_workload("ruled", *scenario.BUSY)
        chosen = self.stand.start_workload("chosen", *scenario.BUSY)
        self.stand.wait_until_known(ruled, chosen)
        self.stand.bus.set_priority(chosen.pid, -3)
        self.write("rules.d/50-all.conf", "[Match]\nUser=root\n[Apply]\nPriority=7\n")
        answer = self.reload()
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertIn("1 rules", answer.stdout)
        self.assertEqual([self.priority_of(each) for each in (ruled, chosen)], [7, -3])
        self.assertEqual([self.source_of(each) for each in (ruled, chosen)],
                         ["rule:50-all.conf", "dbus:0"])
        os.remove(os.path.join(self.stand.config_root, "etc/penstock/rules.d/50-all.conf"))
        self.assertEqual(self.reload().returncode, 0)
        self.assertEqual(self.priority_of(ruled), 0)
        self.assertEqual(self.source_of(ruled), "default")

    def test_grants_each_term_by_itself(self):
        self.stand.start_agent()
        client = self.stand.start_workload("client", *scenario.BUSY)
        self.stand.wait_until_known(client)
        self.assertEqual(self.stand.ctl("set", client.pid, "weight=50").returncode, 0)
        self.write("rules.d/50-all.conf",
                   "[Match]\nUser=root\n[Apply]\nWeight=300\nClass=latency\nDeadlineSec=50ms\n")
        self.assertEqual(self.reload().returncode, 0)
        names = ("Weight", "WeightSource", "Class", "ClassSource", "DeadlineUSec")
        path = f"{MANAGER}/process/{client.pid}"
        self.assertEqual([self.stand.bus.get(path, "Process", name) for name in names],
                         [50, "dbus:0", "latency", "rule:50-all.conf", 50000])
        os.remove(os.path.join(self.stand.config_root, "etc/penstock/rules.d/50-all.conf"))
        self.assertEqual(self.reload().returncode, 0)
        self.assertEqual([self.stand.bus.get(path, "Process", name) for name in names],
                         [50, "dbus:0", "normal", "default", 0])

    def source_of(self, workload):
        return self.stand.bus.get(f"{MANAGER}/process/{workload.pid}", "Process",
                                  "PrioritySource")

    def test_keeps_the_former_one_when_there_is_an_error(self):
        self.write("agent.conf", "[Agent]\nPolicy=observe-only\n")
        self.stand.start_agent()
        self.write("agent.conf", "[Agent]\nPolicy=fixed-priority\n[Preemption]\n"
                                 "LongestSuspensionSec=soon\n")
        answer = self.reload()
        self.assertEqual(answer.returncode, 1)
        self.assertIn("agent.conf:4", answer.stderr)
        self.assertIn("agent.conf:4", self.property("LastReloadError"))
        self.assertEqual(self.property("Policy"), "observe-only")
        self.write("agent.conf", "[Agent]\nPolicy=fixed-priority\nTickSec=20ms\n")
        answer = self.reload()
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertIn("[Agent] TickSec=", answer.stdout)
        self.assertEqual(self.property("Policy"), "fixed-priority")
        self.assertEqual(self.property("LastReloadError"), "")

    def test_gives_the_policy_other_settings(self):
        self.write("agent.conf", "[Agent]\nPolicy=fair-share\n[Policy]\nQuantumSec=7ms\n")
        self.stand.start_agent()
        self.assertEqual(self.property("PolicySettings")["QuantumUSec"]["data"], 7000)
        client = self.stand.start_workload("client", *scenario.BUSY)
        self.stand.wait_until_known(client)
        self.assertIn("in turns of 7 ms", self.stand.ctl("policy", "explain", client.pid).stdout)
        self.write("agent.conf", "[Agent]\nPolicy=fair-share\n[Policy]\nRunners=2\n")
        answer = self.reload()
        self.assertEqual(answer.returncode, 1)
        self.assertIn("agent.conf:4", answer.stderr)
        self.assertIn("does not take Runners: it takes SettleSec, QuantumSec", answer.stderr)
        self.assertEqual(self.property("PolicySettings")["QuantumUSec"]["data"], 7000)
        self.write("agent.conf", "[Agent]\nPolicy=fair-share\n[Policy]\nSettleSec=2ms\n")
        self.assertEqual(self.reload().returncode, 0)
        settings = self.property("PolicySettings")
        self.assertEqual([settings[name]["data"] for name in ("SettleUSec", "QuantumUSec")],
                         [2000, 2000])
        self.assertIn("in turns of 2 ms", self.stand.ctl("policy", "explain", client.pid).stdout)

    def test_begins_and_ends_a_dry_run(self):
        self.write("agent.conf", "[Preemption]\nDryRun=yes\n")
        self.stand.start_agent()
        self.assertIs(self.property("DryRun"), True)
        self.assertIn("dry run", self.stand.ctl("status").stdout)
        self.write("agent.conf", "[Preemption]\n")
        self.assertEqual(self.reload().returncode, 0)
        self.assertIs(self.property("DryRun"), False)

    def test_heals_an_agent_that_began_with_a_slip(self):
        self.write("agent.conf", "[Agent]\nTickSec=never\n")
        self.stand.start_agent()
        self.assertIn("agent.conf:2", " ".join(self.property("DegradedReasons")))
        self.write("agent.conf", "[Agent]\n")
        self.assertEqual(self.reload().returncode, 0)
        self.assertNotIn("agent.conf", " ".join(self.property("DegradedReasons")))


if __name__ == "__main__":
    scenario.main()

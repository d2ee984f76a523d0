#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Self tests of both programs: they find everything here, and miss what is taken away."""

import subprocess

import scenario  # First: it says where the modules below are.


class SelfTest(scenario.Scenario):
    def ask(self, *command):
        ran = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        return ran.returncode, ran.stdout

    def agent(self, *more):
        return self.ask(*self.stand.agent_command("--self-test", *more))

    def gate(self, *wrapper):
        return self.ask(*wrapper, self.stand.gate_program, "--self-test",
                        f"--kfd={self.stand.device}/kfd", "--realtime=1")

    def test_of_the_agent_finds_everything(self):
        status, said = self.agent()
        self.assertEqual(status, 0, said)
        for ability in ("configuration", "devices", "bpf", "gate"):
            self.assertRegex(said, f"(?m)^ok +{ability} ")

    def test_of_the_agent_misses_a_gate(self):
        status, said = self.agent("--gate-socket=/nonexistent/gate.sock")
        self.assertEqual(status, 1)
        self.assertRegex(said, "(?m)^MISSING +gate .*/nonexistent/gate.sock")

    def test_of_the_gate_finds_everything(self):
        status, said = self.gate()
        self.assertEqual(status, 0, said)
        for ability in ("device", "capability", "ptrace", "memory", "descriptors"):
            self.assertRegex(said, f"(?m)^ok +{ability} ")

    def test_of_the_gate_misses_a_capability(self):
        status, said = self.gate("setpriv", "--bounding-set=-sys_ptrace",
                                 "--inh-caps=-sys_ptrace")
        self.assertEqual(status, 1)
        self.assertRegex(said, "(?m)^MISSING +capability .*CAP_SYS_PTRACE")


if __name__ == "__main__":
    scenario.main()

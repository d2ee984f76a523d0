# SPDX-License-Identifier: Apache-2.0
"""Asks bash what it would offer for an unfinished penstockctl command line."""

import json
import os
import subprocess
import tempfile

from page_source import ROOT

COMPLETION = os.path.join(ROOT, "packaging", "completions", "penstockctl.bash")

# What an agent with two processes answers. They may call themselves what they like.
ANSWERS = {
    "ListProcesses": [["/org/penstock1/process/4711", 1, 4711, 1000,
                       'a"/org/penstock1/process/666",', 0, "normal", 2, 2**64 - 1],
                      ["/org/penstock1/process/4712", 2, 4712, 1000, "b", 0, "normal", 1, 0]],
    "ListQueues": [[51432, 1, "compute-aql", "application", 0, "running", 0.25, 0, 0],
                   [51432, 2, "sdma", "runtime", 0, "running", -1, 0, 0]],
    "AvailablePolicies": [["fair-share", "processes take turns"], ["observe-only", "nothing"]],
    "HistorySeries": [["gpu/51432/busy", "1", "share of time that the device computes"],
                      ["memory/0/read", "B/s", "what is read from the node's DRAM"],
                      ["queues-suspended", "1", "queues that are suspended"]],
}
# Stands in for the bus, and keeps what it was asked.
BUSCTL = r"""#!/bin/sh
echo "$@" >>"$0.asked"
case "$*" in
    *gone*) exit 1 ;;
    *ListProcesses*) cat "$0.ListProcesses" ;;
    *ListQueues*) cat "$0.ListQueues" ;;
    *AvailablePolicies*) cat "$0.AvailablePolicies" ;;
    *HistorySeries*) cat "$0.HistorySeries" ;;
esac
"""
# Bash breaks words at = and : before it calls a completion; this one reads the line instead.
ASK = r"""
source "$1"
COMP_LINE=$2 COMP_POINT=${#2} COMP_WORDS=($2) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_penstockctl penstockctl
[[ ${#COMPREPLY[@]} -eq 0 ]] || printf '%s\n' "${COMPREPLY[@]}"
"""


class Shell:
    def __init__(self):
        self._folder = tempfile.TemporaryDirectory()
        self.folder = self._folder.name
        programs = os.path.join(self.folder, "programs")
        os.makedirs(programs)
        self._busctl = os.path.join(programs, "busctl")
        with open(self._busctl, "w", encoding="utf-8") as file:
            file.write(BUSCTL)
        os.chmod(self._busctl, 0o755)
        for method, rows in ANSWERS.items():
            with open(f"{self._busctl}.{method}", "w", encoding="utf-8") as file:
                json.dump({"type": "", "data": [rows]}, file, separators=(",", ":"))
        self._environment = {"PATH": f"{programs}:{os.environ['PATH']}"}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._folder.cleanup()

    def offers(self, line, **environment):
        """The words for the end of the line. That nothing else is printed is part of it."""
        ran = subprocess.run(["bash", "--norc", "-c", ASK, "bash", COMPLETION, line],
                             capture_output=True, text=True, timeout=60, check=False,
                             cwd=self.folder, env={**self._environment, **environment})
        return ran.stdout.splitlines() + ran.stderr.splitlines()

    def asked(self):
        """The calls of the bus so far."""
        with open(f"{self._busctl}.asked", encoding="utf-8") as file:
            return file.read().splitlines()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails when a completion of penstockctl and the program's --help name other commands, options or
choices, or when bash offers something else than what fits.

usage: completions.py PENSTOCKCTL
"""

import json
import os
import re
import subprocess
import sys

import program_help
from completing_bash import COMPLETION as BASH
from completing_bash import Shell
from page_source import ROOT

ZSH = os.path.join(ROOT, "packaging", "completions", "_penstockctl")
PROGRAM = ""  # The key of the program's own help.

# Unfinished lines, and what is offered there.
EXPECTED = {
    "penstockctl re": ["register", "reset", "resume", "reload", "record"],
    "penstockctl res": ["reset", "resume"],
    "penstockctl reset 47": ["4711", "4712"],
    "penstockctl tr": ["trace"],
    "penstockctl history --a": ["--all"],
    "penstockctl register --job 7 471": ["4711", "4712"],
    "penstockctl register 4711 --job=7 c": ["cost=", "class=latency", "class=normal",
                                            "class=batch", "class=idle"],
    "penstockctl --bus s": ["system", "session"],
    "penstockctl --bus=se": ["session"],
    "penstockctl --bus session pre": ["preempt"],
    "penstockctl set ": ["4711", "4712"],
    "penstockctl set 4711 pr": ["priority="],
    "penstockctl set 4711 priority=": [],
    "penstockctl set 4711 priority=3 class=idle ": ["weight=", "deadline=", "cost="],
    "penstockctl set 4711 weight=2 class=": ["latency", "normal", "batch", "idle"],
    "penstockctl set 4711 class=b": ["batch"],
    "penstockctl preempt --for 1s 47": ["4711", "4712"],
    "penstockctl preempt --for ": [],
    "penstockctl preempt 4711 ": ["gpu=51432", "queue=1", "queue=2"],
    "penstockctl preempt 4711 queue=": ["1", "2"],
    "penstockctl preempt 4711 queue=1 ": ["gpu=51432"],
    "penstockctl preempt '$(reboot)' ": [],
    "penstockctl resume 4711 queue=1 gpu=": ["51432"],
    "penstockctl resume --all ": ["4711", "4712"],
    "penstockctl --bus unix:path=/gone set ": [],
    "penstockctl history ": ["gpu/51432/busy", "memory/0/read", "queues-suspended"],
    "penstockctl history --since 10min mem": ["memory/0/read"],
    "penstockctl history --step ": [],
    "penstockctl config s": ["show"],
    "penstockctl policy set ": ["fair-share", "observe-only"],
    "penstockctl policy set fair-share Q": ["QuantumSec="],
    "penstockctl policy explain 47": ["4711", "4712"],
    "penstockctl policy explain 4711 queue=": ["1", "2"],
    "penstockctl policy show ": [],
    "penstockctl record progr": ["programs"],
    "penstockctl decode fdinfo progr": ["programs"],
    "penstockctl doctor --sysroot progr": ["programs"],
    "penstockctl doctor --sysroot=progr": ["programs"],
    "penstockctl status ": [],
    "penstockctl unknown ": [],
}


def kinds(penstockctl):
    """What can be decoded: a wrong kind is answered with all there are."""
    ran = subprocess.run([penstockctl, "decode", "-", "/dev/null"], capture_output=True, text=True,
                         timeout=60, check=False)
    return re.findall(r"([\w-]+) \(", ran.stderr.partition("expected one of")[2])


def setting_complaints(penstockctl):
    """Both offer the settings of policies that there are."""
    ran = subprocess.run([penstockctl, "config", "show", "--json", "--sysroot=/nowhere"],
                         capture_output=True, text=True, timeout=60, check=True)
    known = sorted(json.loads(ran.stdout)["settings"]["Policy"])
    for path in (BASH, ZSH):
        with open(path, encoding="utf-8") as file:
            offered = sorted(re.findall(r"\b([A-Z]\w+)=(?=[ ';])", re.search(
                r".*SettleSec=.*", file.read()).group()))
        if offered != known:
            yield f"{os.path.basename(path)} offers the settings {offered}, expected {known}"


def bash_complaints(helps, decodable, shell):
    for command, told in helps.items():
        line = f"penstockctl {command} " if command else "penstockctl "
        names = sorted(name for option in told.options for name in option.names)
        expected = {line + "-": names}
        if command == PROGRAM:
            expected[line] = sorted(told.commands)
        if command == "decode":
            expected[line] = sorted(decodable)
        for choices in told.positionals[:1]:
            if len(choices) > 1:
                expected[line] = sorted(choices)
        for unfinished, wanted in expected.items():
            if (offered := sorted(shell.offers(unfinished))) != wanted:
                yield f"bash offers {offered} behind \"{unfinished}\", expected {wanted}"


def scene_complaints(shell):
    for line, wanted in EXPECTED.items():
        if (offered := shell.offers(line)) != wanted:
            yield f"bash offers {offered} behind \"{line}\", expected {wanted}"
    shell.offers("penstockctl set ", PENSTOCK_BUS="session")
    if "--user" not in shell.asked()[-1].split():
        yield "bash does not heed PENSTOCK_BUS"
    for call in shell.asked():
        if "--auto-start=no" not in call.split():
            yield f"bash would start the agent: busctl {call}"


def zsh_blocks(text):
    """{command: its branch}, and the program's own options under ""."""
    body = text.partition("__penstockctl_arguments() {")[2]
    branches, _, own = body.partition("\n}\n")
    found = {PROGRAM: own}
    for branch in re.split(r"\n        (?=[a-z |]+\))", branches)[1:]:
        names, _, words = branch.partition(")")
        found.update({name.strip(): words for name in names.split("|")})
    return found


def zsh_complaints(helps, decodable, text):
    blocks = zsh_blocks(text)
    shared = {f"${name}": value for name, value in re.findall(r"local (\w+)='(.*)'", text)}
    listed = re.findall(r"^        ['\"]([a-z]+):", text, re.MULTILINE)
    if sorted(listed) != sorted(helps[PROGRAM].commands):
        yield f"zsh offers the commands {sorted(listed)}"
    for command, told in helps.items():
        block = blocks.get(command, "")
        for name, value in shared.items():
            block = block.replace(name, value)
        names = {name for option in told.options for name in option.names} - {"-h", "--help"}
        offered = set(re.findall(r"(?<=['\) ])(--[a-z-]+)", block)) - {"--help"}
        if offered != names:
            yield f"zsh offers {sorted(offered)} for \"{command}\", expected {sorted(names)}"
        if "help" not in block:
            yield f"zsh offers no --help for \"{command}\""
        choices = [*decodable] if command == "decode" else \
            [word for each in told.positionals for word in each if len(each) > 1]
        if choices and f"({' '.join(choices)})" not in block:
            yield f"zsh does not offer {choices} for \"{command}\""


def main():
    penstockctl, = sys.argv[1:]
    helps, decodable = program_help.all_of(penstockctl), kinds(penstockctl)
    with Shell() as shell:
        found = [*bash_complaints(helps, decodable, shell), *scene_complaints(shell)]
    with open(ZSH, encoding="utf-8") as file:
        found += zsh_complaints(helps, decodable, file.read())
    found += setting_complaints(penstockctl)
    print("\n".join(found) or f"{len(helps) - 1} commands are completed as they are")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()

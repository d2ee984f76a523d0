#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Twins: plays every play untouched and in Penstock's care, and counts the differences.

usage: twins.py [--json] [--rule=traced|debugger] [PLAY...]
"""

import argparse
import json
import re
import sys

import scenario  # First: it says where the modules below are.

import isolation
import twin_plays
import twin_stage
from emulated_stand import RULES, EmulatedStand

# A tracer's target is woken even by signals that it ignores, which ends a call that the kernel
# never restarts. Whoever has to trace it all the time, as the older rule demands, can not spare it
# that.
KNOWN = {("traced", "epoll_ignored")}
NUMBERS = re.compile(r"\d+")


def trace_of(stand, play, care):
    """What everybody saw. A play that breaks down ends its trace with how it did."""
    with twin_stage.Stage(stand, care(stand)) as stage:
        try:
            play(stage)
        except Exception as error:  # Of whatever kind: it is a trace that the twin does not have.
            stage.note(f"broke down: {type(error).__name__}: {NUMBERS.sub('N', str(error))}")
        return stage.trace


def compare(stand, names):
    """A record for each play and care. The untouched come first: then there is no agent yet."""
    plays = twin_plays.all_plays()
    untouched = {name: trace_of(stand, plays[name], twin_stage.Untouched) for name in names}
    for care in twin_stage.CARES:
        for name in names:
            trace = trace_of(stand, plays[name], care)
            yield {"play": name, "care": care.name, "equal": trace == untouched[name],
                   "untouched": untouched[name], "trace": trace}


def differing_lines(record):
    a, b = record["untouched"], record["trace"]
    for number in range(max(len(a), len(b))):
        pair = [trace[number] if number < len(trace) else "(nothing)" for trace in (a, b)]
        if pair[0] != pair[1]:
            yield f"  untouched: {pair[0]}\n  {record['care']}: {pair[1]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rule", choices=RULES, action="append")
    parser.add_argument("plays", nargs="*")
    options = parser.parse_args()
    isolation.require_root()
    isolation.enter_private_mounts()
    names = options.plays or list(twin_plays.all_plays())
    records, known = [], 0
    for rule in options.rule or RULES:
        with EmulatedStand(f"--permission={rule}") as stand:
            for record in compare(stand, names):
                if (rule, record["play"]) in KNOWN:
                    known += not record["equal"]
                    continue
                records.append(record)
                if not record["equal"] and not options.json:
                    print(f"{rule}/{record['care']}/{record['play']}:")
                    print("\n".join(differing_lines(record)))
    differences = sum(not record["equal"] for record in records)
    print(json.dumps({"scenarios": len(records), "differences": differences,
                      "known_differences": known}))
    sys.exit(bool(differences))


if __name__ == "__main__":
    main()

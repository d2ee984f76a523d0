#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every event of base/events.h is explained in the catalog, once, and nothing else is."""

import os
import re
import sys

from repository import ROOT


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def main():
    events = re.findall(r'Event (\w+)\{"([0-9a-f]{32})"\}', read("base", "events.h"))
    entries = re.findall(r"(?m)^-- (\S+)$", read("packaging", "catalog", "penstock.catalog"))
    wrong = []
    if len({number for _, number in events}) != len(events) or not events:
        wrong.append("base/events.h: two events have one number, or there are none")
    for name, number in events:
        if entries.count(number) != 1:
            wrong.append(f"penstock.catalog explains {name} {entries.count(number)} times: {number}")
    for number in set(entries) - {number for _, number in events}:
        wrong.append(f"penstock.catalog explains {number}, which is no event")
    print("\n".join(wrong) or f"{len(events)} events are explained")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

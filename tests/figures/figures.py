#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""./dev figures GROUP: measures a group's figures, prints them and merges them into
build/figures.json. The exit status is 0 only when every bar of the group holds.

A group NAME is the module NAME_group.py with PARTS. With --only, the parts are measured that have
figures below the prefix, and only those figures are replaced.
With --write-docs, docs/figures.md is written from build/figures.json and nothing is measured.
"""

import argparse
import importlib
import os
import re
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
QUICKSTART = os.path.join(os.path.dirname(os.path.dirname(HERE)), "packaging", "quickstart")
sys.path[:0] = [HERE, QUICKSTART]

import figures_page
import isolation
from child import StandError
from figure import merge, read_records, text_of, write_records
from stand import ROOT, build_directory


def groups():
    return sorted(name.removesuffix("_group.py") for name in os.listdir(HERE)
                  if name.endswith("_group.py"))


def parts_of(group, prefix):
    parts = importlib.import_module(f"{group}_group").PARTS
    return [part for part in parts if part.below(prefix)]


def measured(part, group, prefix, build):
    """The part's records. What can not be measured is unknown, and the others are still told."""
    try:
        values = part.measure(build)
    except (StandError, OSError, subprocess.SubprocessError) as error:
        print(f"error: {error}", flush=True)
        values = {}
    return [figure.record(values.get(figure.id), f"./dev figures {group}")
            for figure in part.below(prefix)]


def table(records):
    rows = [("id", "value", "unit", "bar", "holds")]
    rows += [(record["id"], text_of(record["value"]), record["unit"], record["bar"] or "-",
              "yes" if record["holds"] else "NO") for record in records]
    yield from aligned(rows)
    for record in records:
        points = record["value"] if isinstance(record["value"], list) else []
        if points:
            yield f"\n{record['id']}:"
            yield from aligned([tuple(points[0])] + [tuple(map(text_of, point.values()))
                                                     for point in points])


def aligned(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()


def measure_and_merge(group, prefix, build):
    """The new records. Each part is merged when it is done: an interruption loses only one."""
    isolation.require_root()
    isolation.enter_private_mounts()
    path = os.path.join(build, "figures.json")
    records = []
    for part in parts_of(group, prefix):
        print(f"measuring {', '.join(figure.id for figure in part.below(prefix))}", flush=True)
        new = measured(part, group, prefix, build)
        write_records(path, merge(read_records(path), new))
        records += new
    print()
    for line in table(records):
        print(line)
    emulated = sum(record["emulated"] for record in records)
    simulated = sum(record["simulated"] for record in records)
    print(f"\n{emulated} of {len(records)} figures are emulated, and {simulated} simulated: no GPU "
          f"took part.\nMerged into {path}.")
    return records


def end_in_order(number, _frame):
    raise KeyboardInterrupt(f"signal {number}")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("group", nargs="?", help=f"one of: {', '.join(groups())}")
    parser.add_argument("--build", default=build_directory(), help="where the programs were built")
    parser.add_argument("--only", metavar="PREFIX", default="", help="such as run.cpu")
    parser.add_argument("--write-docs", action="store_true", help="write docs/figures.md")
    options = parser.parse_args()
    build = os.path.abspath(options.build)
    if options.write_docs:
        try:
            figures_page.write(os.path.join(ROOT, "docs", "figures.md"),
                               read_records(os.path.join(build, "figures.json")))
        except StandError as error:
            sys.exit(str(error))
        return 0
    if not re.fullmatch("[a-z_]+", options.group or "") or options.group not in groups():
        parser.error(f"no group '{options.group}'; there are: {', '.join(groups())}")
    if not parts_of(options.group, options.only):
        parser.error(f"group '{options.group}' has no figure '{options.only}...'")
    signal.signal(signal.SIGTERM, end_in_order)
    try:
        records = measure_and_merge(options.group, options.only, build)
    except KeyboardInterrupt:
        sys.exit("interrupted; everything that was started has ended")
    return 0 if all(record["holds"] for record in records) else 1


if __name__ == "__main__":
    sys.exit(main())

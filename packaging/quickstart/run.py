#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The demonstration behind ./dev run: two real processes scheduled by the real agent.

Only the device is emulated. Ends with a table and build/run-report.json; the exit status is 0 when
everything worked and the table shows what is promised.
"""

import argparse
import json
import os
import signal
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import isolation
import measure
import phases
import table
from child import Child, StandError
from stand import Stand, build_directory

ROUNDS = 3  # At most: more than one only where others disturb the first.


class LiveView:
    """Shows the lines of `penstockctl tail` as they come."""

    def __init__(self, stand):
        self.tail = Child("tail", [stand.program("penstockctl"), f"--bus={stand.bus.address}",
                                   "tail", "--interval=500ms"], stand.directory)
        stand.children.append(self.tail)
        self._stand = stand
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._copy)
        self._thread.start()

    def _copy(self):
        shown = 0
        last = False
        while not last:
            last = self._ended.wait(0.1)
            text = self.tail.output()
            whole = text.rfind("\n") + 1
            for line in text[shown:whole].splitlines():
                print(f"  | {line}", flush=True)
            shown = max(shown, whole)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tail.ask_to_end()
        self.tail.wait()
        self._ended.set()
        self._thread.join()
        self._stand.children.remove(self.tail)


def say(sentence):
    print(sentence, flush=True)


def measure_phases(stand, scale):
    """The report: a dictionary per phase and the ratios between them."""
    say("[1/3] The foreground alone: 20 % of an emulated device, kernels of 0.5 ms ...")
    alone = phases.alone(stand, 10 * scale)
    say("[2/3] Native sharing: a background client that always has work joins ...")
    native = phases.native(stand, 8 * scale)
    say("[3/3] Under Penstock: policy fixed-priority, both at priority 0 ...")
    run = phases.Penstock(stand)
    with LiveView(stand):
        run.share_equally(3 * scale)
        pid = run.foreground.pid
        say(f"  $ busctl --address={stand.bus.address} set-property org.penstock1 "
            f"/org/penstock1/process/{pid} org.penstock1.Process Priority i 10")
        run.prefer_foreground(11 * scale)
    penstock = run.finish()
    return {
        "emulated": True,
        "alone": alone,
        "native": native,
        "penstock": penstock,
        "p99_ratio_native": measure.ratio(native["p99_ms"], alone["p99_ms"]),
        "p99_ratio_penstock": measure.ratio(penstock["p99_ms"], alone["p99_ms"]),
    }


def measure_undisturbed(build, scale):
    """The report of the first round in which the promises hold, or the machine was quiet."""
    for _ in range(ROUNDS - 1):
        report = measure_round(build, scale)
        if not (table.broken_promises(report) and table.is_disturbed(report)):
            return report
        say("\nOther programs kept the foreground from this machine's processors even while it was "
            f"alone (P99 {report['alone']['p99_ms']:.1f} ms): once more.\n")
    return measure_round(build, scale)


def measure_round(build, scale):
    with Stand(build) as stand:
        report = measure_phases(stand, scale)
    check_effect(report)
    return report


def check_effect(report):
    """What has to be true whatever the figures are."""
    penstock = report["penstock"]
    if penstock["priority_read_back"] != 10:
        raise StandError(f"the priority is {penstock['priority_read_back']} after busctl set 10")
    if penstock["equal"]["preemptions"] > 0:
        raise StandError("a queue was suspended while both had the same priority")
    if penstock["preemptions"] == 0:
        raise StandError("no queue was suspended after the priority was raised")
    if penstock["failed_actions"] > 0:
        raise StandError(f"{penstock['failed_actions']} suspends or resumes failed")


def show(report, path):
    for rows in (table.phases_table(report), table.details_table(report)):
        say("")
        for line in table.lines(rows):
            say(line)
    say(f"\nThe whole report is in {path}. Nothing in it is a measurement of a GPU.")


def write_report(report, path):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(report, file, indent=2)
        file.write("\n")


def end_in_order(number, _frame):
    raise KeyboardInterrupt(f"signal {number}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default=build_directory(), help="where the programs were built")
    parser.add_argument("--scale", type=float, default=1.0,
                        help="length of every phase, as a multiple of the usual one")
    options = parser.parse_args()
    isolation.require_root()
    signal.signal(signal.SIGTERM, end_in_order)
    signal.signal(signal.SIGHUP, end_in_order)
    isolation.enter_private_mounts()
    start = time.monotonic()
    try:
        report = measure_undisturbed(os.path.abspath(options.build), options.scale)
    except StandError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("interrupted; everything that was started has ended")
    report["seconds"] = time.monotonic() - start
    path = os.path.join(options.build, "run-report.json")
    write_report(report, path)
    show(report, path)
    broken = table.broken_promises(report)
    for sentence in broken:
        say(f"error: {sentence}")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""Split bench: inference that is split between graphics and processors which share their memory,
without any control, with a token, and with leases, in real time on the emulated machine.

The graphics side is the critical one: how long its tokens take is compared with how long they take
alone. What all sides move together is what their tokens stand for.
"""

import json
import os
import time

import measure
from child import Child, StandError
from device_stand import DeviceStand
from fit import median
from simulator import SCENARIOS as SCENARIO_FILES
from simulator import told

PEAK = 60_000_000_000
LOSSES = (0.0, 0.1, 0.3)
CONTROLS = ("none", "token", "leases")
TOKEN_S = 0.02
# What each side would move alone, in GB/s: the graphics, then each on the processors.
SCENARIOS = {"45_25": (45, (25,)), "30_20": (30, (20,)), "55_40": (55, (40,)),
             "45_20_20": (45, (20, 20))}
_PLAYS, _WARM_UP_S, _RUN_S = 3, 0.5, 2.5
_POLL_US = 200


class SplitStand(DeviceStand):
    def __init__(self, build, loss):
        super().__init__(build, poll_us=_POLL_US)
        self._costs += [f"--dram-peak={PEAK}", f"--dram-loss={loss}"]

    def start_side(self, side, control, name, rate_gb, lease_class):
        log = self.path(f"{name}.tokens")
        child = Child(name, [self.program("penstock-split-inference"), f"--side={side}",
                             f"--control={control}", f"--name={name}", f"--rate={rate_gb}G",
                             f"--token-ms={TOKEN_S * 1e3:.0f}", f"--lease-class={lease_class}",
                             f"--bus={self.bus.address}", f"--log={log}",
                             f"--memory={self.device}/emulator/memory", f"--kfd={self.device}/kfd",
                             f"--sysfs={self.device}/sys"], self.directory)
        self.children.append(child)
        child.wait_for(lambda child: "ready" in child.output(), "sign of readiness")
        return child, log

    def end_side(self, child):
        self.children.remove(child)
        if child.stop() != 0:
            raise StandError(f"{child.name} failed: {child.last_words()}")


def _tokens(log, since_ns, until_ns):
    """How long those took that lie within."""
    with open(log, encoding="ascii") as file:
        rows = [json.loads(line) for line in file]
    return [row["ended_ns"] - row["began_ns"] for row in rows
            if row["began_ns"] >= since_ns and row["ended_ns"] <= until_ns]


def played(build, loss, control, graphics_gb, processors_gb):
    """{"p99_ms" of the graphics side, "total_gb_per_s"}: medians of some plays, since a P99 is
    decided by a few tokens, and the machine is shared."""
    plays = [_play(build, loss, control, graphics_gb, processors_gb) for _ in range(_PLAYS)]
    return {name: median([play[name] for play in plays]) for name in plays[0]}


def _play(build, loss, control, graphics_gb, processors_gb):
    with SplitStand(build, loss) as stand:
        stand.start_agent(f"--dram-peak={PEAK}")
        sides = [(graphics_gb, *stand.start_side("graphics", control, "decode", graphics_gb,
                                                 "critical"))]
        for number, rate in enumerate(processors_gb):
            sides.append((rate, *stand.start_side("processors", control, f"prefill-{number}", rate,
                                                  "stream")))
        time.sleep(_WARM_UP_S)
        since = time.monotonic_ns()
        time.sleep(_RUN_S)
        until = time.monotonic_ns()
        for _, child, _ in sides:
            stand.end_side(child)
        times = [(rate, _tokens(log, since, until)) for rate, _, log in sides]
    total = sum(rate * TOKEN_S * len(taken) for rate, taken in times) / _RUN_S
    return {"p99_ms": measure.percentile(times[0][1], 0.99) / 1e6, "total_gb_per_s": total}


def compared(build):
    """A row for each scenario, loss and control: the graphics' P99 beside that alone, and all
    traffic beside that without control."""
    rows = []
    for name, (graphics, processors) in SCENARIOS.items():
        alone = played(build, 0.0, "none", graphics, ())["p99_ms"]
        for loss in LOSSES:
            runs = {control: played(build, loss, control, graphics, processors)
                    for control in CONTROLS}
            rows += [{"scenario": name, "loss": loss, "control": control,
                      "critical_p99_ratio": run["p99_ms"] / alone,
                      "total_gb_per_s": run["total_gb_per_s"],
                      "total_ratio": run["total_gb_per_s"] / runs["none"]["total_gb_per_s"]}
                     for control, run in runs.items()]
    return rows


def simulated(build):
    """The same rows, by the simulator and its scenarios."""
    rows = []
    for name in SCENARIOS:
        for loss in LOSSES:
            runs = {control: _simulated(build, name, loss, control) for control in CONTROLS}
            rows += [{"scenario": name, "loss": loss, "control": control,
                      "critical_p99_ratio": run["p99_ratio"],
                      "total_gb_per_s": run["total_gb_per_s"],
                      "total_ratio": run["total_gb_per_s"] / runs["none"]["total_gb_per_s"]}
                     for control, run in runs.items()]
    return rows


def _simulated(build, name, loss, control):
    scenario = os.path.join(SCENARIO_FILES, f"memory_{name}.conf")
    jobs = told(build, "run", scenario, "--policy", "observe-only",
                "--set", f"Memory.ContentionLoss={loss}",
                "--set", f"Memory.Control={control}")["runs"][0]["jobs"]
    return {"p99_ratio": jobs[0]["slowdown_p99"],
            "total_gb_per_s": sum(job["dram_gb_per_second"] for job in jobs)}


def fits(name):
    """Whether there is enough for all of them."""
    graphics, processors = SCENARIOS[name]
    return 1e9 * (graphics + sum(processors)) <= PEAK


def worst(rows):
    """What the bars are about: {"critical_p99", "total_loss0", "total_loss10", "total_loss30",
    "below_token"} of leases."""
    leases = [row for row in rows if row["control"] == "leases"]
    tokens = {(row["scenario"], row["loss"]): row["total_gb_per_s"] for row in rows
              if row["control"] == "token"}
    totals = {loss: min(row["total_ratio"] for row in leases
                        if row["loss"] == loss and not fits(row["scenario"])) for loss in LOSSES}
    return {"critical_p99": max(row["critical_p99_ratio"] for row in leases),
            "total_loss0": totals[0.0], "total_loss10": totals[0.1], "total_loss30": totals[0.3],
            "total_fits": min(row["total_ratio"] for row in leases if fits(row["scenario"])),
            "below_token": sum(row["total_gb_per_s"] < tokens[row["scenario"], row["loss"]]
                               for row in leases)}

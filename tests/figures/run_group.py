# SPDX-License-Identifier: Apache-2.0
"""The figures of the demonstration and of the path from a pointer move to a suspended queue."""

import json
import os
import subprocess
import sys

import bpf_bench
import kill_bench
import measure
import preempt_bench
from figure import Figure, Part
from fit import median
from isolation import bound_to_us
from stand import ROOT, Stand

PREEMPTIONS = 1100
CURVE_PREEMPTIONS = 300
CURVE_PERIODS_US = (100, 200, 500, 1000)
ROUNDS = 5  # Of at least PREEMPTIONS each, with the floor measured just before.
PRIORITY_CHANGES = 120
IDLE_SECONDS = 10


def _demonstration(build):
    runner = os.path.join(ROOT, "packaging", "quickstart", "run.py")
    # A table that misses a bar is no reason to stop: the bars are judged here.
    subprocess.run([sys.executable, runner, f"--build={build}"], check=False,
                   preexec_fn=bound_to_us())
    with open(os.path.join(build, "run-report.json"), encoding="utf-8") as file:
        report = json.load(file)
    penstock = report["penstock"]
    return {
        "run.p99_ratio_native": report["p99_ratio_native"],
        "run.p99_ratio_penstock": report["p99_ratio_penstock"],
        "run.background_share_of_leftover": penstock["background_share_of_leftover"],
        "run.cpu_percent": penstock["cpu_percent"],
        "run.rss_mib": penstock["rss_mib"],
    }


def _preemption_latencies(build):
    """Medians over rounds: a p99 is decided by a dozen events, and the machine is shared."""
    floor = lambda: bpf_bench.wakeup_floor_p99_us(build)
    blocking = [preempt_bench.preemptions(Stand(build), PREEMPTIONS, beforehand=floor)
                for _ in range(ROUNDS)]
    spinning = preempt_bench.preemptions(Stand(build), PREEMPTIONS, spins=True)
    over_floor = [measure.ratio(told["pointer_to_ioctl_p99_us"], told["beforehand"])
                  for told in blocking]
    middle = lambda name: median([told[name] for told in blocking])
    return {
        "run.pointer_to_ioctl_p50_us": middle("pointer_to_ioctl_p50_us"),
        "run.pointer_to_ioctl_p99_us": middle("pointer_to_ioctl_p99_us"),
        "run.pointer_to_ioctl_over_floor": median(over_floor),
        "run.wakeup_floor_p99_us": middle("beforehand"),
        "run.detect_to_ioctl_p99_us": middle("detect_to_ioctl_p99_us"),
        "run.seen_to_ioctl_p99_us": middle("seen_to_ioctl_p99_us"),
        "run.preemptions_measured": min(told["preemptions"] for told in (*blocking, spinning)),
        "run.spinning_pointer_to_ioctl_p99_us": spinning["pointer_to_ioctl_p99_us"],
        "run.polling_curve": preempt_bench.polling_curve(build, CURVE_PREEMPTIONS,
                                                         CURVE_PERIODS_US),
    }


def _switch_cost(build):
    return {"run.switch_cost_ns": bpf_bench.switch_cost_ns(build)}


def _priority_changes(build):
    told = preempt_bench.priority_changes(build, PRIORITY_CHANGES)
    return {"run.priority_change_p99_us": told["priority_change_p99_us"]}


def _idle(build):
    return {"run.idle_cpu_percent": preempt_bench.idle_cpu_percent(build, IDLE_SECONDS)}


def _resumes_after_kill(build):
    return {"run.resume_after_kill_ms": max(_each_resume_ms(build))}


def _each_resume_ms(build):
    for kill in (kill_bench.kill_agent, kill_bench.kill_gate, kill_bench.kill_both):
        with Stand(build) as stand:
            stand.start_agent(policy="fixed-priority")
            client = kill_bench.start_busy_client(stand)
            yield kill_bench.held_and_killed_ms(stand, client, kill)
    with Stand(build) as stand:
        stand.start_agent(policy="fixed-priority")
        yield kill_bench.preferred_client_killed_ms(stand)


PARTS = (
    Part(_demonstration, (
        Figure("run.p99_ratio_native", "ratio", ">=", 1.6),
        Figure("run.p99_ratio_penstock", "ratio", "<=", 1.30),
        Figure("run.background_share_of_leftover", "ratio", ">=", 0.60),
        Figure("run.cpu_percent", "% of a core", "<=", 3),
        Figure("run.rss_mib", "MiB", "<=", 32),
    )),
    Part(_preemption_latencies, (
        Figure("run.pointer_to_ioctl_p50_us", "us", "<=", 40),
        Figure("run.pointer_to_ioctl_p99_us", "us", "<=", 120),
        Figure("run.pointer_to_ioctl_over_floor", "ratio", "<=", 1.5),
        Figure("run.spinning_pointer_to_ioctl_p99_us", "us", "<=", 1500),
        Figure("run.detect_to_ioctl_p99_us", "us", "<=", 40),
        Figure("run.seen_to_ioctl_p99_us", "us"),
        Figure("run.wakeup_floor_p99_us", "us", emulated=False),
        Figure("run.preemptions_measured", "count", ">=", 1000),
        Figure("run.polling_curve", "list"),
    )),
    Part(_switch_cost, (Figure("run.switch_cost_ns", "ns", "<=", 120, emulated=False),)),
    Part(_priority_changes, (Figure("run.priority_change_p99_us", "us", "<=", 2000),)),
    Part(_idle, (Figure("run.idle_cpu_percent", "% of a core", "<=", 0.5),)),
    Part(_resumes_after_kill, (Figure("run.resume_after_kill_ms", "ms", "<=", 1000),)),
)

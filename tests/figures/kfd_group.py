# SPDX-License-Identifier: Apache-2.0
"""The figures of suspending and resuming: its cost, its latency, its behaviour under load and with
many processes, and the faults that the tests count."""

import bound_bench
import fanout_bench
import gate_bench
import latency_bench
import load_bench
import measure
import verdicts
from figure import Figure, Part
from fit import median

ROUNDS = 5
SUSPEND_TURNS = 2000
PREEMPTIONS_PER_KERNEL = 100
LOADED_PREEMPTIONS = 1500  # Some of which no pointer move led to.
LOADED_ROUNDS = 3  # Of the gate as it is by default; its other priorities are only told.
FEW_IDLE, MANY_IDLE = 1, 31
FANOUT_SPAN_S = 10  # The agent looks through sysfs that often: each span has its share of it.
BOUND_SPAN_S = 10
WALK = {"seeds": 20, "steps": 10_000, "processes": 64, "queues": 512}


def _suspend_cost(build):
    told = gate_bench.suspend_costs(build, ROUNDS, SUSPEND_TURNS)
    return {
        "kfd.suspend_resume_p50_us": told["p50_us"],
        "kfd.suspend_resume_p99_us": told["p99_us"],
        "kfd.suspend_resume_gate_p50_us": told["gate_p50_us"],
        "kfd.suspend_resume_idle_driver_p50_us": told["idle_driver_p50_us"],
        "kfd.suspend_resume_idle_driver_p99_us": told["idle_driver_p99_us"],
        "kfd.suspend_resume_over_ioctl": told["over_ioctl"],
        "kfd.per_extra_queue_us": told["per_extra_queue_us"],
    }


def _latency_by_kernel(build):
    suspended = latency_bench.debug_suspend(build, PREEMPTIONS_PER_KERNEL)
    limited = latency_bench.launch_limit(build, PREEMPTIONS_PER_KERNEL)
    return {
        "kfd.latency_vs_T": suspended + limited,
        "kfd.latency_vs_T_slope_debug_suspend": latency_bench.slope_over_kernel(suspended),
        "kfd.latency_over_thresholdT_launch_limit": latency_bench.slope_over_threshold(limited),
    }


def _under_load(build):
    usual = load_bench.medians(build, LOADED_PREEMPTIONS, LOADED_ROUNDS)
    nice = load_bench.preemptions(build, LOADED_PREEMPTIONS, realtime=0)
    fifo = load_bench.preemptions(build, LOADED_PREEMPTIONS, realtime=1)
    return {
        "kfd.loaded_pointer_to_ioctl_p50_us": usual["pointer_to_ioctl_p50_us"],
        "kfd.loaded_pointer_to_ioctl_p99_us": usual["pointer_to_ioctl_p99_us"],
        "kfd.loaded_preemptions": usual["preemptions"],
        "kfd.loaded_nice_pointer_to_ioctl_p50_us": nice["pointer_to_ioctl_p50_us"],
        "kfd.loaded_nice_pointer_to_ioctl_p99_us": nice["pointer_to_ioctl_p99_us"],
        "kfd.loaded_fifo_pointer_to_ioctl_p50_us": fifo["pointer_to_ioctl_p50_us"],
        "kfd.loaded_fifo_pointer_to_ioctl_p99_us": fifo["pointer_to_ioctl_p99_us"],
    }


def _fan_out(build):
    rounds = [fanout_bench.event_costs(build, FEW_IDLE, MANY_IDLE, FANOUT_SPAN_S)
              for _ in range(ROUNDS)]
    ratios = [measure.ratio(told[MANY_IDLE]["all"], told[FEW_IDLE]["all"]) for told in rounds]
    points = [{"idle": idle} | {who: median([told[idle][who] for told in rounds])
                                for who in rounds[0][idle]} for idle in (FEW_IDLE, MANY_IDLE)]
    return {"kfd.event_cost_31_idle_ratio": median(ratios), "kfd.event_cost_us": points}


def _bounded(build):
    told = bound_bench.bounded(build, BOUND_SPAN_S)
    return {
        "kfd.preemption_share_percent": told["device_share_percent"],
        "kfd.preemption_ioctl_share_percent": told["ioctl_share_percent"],
        "kfd.published_suspend_cost_us": told["suspend_cost_us"],
        "kfd.published_resume_cost_us": told["resume_cost_us"],
    }


def _walked(build):
    told = verdicts.random_walk(build, **WALK)
    return {"kfd.random_walk_violations": told["violations"],
            "kfd.random_walk_seeds": len(told["walks"]),
            "kfd.random_walk_steps": min(walk["steps"] for walk in told["walks"])}


def _twins(build):
    told = verdicts.twins(build)
    return {"kfd.twin_differences": told["differences"],
            "kfd.twin_scenarios": told["scenarios"]}


def _contract(build):
    told = verdicts.contract(build)
    return {"kfd.contract_calls": told["calls"], "kfd.contract_differences": told["differences"],
            "kfd.contract_exceptions": told["exceptions"]}


PARTS = (
    Part(_suspend_cost, (
        Figure("kfd.suspend_resume_p50_us", "us", "<=", 40),
        Figure("kfd.suspend_resume_p99_us", "us", "<=", 150),
        Figure("kfd.suspend_resume_gate_p50_us", "us"),
        # As if the driver had nothing to do: the emulated one reads /proc to judge its caller.
        Figure("kfd.suspend_resume_idle_driver_p50_us", "us"),
        Figure("kfd.suspend_resume_idle_driver_p99_us", "us"),
        Figure("kfd.suspend_resume_over_ioctl", "ratio"),
        Figure("kfd.per_extra_queue_us", "us", "<=", 2),
    )),
    Part(_latency_by_kernel, (
        Figure("kfd.latency_vs_T_slope_debug_suspend", "ms per ms", "<=", 0.05, opposite=-0.05),
        Figure("kfd.latency_over_thresholdT_launch_limit", "ratio", ">=", 0.5, opposite=1.2),
        Figure("kfd.latency_vs_T", "list"),
    )),
    Part(_under_load, (
        Figure("kfd.loaded_pointer_to_ioctl_p50_us", "us"),
        Figure("kfd.loaded_pointer_to_ioctl_p99_us", "us", "<=", 1000),
        Figure("kfd.loaded_preemptions", "count", ">=", 1000),
        Figure("kfd.loaded_nice_pointer_to_ioctl_p50_us", "us"),
        Figure("kfd.loaded_nice_pointer_to_ioctl_p99_us", "us"),
        Figure("kfd.loaded_fifo_pointer_to_ioctl_p50_us", "us"),
        Figure("kfd.loaded_fifo_pointer_to_ioctl_p99_us", "us"),
    )),
    Part(_fan_out, (
        Figure("kfd.event_cost_31_idle_ratio", "ratio", "<=", 1.5),
        Figure("kfd.event_cost_us", "list"),
    )),
    Part(_bounded, (
        # The agent's bound is 2 %, of a cost that it can only estimate.
        Figure("kfd.preemption_share_percent", "% of device time", "<=", 2.0),
        Figure("kfd.preemption_ioctl_share_percent", "% of time"),
        Figure("kfd.published_suspend_cost_us", "us"),
        Figure("kfd.published_resume_cost_us", "us"),
    )),
    Part(_walked, (
        Figure("kfd.random_walk_violations", "count", "<=", 0),
        Figure("kfd.random_walk_seeds", "count", ">=", 20),
        Figure("kfd.random_walk_steps", "count", ">=", 10_000),
    )),
    Part(_twins, (
        Figure("kfd.twin_differences", "count", "<=", 0),
        Figure("kfd.twin_scenarios", "count"),
    )),
    Part(_contract, (
        Figure("kfd.contract_calls", "count", ">=", 200),
        Figure("kfd.contract_differences", "count", "<=", 0),
        Figure("kfd.contract_exceptions", "count"),
    )),
)

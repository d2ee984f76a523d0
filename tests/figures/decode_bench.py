# SPDX-License-Identifier: Apache-2.0
"""Decode bench: recorded files of real machines, and what `penstockctl decode` makes of them.

The values are those that whoever recorded a file says of it (tests/machines/*/ORIGIN.md); a file that
is broken has to be refused with a sentence.
"""

import json
import os
import subprocess

from stand import ROOT, Stand

_MACHINES = os.path.join(ROOT, "tests", "machines")
_REFUSED = None
_TOLERANCE = 1e-3  # Of the value: the tables are in coarser units than ours.

# (kind, file, field, value); a value of None is unknown.
_RECORDED = (
    ("gpu-metrics", "mangohud/gpu_metrics", "average_gfx_activity", 0.64),
    ("gpu-metrics", "mangohud/gpu_metrics", "average_socket_power", 33),
    ("gpu-metrics", "mangohud/gpu_metrics", "current_gfxclk", 2165e6),
    ("gpu-metrics", "mangohud/gpu_metrics", "current_uclk", 1000e6),
    ("gpu-metrics", "mangohud/gpu_metrics", "temperature_edge", 36),
    ("gpu-metrics", "mangohud/gpu_metrics", "energy_accumulator", 50.11e3),
    ("gpu-metrics", "mangohud/gpu_metrics", "average_socclk_frequency", None),
    ("gpu-metrics", "strixpoint/card1/device/gpu_metrics", "average_dram_reads", 2504e6),
    ("gpu-metrics", "strixpoint/card1/device/gpu_metrics", "average_dram_writes", 637e6),
    ("gpu-metrics", "rx7600s/card1/device/gpu_metrics", "temperature_edge", 53),
    ("gpu-metrics", "mangohud/gpu_metrics_invalid", None, _REFUSED),
    ("pcie-bw", "rx580/card0/device/pcie_bw", "received_packets", 11886),
    ("pcie-bw", "rx580/card0/device/pcie_bw", "sent_packets", 2528),
    ("pcie-bw", "rx580/card0/device/pcie_bw", "largest_payload", 256),
    ("kfd-topology", "strixpoint/kfd/topology/nodes/1/properties", "simd_count", 24),
)


def decoded(build):
    """How many values come out right and wrong."""
    program = Stand(build).program("penstockctl")
    right = [_is_right(program, *each) for each in _RECORDED]
    return {"right": right.count(True), "wrong": right.count(False)}


def _is_right(program, kind, file, field, value):
    run = subprocess.run([program, "decode", kind, os.path.join(_MACHINES, file), "--json"],
                         capture_output=True, text=True, timeout=60, check=False)
    if field is None:
        return run.returncode != 0 and bool(run.stderr.strip()) and not run.stdout.strip()
    told = json.loads(run.stdout).get(field, {"value": "missing"})["value"] if run.stdout else "none"
    matches = told == value if value is None or not isinstance(told, (int, float)) \
        else abs(told - value) <= _TOLERANCE * abs(value)
    if not matches:
        print(f"{file}: {field} is {told}, not {value}")
    return matches

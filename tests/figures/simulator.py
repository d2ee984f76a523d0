# SPDX-License-Identifier: Apache-2.0
"""Simulator: what the programs in the build folder print, and penstock-sim among them."""

import json
import os
import subprocess

from child import StandError
from isolation import bound_to_us
from stand import ROOT

SCENARIOS = os.path.join(ROOT, "sim", "scenarios")
_PATIENCE_S = 1800


def output_of(build, program, *arguments, statuses=(0,)):
    """A StandError with what it complained of where it ends otherwise."""
    path = os.path.join(build, program)
    try:
        run = subprocess.run([path, *arguments], capture_output=True, text=True,
                             timeout=_PATIENCE_S, check=False, preexec_fn=bound_to_us())
    except FileNotFoundError:
        raise StandError(f"{path} is not built; run ./dev build") from None
    if run.returncode not in statuses:
        raise StandError(f"{program} ended with status {run.returncode}: "
                         f"{run.stderr.strip()[-400:]}")
    return run.stdout


def told(build, verb, *arguments, statuses=(0,)):
    """What a verb of penstock-sim says as JSON."""
    return json.loads(output_of(build, os.path.join("sim", "penstock-sim"), verb, *arguments,
                                "--json", statuses=statuses))

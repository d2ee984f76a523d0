# SPDX-License-Identifier: Apache-2.0
"""Doctor bench: what `penstockctl doctor` says of the sources on the machine it runs on."""

import json
import subprocess

from child import StandError
from stand import Stand


def sources_listed(build):
    """Sources that are listed with a reason: what they measure, or why they are not there."""
    program = Stand(build).program("penstockctl")
    run = subprocess.run([program, "doctor", "--json"], capture_output=True, text=True, timeout=60,
                         check=False)  # Its status is about preemption.
    try:
        sources = json.loads(run.stdout)["sources"]
    except (ValueError, KeyError):
        raise StandError(f"doctor printed no sources: {run.stderr.strip()}") from None
    return sum(1 for source in sources if source["reason"])

# SPDX-License-Identifier: Apache-2.0
"""Process cost: what a program printed, and what it took of a processor and of the memory."""

import os
import subprocess
import tempfile
import typing

from child import StandError
from isolation import bound_to_us


class Cost(typing.NamedTuple):
    output: str
    processor_s: float
    rss_mib: float


def cost_of(command):
    """A StandError with what it complained of where it fails."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        try:
            child = subprocess.Popen(command, stdout=output, stderr=errors,
                                     preexec_fn=bound_to_us())
        except FileNotFoundError:
            raise StandError(f"{command[0]} is not built; run ./dev build") from None
        _, status, use = os.wait4(child.pid, 0)  # Its own use, not that of all before it.
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if child.returncode != 0:
            raise StandError(f"{command[0]} ended with {child.returncode}: {errors.read()[-400:]}")
        return Cost(output.read(), use.ru_utime + use.ru_stime, use.ru_maxrss / 1024)

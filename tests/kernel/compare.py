# SPDX-License-Identifier: Apache-2.0
"""Compares what the real driver and the emulator said to the same calls, line by line."""

import dataclasses


class ExceptionError(Exception):
    """A sentence for a person: what is wrong with the list of exceptions."""


@dataclasses.dataclass
class Verdict:
    calls: int
    differences: dict  # {name: (real, emulated)}: unexpected ones.
    exceptions: int    # Expected ones.
    stale: list        # Names of listed exceptions that do not differ (any more).

    @property
    def holds(self):
        return not self.differences and not self.stale


def outcomes(text):
    """{name: outcome} of a probe's output."""
    found = {}
    for line in text.splitlines():
        name, _, outcome = line.partition(" ")
        if name in found:
            raise ExceptionError(f"two calls are named {name}")
        found[name] = outcome
    return found


def listed_exceptions(text):
    """{name: reason}. A reason stands on a line of its own, '# …', above the names it is for."""
    found = {}
    reason = ""
    for line in (line.strip() for line in text.splitlines()):
        if line.startswith("#"):
            reason = line.lstrip("# ")
        elif not line:
            reason = ""
        elif not reason:
            raise ExceptionError(f"the exception {line} has no reason above it")
        elif line in found:
            raise ExceptionError(f"the exception {line} is listed twice")
        else:
            found[line] = reason
    return found


def compare(real, emulated, exceptions):
    """A call that only one of them has differs too."""
    names = list(real) + [name for name in emulated if name not in real]
    different = {name: (real.get(name, "(no such call)"), emulated.get(name, "(no such call)"))
                 for name in names if real.get(name) != emulated.get(name)}
    return Verdict(calls=len(names),
                   differences={n: said for n, said in different.items() if n not in exceptions},
                   exceptions=sum(name in exceptions for name in different),
                   stale=[name for name in exceptions if name not in different])

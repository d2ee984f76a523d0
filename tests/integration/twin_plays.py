# SPDX-License-Identifier: Apache-2.0
"""Twin plays: what is done to a process that nobody may notice to be in Penstock's care.

Each play is a function of a Stage. It acts, and has noted what child, parent and bystanders see.
"""

import plays_of_calls
import plays_of_jobs
import plays_of_signals
import plays_of_threads


def all_plays():
    """Every play by its name."""
    plain = (*plays_of_signals.PLAYS, *plays_of_jobs.PLAYS, *plays_of_threads.PLAYS)
    return {play.__name__: play for play in plain} | plays_of_calls.plays()

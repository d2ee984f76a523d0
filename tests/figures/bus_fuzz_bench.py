# SPDX-License-Identifier: Apache-2.0
"""Bus fuzz bench: an agent under the sanitizers, asked for everything with values nobody would send."""

import json
import os
import subprocess

import measure
from child import StandError
from stand import Stand

PROGRAMS = ("agent/penstockd", "agent/penstock-gate", "client/ctl/penstockctl",
            "kmod-helpers/emulator/penstock-kfd-emulator",
            "kmod-helpers/workload/penstock-kfd-workload", "tests/bus_fuzz/penstock-bus-fuzzer")
WARM_UP_CALLS = 5000  # Until caches and the sanitizer's own memory have their size.
SLOW_MS = 1000

# Freed memory that the sanitizer keeps would look like growth.
_SANITIZERS = {"ASAN_OPTIONS": "quarantine_size_mb=1:detect_leaks=0:abort_on_error=1",
               "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"}


def sanitized(build):
    """The build folder with sanitizers beside this one, with what is needed built in it."""
    folder = f"{build}-asan"
    if not os.path.exists(os.path.join(folder, "build.ninja")):
        raise StandError(f"there is no {folder}; run ./dev build asan")
    ran = subprocess.run(["ninja", "-C", folder, *PROGRAMS], capture_output=True, text=True,
                         check=False)
    if ran.returncode != 0:
        raise StandError(f"the sanitized programs can not be built: {ran.stdout[-400:]}")
    return folder


def _fuzz(stand, calls, seed, pid):
    program = os.path.join(stand.build, "tests", "bus_fuzz", "penstock-bus-fuzzer")
    ran = subprocess.run([program, f"--bus={stand.bus.address}", f"--calls={calls}",
                          f"--seed={seed}", f"--prefer={pid}"],
                         capture_output=True, text=True, timeout=1800, check=False)
    if ran.returncode != 0:
        raise StandError(f"the fuzzer ended: {ran.stderr.strip()}; "
                         f"the agent said: {stand.agent.last_words(40)}")
    return json.loads(ran.stdout.splitlines()[-1])


def fuzzed(build, calls, seed):
    """What came of it: calls, failures (a dead agent, no answer, a slow one), growth in MiB."""
    os.environ.update(_SANITIZERS)
    with Stand(sanitized(build)) as stand:
        agent = stand.start_agent()
        client = stand.start_workload("client", "--closed", "--depth=2", "--kernel-us=2000")
        stand.wait_until_known(client)
        _fuzz(stand, WARM_UP_CALLS, seed, client.pid)
        before = measure.resident_bytes(agent.pid)
        told = _fuzz(stand, calls, seed + 1, client.pid)
        growth = measure.resident_bytes(agent.pid) - before
        failures = told["unanswered"] + (told["slowest_ms"] > SLOW_MS) + (not agent.alive())
        return told | {"failures": failures, "growth_mib": growth / 2**20}

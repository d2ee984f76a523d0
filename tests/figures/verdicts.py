# SPDX-License-Identifier: Apache-2.0
"""Verdicts: what the tests that count faults say, each a program that ends with a line of JSON."""

import json
import os
import subprocess
import sys

from child import StandError
from isolation import bound_to_us
from stand import ROOT

INTEGRATION = os.path.join(ROOT, "tests", "integration")
_WALK_PATIENCE_S = 3 * 3600
_PATIENCE_S = 1800


def random_walk(build, seeds, steps, processes, queues):
    return _verdict(build, [os.path.join(INTEGRATION, "random_walk.py"), f"--seeds={seeds}",
                            f"--steps={steps}", f"--processes={processes}", f"--queues={queues}",
                            "--json"], _WALK_PATIENCE_S)


def twins(build):
    return _verdict(build, [os.path.join(INTEGRATION, "twins.py"), "--json"], _PATIENCE_S)


def authorization(build):
    """The cells of the matrix of who may do what; a cell that is wrong fails it."""
    program = "authorization_scenarios.py"
    run = _run(build, program, [sys.executable, os.path.join(INTEGRATION, program)], _PATIENCE_S)
    told = last_json(run.stdout)
    if run.returncode != 0 or told is None:
        raise StandError(f"the matrix is not as it should be: {_last_words(run)}")
    return told


def contract(build):
    """What ./dev check-kernel found of the emulator as it is built now."""
    return _report(build, "check-kernel", os.path.join(build, "kernel", "contract.json"),
                   os.path.join("kmod-helpers", "emulator", "penstock-kfd-emulator"))


def system(build):
    """What ./dev check-system has measured with the agent as it is built now, by id."""
    records = _report(build, "check-system", os.path.join(build, "system.json"),
                      os.path.join("agent", "penstockd"))
    return {record["id"]: record["value"] for record in records}


def last_json(output):
    """The last line that is an object, or None."""
    for line in reversed(output.splitlines()):
        if line.startswith("{"):
            return json.loads(line)
    return None


def is_newer(path, than):
    return os.path.exists(path) and os.path.getmtime(path) >= os.path.getmtime(than)


def _report(build, verb, path, program):
    """The report that a verb of ./dev leaves; made again when the program is newer."""
    program = os.path.join(build, program)
    if not is_newer(path, program):
        run = _run(build, verb, [os.path.join(ROOT, "dev"), verb], _PATIENCE_S)
        if not is_newer(path, program):
            raise StandError(f"./dev {verb} left no report: {_last_words(run)}")
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def _verdict(build, command, patience_s):
    program = command[0]
    if not os.path.exists(program):
        raise StandError(f"there is no {program}")
    name = os.path.basename(program)
    run = _run(build, name, [sys.executable, *command], patience_s)
    told = last_json(run.stdout)
    if told is None:
        raise StandError(f"{program} ended with status {run.returncode} and no verdict: "
                         f"{_last_words(run)}")
    _keep(build, name, run.stdout)
    return told


def _keep(build, program, output):
    """A number of faults says nothing about what they are."""
    with open(_beside(build, program + ".json"), "w", encoding="utf-8") as file:
        file.write(output)


def _beside(build, name):
    folder = os.path.join(build, "verdicts")
    os.makedirs(folder, exist_ok=True)
    return os.path.join(folder, name)


def _last_words(run):
    return run.stderr.strip()[-400:] or "(it said nothing)"


def _run(build, program, command, patience_s):
    """Its status says whether faults were found, which is no error here. What it says meanwhile can
    be followed in a file: some take an hour."""
    with open(_beside(build, program + ".log"), "w+", encoding="utf-8") as said:
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=said, text=True,
                             timeout=patience_s, check=False, preexec_fn=bound_to_us(),
                             env=os.environ | {"PENSTOCK_BUILD": build})
        said.seek(0)
        run.stderr = said.read()
    return run

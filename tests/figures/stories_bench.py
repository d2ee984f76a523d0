# SPDX-License-Identifier: Apache-2.0
"""Stories bench: how many defences a test notices the loss of (tests/stories)."""

import json
import os
import subprocess
import sys

from child import StandError
from stand import ROOT


def measured(build):
    program = os.path.join(ROOT, "tests", "stories", "run.py")
    ran = subprocess.run([sys.executable, program], stdout=sys.stderr, check=False,
                         env=os.environ | {"PENSTOCK_BUILD": build})
    path = os.path.join(build, "stories.json")
    if not os.path.exists(path):
        raise StandError(f"{program} ended with status {ran.returncode} and left no {path}")
    with open(path, encoding="utf-8") as file:
        told = json.load(file)
    return {"service.cve_rows": len(told),
            "service.cve_rows_tested": sum(each["noticed"] for each in told)}

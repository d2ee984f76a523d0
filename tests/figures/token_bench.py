# SPDX-License-Identifier: Apache-2.0
"""Token bench: whether an exclusive lease of this machine's real memory is refused, and what cores at
once move beside one, which is why."""

import json

from child import StandError
from own_cost_bench import RealStand

SECONDS = 10
_PATIENCE_S = 60


def calibrated(stand, path, seconds=SECONDS):
    """What penstockctl calibrate says of this machine; the agent reads the same at `path`."""
    ran = stand.ctl("calibrate", f"--seconds={seconds}", f"--output={path}", "--json",
                    timeout_s=seconds + _PATIENCE_S)
    if ran.returncode != 0:
        raise StandError(f"calibrate failed: {ran.stderr.strip()}")
    return json.loads(ran.stdout)


def answered(stand, path):
    """What the agent that knows this calibration says to who asks for all of the first node."""
    stand.start_agent(f"--calibration={path}")
    stand.agent.wait_for(lambda _: stand.bus.get("/org/penstock1/memory/0", "MemoryNode",
                                                 "PeakBytesPerSecond") < 2**64 - 1, "peak")
    return stand.ctl("lease", "acquire", "dram", "1G", "--target=0", "--exclusive", "--", "true")


def refusal(build):
    """{"gain", "refused"}; nothing of either where calibration could not tell."""
    with RealStand(build) as stand:
        path = stand.path("calibration")
        gain = calibrated(stand, path)["concurrency_gains"][0]["times"]
        asked = answered(stand, path)
        if gain is None:
            return {}
        said = f"cores at once move {int(gain * 100) / 100:.2f} times what one does"
        return {"gain": gain, "refused": int(asked.returncode != 0 and said in asked.stderr)}

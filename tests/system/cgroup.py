# SPDX-License-Identifier: Apache-2.0
"""Cgroup: a control group of our own in the unified hierarchy, with which everything in it ends."""

import os
import subprocess
import time

_MOUNT = "/sys/fs/cgroup"
_PREFIX = "penstock-system-"
_PATIENCE_S = 10.0


def show_only_unified():
    """In our private mount namespace: the container finds what a system of today has."""
    subprocess.run(["umount", "--recursive", _MOUNT], check=True)
    subprocess.run(["mount", "-t", "cgroup2", "none", _MOUNT], check=True)
    for name in os.listdir(_MOUNT):  # Of runs that were killed.
        if name.startswith(_PREFIX) and not os.path.exists(f"/proc/{name[len(_PREFIX):]}"):
            Cgroup(os.path.join(_MOUNT, name)).close()


class Cgroup:
    def __init__(self, path=None):
        self.path = path or os.path.join(_MOUNT, f"{_PREFIX}{os.getpid()}")
        os.makedirs(self.path, exist_ok=True)

    def joined_by(self):
        """Words that make a command run in it, when they stand before it."""
        return ["sh", "-c", 'echo 0 >"$0/cgroup.procs" && exec "$@"', self.path]

    def _folders(self):
        return [folder for folder, _, _ in os.walk(self.path, topdown=False)]

    def _populated(self):
        with open(os.path.join(self.path, "cgroup.events"), encoding="ascii") as file:
            return "populated 1" in file.read()

    def close(self):
        """Kills what is left in it, and removes it."""
        if not os.path.isdir(self.path):
            return
        with open(os.path.join(self.path, "cgroup.kill"), "w", encoding="ascii") as file:
            file.write("1")
        deadline = time.monotonic() + _PATIENCE_S
        while self._populated() and time.monotonic() < deadline:
            time.sleep(0.02)
        for folder in self._folders():
            os.rmdir(folder)

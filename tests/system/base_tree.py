# SPDX-License-Identifier: Apache-2.0
"""Base tree: a Debian 12 with systemd, polkit and what our packages depend on, but without them.

It is made once, below the build folder, and never changed: a run lays its own files over it.
Another list of packages gives another tree.
"""

import hashlib
import os
import re
import shutil
import subprocess

from child import StandError

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_MAKER = os.path.join(ROOT, "packaging", "dev", "debian_tree.sh")
# The stricter one of Debian's buses: it forgets rules for users that it does not know yet.
_PACKAGES = ("systemd", "systemd-sysv", "dbus", "dbus-broker", "polkitd", "procps")
# The owner of what is scheduled, and a stranger.
USERS = ("alice", "bob")


def _field(deb, name):
    ran = subprocess.run(["dpkg-deb", "--field", deb, name], capture_output=True, text=True,
                         check=True)
    return ran.stdout.strip()


def _dependencies(deb):
    """Names of packages that it needs; of alternatives the first."""
    return {re.match(r"\s*([a-z0-9.+-]+)", word).group(1)
            for word in _field(deb, "Depends").split(",")} - {"default-dbus-system-bus"}


def base_tree(directory, debs):
    """The path of the tree; makes it where there is none."""
    ours = {_field(deb, "Package") for deb in debs}
    packages = sorted(set(_PACKAGES).union(*map(_dependencies, debs)) - ours)
    with open(_MAKER, "rb") as file:
        recipe = " ".join([*packages, *USERS]).encode() + file.read()
    tree = os.path.join(directory, "base-" + hashlib.sha256(recipe).hexdigest()[:16])
    if os.path.isdir(tree):
        return tree
    for name in os.listdir(directory):  # Of other recipes, or half made.
        if name.startswith("base-"):
            shutil.rmtree(os.path.join(directory, name))
    print(f"making a Debian 12 tree in {tree}", flush=True)
    half_made = tree + ".new"
    hooks = [f"--customize-hook=chroot \"$1\" useradd --create-home {user}" for user in USERS]
    try:
        made = subprocess.run([_MAKER, half_made, ",".join(packages), *hooks],
                              stdin=subprocess.DEVNULL, check=False)
        if made.returncode != 0:
            raise StandError("the Debian tree could not be made")
        os.rename(half_made, tree)
    finally:
        shutil.rmtree(half_made, ignore_errors=True)
    return tree

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""./dev check-system: the packages in a booted Debian 12, with the real systemd, bus and polkit.

Only the device is emulated. Ends with the figures that it met, which are in build/system.json too,
and with "N passed, N failed"; the exit status is 0 when nothing failed.
"""

import argparse
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path[:0] = [HERE, *(os.path.join(TESTS, folder) for folder in ("integration", "figures")),
                os.path.join(os.path.dirname(TESTS), "packaging", "quickstart")]

import access_cases  # noqa: E402: found by the line above, as those below.
import boot_cases
import booted
import cgroup
import command_cases
import death_cases
import eviction_cases
import install_cases
import isolation
import lease_cases
import package_cases
import reload_cases
import throttle_cases
from base_tree import base_tree
from child import StandError
from container import Container
from stand import build_directory

# In the order of a system's life.
MODULES = (install_cases, access_cases, command_cases, reload_cases, death_cases, lease_cases,
           throttle_cases, eviction_cases, boot_cases, package_cases)


def packages(folder):
    debs = [deb for deb in sorted(glob.glob(os.path.join(folder, "*.deb"))) if "dbgsym" not in deb]
    if not debs:
        raise StandError(f"there are no packages in {folder}; run ./dev package")
    return debs


def with_later_version(deb, folder):
    """A copy that differs by its version only, as an upgrade to try."""
    tree = os.path.join(folder, "tree")
    subprocess.run(["dpkg-deb", "--raw-extract", deb, tree], check=True)
    control = os.path.join(tree, "DEBIAN", "control")
    with open(control, encoding="utf-8") as file:
        text = file.read()
    version = next(line.split()[1] for line in text.splitlines() if line.startswith("Version:"))
    with open(control, "w", encoding="utf-8") as file:
        file.write(text.replace(version, version + "+upgrade1"))
    subprocess.run(["dpkg-deb", "--build", "--root-owner-group", "-Znone", tree, folder],
                   check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(tree)


def put_packages(container, debs):
    for name in ("debs", "upgrade"):
        os.makedirs(container.root + f"/root/{name}")
    for deb in debs:
        shutil.copy(deb, container.root + "/root/debs")
        with_later_version(deb, container.root + "/root/upgrade")


def cases_of(module, wanted):
    """In the order in which they are written: some need what others leave."""
    for case in vars(module).values():
        if isinstance(case, type) and issubclass(case, booted.Case) and case is not booted.Case:
            names = [name for name in vars(case) if name.startswith("test_")]
            yield from (case(name) for name in names
                        if not wanted or any(word in f"{case.__name__}.{name}" for word in wanted))


def run_cases(wanted):
    """The result of all cases; what fails first says what failed."""
    suite = unittest.TestSuite(case for module in MODULES for case in cases_of(module, wanted))
    return unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)


def write_figures(path):
    records = [{"id": name, "value": value, "unit": unit}
               for name, (value, unit) in sorted(booted.Case.figures.items())]
    for record in records:
        print(f"{record['id']}: {record['value']:.4g} {record['unit']}")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(records, file, indent=2)
        file.write("\n")


def end_in_order(number, _frame):
    raise KeyboardInterrupt(f"signal {number}")


def check(build, wanted):
    """Boots, installs and tries; returns the counts (passed, failed)."""
    folder = os.path.join(build, "system")
    os.makedirs(folder, exist_ok=True)
    debs = packages(os.path.join(build, "package"))
    base = base_tree(folder, debs)
    cgroup.show_only_unified()
    scratch = os.path.join(folder, "run")
    with Container(base, scratch) as container:
        put_packages(container, debs)
        container.boot()
        print("booted; installing the packages", flush=True)
        container.must("sh", "-c", "dpkg --install /root/debs/*.deb", timeout_s=180)
        booted.Case.system = booted.System(container)
        result = run_cases(wanted)
    failed = len(result.failures) + len(result.errors)
    return result.testsRun - failed, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default=build_directory(), help="where the packages were built")
    parser.add_argument("only", nargs="*", help="words in the names of the cases to run")
    options = parser.parse_args()
    isolation.require_root()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end_in_order)
    isolation.enter_private_mounts()
    try:
        passed, failed = check(os.path.abspath(options.build), options.only)
    except StandError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("interrupted; everything that was started has ended")
    if not options.only:
        write_figures(os.path.join(options.build, "system.json"))
    print(f"{passed} passed, {failed} failed")
    sys.exit(bool(failed or not passed))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""./dev check-kernel: the emulator's contract, and our BPF programs, against the real driver.

Boots Debian's 6.12 kernel in an emulated machine, loads its amdgpu module, and there calls
/dev/kfd in every way that needs no device; the emulator gets the same calls here. Every difference
fails that tests/kernel/exceptions.txt does not excuse. Leaves build/kernel/contract.json.
"""

import json
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../packaging/quickstart"))

import compare  # noqa: E402: found by the line above, as those below.
import initramfs
import isolation
import kernel_package
import virtual_machine
from child import Child, StandError
from stand import build_directory

EMULATED_KERNEL = "6.12.117"
GUEST_PATIENCE_S = 240.0
PROBE_PATIENCE_S = 90.0


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def in_guest(kernel, directory, programs):
    """What the real driver said, and how the hooks did: (text, results)."""
    modules = os.path.join(directory, "modules")
    kernel_package.write_modules(kernel, ["amdgpu"], modules)
    archive = os.path.join(directory, "initramfs")
    with open(archive, "wb") as file:
        file.write(initramfs.build(kernel))
    # Left for a look afterwards, and made anew each time.
    out = os.path.join(directory, "guest")
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    status = virtual_machine.run(
        kernel, archive, out,
        [os.path.join(HERE, "guest_checks.sh"), modules, programs], GUEST_PATIENCE_S)
    if status != 0:
        raise virtual_machine.GuestError(
            f"the checks ended with status {status}: {virtual_machine.last_words(out)}")
    return read(os.path.join(out, "contract.txt")), hook_results(out)


def hook_results(out):
    """[(name, passed)]; a crash leaves no list, and then its text says why."""
    path = os.path.join(out, "hooks.json")
    if not os.path.exists(path):
        raise virtual_machine.GuestError(f"hooks_probe left no results:\n"
                                         f"{read(os.path.join(out, 'hooks.txt'))}")
    report = json.loads(read(path))
    results = [(case["name"].replace("_", " "), not case.get("failures"))
               for suite in report["testsuites"] for case in suite["testsuite"]]
    if not all(passed for _, passed in results):
        print(read(os.path.join(out, "hooks.txt")))
    return results


def on_emulator(build, directory, programs):
    """What the emulator said, with no device in its machine either."""
    isolation.enter_private_mounts()
    scratch = os.path.join(directory, "emulated")
    isolation.mount_scratch(scratch)
    mount = os.path.join(scratch, "device")
    os.makedirs(mount)
    emulator = Child("emulator",
                     [os.path.join(build, "kmod-helpers/emulator/penstock-kfd-emulator"),
                      f"--mount={mount}", "--preset=bare", f"--kernel={EMULATED_KERNEL}"], scratch)
    try:
        emulator.wait_for(lambda child: "ready" in child.output(), "sign of readiness")
        probe = Child("probe", [os.path.join(programs, "contract_probe"), f"{mount}/kfd"], scratch)
        try:
            if probe.wait(PROBE_PATIENCE_S) != 0:
                raise StandError(f"the probe failed: {probe.last_words()}")
        finally:
            probe.kill()
        return probe.output()
    finally:
        emulator.kill()
        isolation.unmount(mount)
        isolation.unmount(scratch)


def show(verdict, hooks, release):
    for name, (real, emulated) in verdict.differences.items():
        print(f"differs: {name}: the kernel says '{real}', the emulator '{emulated}'")
    for name in verdict.stale:
        print(f"stale: {name} is listed as an exception, but does not differ")
    for name, passed in hooks:
        print(f"{'pass' if passed else 'FAIL'}: {name}")
    print(f"\nAgainst the amdgpu module of Linux {release}, without a device:\n")
    rows = (("calls compared", verdict.calls), ("differences", len(verdict.differences)),
            ("listed exceptions", verdict.exceptions), ("stale exceptions", len(verdict.stale)),
            ("BPF checks passed", sum(passed for _, passed in hooks)),
            ("BPF checks failed", sum(not passed for _, passed in hooks)))
    for name, value in rows:
        print(f"  {name:<20}{value:>6}")


def main():
    isolation.require_root()
    build = build_directory()
    directory = os.path.join(build, "kernel")
    programs = os.path.join(build, "tests/kernel")
    os.makedirs(directory, exist_ok=True)
    try:
        kernel = kernel_package.fetch(directory)
        real, hooks = in_guest(kernel, directory, programs)
        emulated = on_emulator(build, directory, programs)
        verdict = compare.compare(
            compare.outcomes(real), compare.outcomes(emulated),
            compare.listed_exceptions(read(os.path.join(HERE, "exceptions.txt"))))
    except (kernel_package.KernelError, virtual_machine.GuestError, StandError,
            compare.ExceptionError) as error:
        sys.exit(f"check-kernel: {error}")
    for name, text in (("real.txt", real), ("emulated.txt", emulated)):
        with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
            file.write(text)
    with open(os.path.join(directory, "contract.json"), "w", encoding="utf-8") as file:
        json.dump({"calls": verdict.calls, "differences": len(verdict.differences),
                   "exceptions": verdict.exceptions}, file)
        file.write("\n")
    show(verdict, hooks, kernel.release)
    sys.exit(not verdict.holds or not hooks or not all(passed for _, passed in hooks))


if __name__ == "__main__":
    main()

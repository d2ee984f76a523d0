# SPDX-License-Identifier: Apache-2.0
"""A guest that runs one program on the host's own files, under another kernel, emulated by qemu.

One processor: under emulation, kernel code that is patched while another processor runs it (which
attaching BPF does) can crash the guest.
"""

import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "../../packaging/quickstart"))

from isolation import bound_to_us  # noqa: E402: found by the line above.

MEMORY_MIB = 2048
TRANSPORT = "security_model=none,multidevs=remap"


class GuestError(Exception):
    """A sentence for a person, with what the guest said last."""


def command(kernel, archive, out, program):
    # The kernel passes to /init what follows "--", a word for a word: no path may hold a space.
    words = " ".join(["console=ttyS0", "panic=-1", "loglevel=4", "--", *program])
    return ["qemu-system-x86_64", "-accel", "tcg,thread=multi,tb-size=512", "-cpu", "max",
            "-m", str(MEMORY_MIB), "-smp", "1", "-nographic", "-nodefaults", "-no-reboot",
            "-serial", "stdio", "-kernel", kernel.image, "-initrd", archive, "-append", words,
            "-virtfs", f"local,path=/,mount_tag=hostroot,readonly=on,{TRANSPORT}",
            "-virtfs", f"local,path={out},mount_tag=out,{TRANSPORT}"]


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def run(kernel, archive, out, program, patience_s):
    """Boots, runs the program (a list of words) and returns its exit status.

    What it wrote to /out is in the folder `out`, beside the console's text.
    """
    console = os.path.join(out, "console.txt")
    began = time.monotonic()
    with open(console, "wb") as output:
        machine = subprocess.Popen(command(kernel, archive, out, program),
                                   stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=subprocess.STDOUT, preexec_fn=bound_to_us())
    try:
        machine.wait(patience_s)
    except subprocess.TimeoutExpired:
        raise GuestError(f"the guest did not end within {patience_s:g} s; it said:\n"
                         f"{last_words(out)}") from None
    finally:
        machine.kill()
        machine.wait()
    status = read(os.path.join(out, "status")).strip()
    if not status.isdecimal():
        raise GuestError(f"the guest ended without a result; it said:\n{last_words(out)}")
    print(f"The guest ran for {time.monotonic() - began:.0f} s", flush=True)
    return int(status)


def last_words(out):
    said = read(os.path.join(out, "console.txt")) + read(os.path.join(out, "checks.txt"))
    return "\n".join(said.splitlines()[-20:])

# SPDX-License-Identifier: Apache-2.0
"""The kernel under test: Debian 12's newest 6.12, fetched with apt and unpacked, never installed."""

import glob
import lzma
import os
import re
import shutil
import subprocess

PACKAGE = re.compile(r"^linux-image-6\.12\.(\d+)\+deb12-amd64$")
DEPENDS = re.compile(rb"\0depends=([^\0]*)\0")
# Enough to mount the host's root: everything else comes from there.
BOOT_MODULES = ("9pnet_virtio", "9p", "overlay", "virtio_pci")


class KernelError(Exception):
    """A sentence for a person: what could not be had."""


def apt(*arguments, directory=None):
    ran = subprocess.run(arguments, cwd=directory, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise KernelError(f"{' '.join(arguments)}: {ran.stderr.strip()}")
    return ran.stdout


def newest_package():
    """The name of the newest such package that the machine's apt sources offer."""
    found = {int(PACKAGE.match(name).group(1)): name
             for name in apt("apt-cache", "pkgnames", "linux-image-6.12.").split()
             if PACKAGE.match(name)}
    if not found:
        raise KernelError("apt knows no linux-image-6.12.*+deb12-amd64; it is in bookworm-security "
                          "(try apt-get update)")
    return found[max(found)]


class Kernel:
    """An unpacked kernel package, with its modules as plain files in the order to load them."""

    def __init__(self, directory, package):
        self.directory = directory
        self.release = package.removeprefix("linux-image-")
        self._modules = {os.path.basename(path).split(".ko")[0].replace("-", "_"): path
                         for path in glob.glob(f"{directory}/lib/modules/*/kernel/**/*.ko*",
                                               recursive=True)}

    @property
    def image(self):
        return os.path.join(self.directory, "boot", f"vmlinuz-{self.release}")

    def module(self, name):
        """The bytes of a module, or None for one that is built in."""
        path = self._modules.get(name.replace("-", "_"))
        if path is None:
            return None
        with open(path, "rb") as file:
            packed = file.read()
        return lzma.decompress(packed) if path.endswith(".xz") else packed

    def with_dependencies(self, names):
        """{module: bytes} of these modules and all they need, in the order to load them."""
        ordered = {}

        def add(name):
            code = None if name in ordered else self.module(name)
            if code is None:
                return
            needs = DEPENDS.search(code)
            for needed in needs.group(1).decode().split(",") if needs else ():
                add(needed)
            ordered[name] = code

        for name in names:
            add(name)
        return ordered


def fetch(directory):
    """The kernel, from the folder where an earlier run put it, or from the archive."""
    package = newest_package()
    unpacked = os.path.join(directory, package)
    if not os.path.isdir(unpacked):
        print(f"Fetching {package} (about 100 MB)", flush=True)
        half_done = unpacked + ".partial"
        shutil.rmtree(half_done, ignore_errors=True)
        os.makedirs(half_done)
        apt("apt-get", "download", "-q", package, directory=half_done)
        archive, = glob.glob(os.path.join(half_done, "*.deb"))
        apt("dpkg", "-x", archive, half_done)
        os.unlink(archive)
        os.rename(half_done, unpacked)  # Whole or not at all: an interrupted run leaves no half.
    return Kernel(unpacked, package)


def write_modules(kernel, names, directory):
    """Plain module files named so that their sorted order is the order to load them."""
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    for place, (name, code) in enumerate(kernel.with_dependencies(names).items()):
        with open(os.path.join(directory, f"{place:02}-{name}.ko"), "wb") as file:
            file.write(code)

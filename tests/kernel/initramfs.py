# SPDX-License-Identifier: Apache-2.0
"""The guest's first file system: busybox, the modules that reach the host's root, and /init."""

import os
import stat

from kernel_package import BOOT_MODULES

BUSYBOX = "/usr/bin/busybox"
INIT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "guest_init.sh")
FOLDERS = ("bin", "modules", "proc", "sys", "dev", "host", "overlay", "root2")


def entry(name, mode, content=b""):
    """One member of a cpio archive in the format 'newc', which the kernel unpacks."""
    encoded = name.encode() + b"\0"
    fields = (0, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(encoded), 0)
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + encoded
    return padded(head) + padded(content)


def padded(raw):
    return raw + b"\0" * (-len(raw) % 4)


def build(kernel):
    """The archive's bytes."""
    parts = [entry(folder, stat.S_IFDIR | 0o755) for folder in FOLDERS]
    for name, source in (("init", INIT), ("bin/busybox", BUSYBOX)):
        with open(source, "rb") as file:
            parts.append(entry(name, stat.S_IFREG | 0o755, file.read()))
    for place, (name, code) in enumerate(kernel.with_dependencies(BOOT_MODULES).items()):
        parts.append(entry(f"modules/{place:02}-{name}.ko", stat.S_IFREG | 0o644, code))
    return b"".join(parts) + entry("TRAILER!!!", 0)

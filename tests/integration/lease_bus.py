# SPDX-License-Identifier: Apache-2.0
"""Lease bus: asks for leases of bandwidth over one open connection."""

import os
import struct

import scenario  # First: it says where the modules below are.

from bus import MANAGER
from descriptor_bus import DescriptorBus

GIGA = 10**9


class Lease:
    def __init__(self, number, path, granted):
        self.number, self.path, self.granted = number, path, granted

    def close(self):
        if self.number is not None:
            os.close(self.number)
            self.number = None


class LeaseBus(DescriptorBus):
    def acquire(self, rate, resource="dram", target="/", **options):
        """Options as AcquireLease has them, such as wait_usec=1000; Refused with the sentence."""
        body = bytearray()
        _append_text(body, resource)
        _append_text(body, target)
        _append_number(body, rate)
        append_options(body, {name.replace("_", "-"): value for name, value in options.items()})
        number = self.ask_for_one("AcquireLease", "sota{sv}", body)
        length = struct.unpack_from("<I", self.body, 4)[0]
        path = self.body[8:8 + length].decode()
        granted = struct.unpack_from("<Q", self.body, (8 + length + 1 + 7) // 8 * 8)[0]
        return Lease(number, path, granted)

    def leased(self, node=0):
        return self.get(f"{MANAGER}/memory/{node}", "MemoryNode", "LeasedBytesPerSecond")

    def leases(self):
        return self.get(MANAGER, "Manager", "NLeases")

    def release(self, lease):
        self.call(lease.path, "org.penstock1.Lease", "Release")


def _pad(body, alignment):
    body += bytes(-len(body) % alignment)


def _append_text(body, text):
    _pad(body, 4)
    body += struct.pack("<I", len(text.encode())) + text.encode() + b"\0"


def _append_number(body, number):
    _pad(body, 8)
    body += struct.pack("<Q", number)


def append_options(body, options):
    """An a{sv}: its length does not count what fills up to the first entry."""
    _pad(body, 4)
    length_at = len(body)
    body += bytes(4)
    _pad(body, 8)
    start = len(body)
    for name, value in options.items():
        _pad(body, 8)
        _append_text(body, name)
        if isinstance(value, bool):
            body += b"\x01b\0"
            _pad(body, 4)
            body += struct.pack("<I", value)
        elif isinstance(value, int):
            body += b"\x01t\0"
            _append_number(body, value)
        else:
            body += b"\x01s\0"
            _append_text(body, value)
    struct.pack_into("<I", body, length_at, len(body) - start)

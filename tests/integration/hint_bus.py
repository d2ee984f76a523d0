# SPDX-License-Identifier: Apache-2.0
"""Hint bus: registers processes by their descriptors, and writes the pages that they are given."""

import mmap
import os
import socket
import struct

import scenario  # First: it says where the modules below are.

import bus_client
from lease_bus import LeaseBus, append_options

_SIZE = 4096  # As penstock/hint.h has it, like the places below.
_PLACES = {"magic": (0, "<I"), "progress": (64, "<Q"), "unit": (72, "<I"), "phase": (76, "<I"),
           "next_bytes": (80, "<Q"), "batch": (88, "<I")}
TOKENS, DECODE = 1, 4


class HintBus(LeaseBus):
    def register(self, descriptor, **terms):
        """The page of the process behind the descriptor; Refused with the sentence."""
        body = bytearray(4)  # The first of the descriptors that go with it.
        append_options(body, terms)
        self._passed = descriptor
        try:
            return Page(self.ask_for_one("RegisterSelf", "ha{sv}", body))
        finally:
            self._passed = None

    _passed = None

    def _call(self, destination, path, interface, member, signature="", body=b""):
        if self._passed is None:
            return super()._call(destination, path, interface, member, signature, body)
        self._serial += 1
        fields = bytearray(bus_client._encoded_fields(
            [(1, "o", path), (2, "s", interface), (3, "s", member), (6, "s", destination),
             (8, "g", signature)]))
        fields += bytes(-(len(fields) - 4) % 8) + b"\x09\x01u\0" + struct.pack("<I", 1)
        struct.pack_into("<I", fields, 0, len(fields) - 4)
        message = struct.pack("<BBBBII", ord("l"), 1, 0, 1, len(body), self._serial) + fields
        message += bytes(-len(message) % 8) + body
        socket.send_fds(self._socket, [message], [self._passed])
        self._take_reply(self._serial)
        return None


class Page:
    """As its process has it."""

    def __init__(self, number):
        self.number = number
        self._memory = mmap.mmap(number, _SIZE)

    def close(self):
        self._memory.close()
        os.close(self.number)

    def read(self, field):
        place, form = _PLACES[field]
        return struct.unpack_from(form, self._memory, place)[0]

    def write(self, **fields):
        for field, value in fields.items():
            place, form = _PLACES[field]
            struct.pack_into(form, self._memory, place, value)

    def fill(self, byte):
        self._memory[:] = bytes([byte]) * _SIZE

# SPDX-License-Identifier: Apache-2.0
"""Round trip: how long the bus and the agent take to answer, with as little of ours as can be.

A client that builds each message anew and takes it apart in pieces would measure mostly itself. So a
first request is watched, and what it sent is sent again.
"""

import struct
import time

from quick_bus import QuickBus

_SERIAL_AT = 8
_TYPE_AT = 1
_METHOD_RETURN = 2
_MOST_BYTES = 4096  # More than any answer has that is measured.


class _Watched:
    """A socket, and what was last sent over it."""

    def __init__(self, socket):
        self._socket = socket
        self.sent = b""

    def sendall(self, data):
        self.sent = bytes(data)
        self._socket.sendall(data)

    def __getattr__(self, name):
        return getattr(self._socket, name)


class RoundTripBus(QuickBus):
    def round_trips_us(self, path, interface, name, count):
        """Microseconds of `count` requests for a property."""
        plain = self._socket
        self._socket = watched = _Watched(plain)
        self.get(path, interface, name)
        self._socket = plain
        request = bytearray(watched.sent)
        serial = struct.unpack_from("<I", request, _SERIAL_AT)[0]
        spans = []
        for number in range(1, count + 1):
            struct.pack_into("<I", request, _SERIAL_AT, serial + number)
            start = time.monotonic_ns()
            plain.sendall(request)
            answer = plain.recv(_MOST_BYTES)
            spans.append((time.monotonic_ns() - start) / 1000)
            if answer[_TYPE_AT] != _METHOD_RETURN:
                raise ConnectionError(f"not an answer: {answer[:16]!r}")
        return spans

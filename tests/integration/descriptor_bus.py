# SPDX-License-Identifier: Apache-2.0
"""Descriptor bus: requests that the agent answers with a descriptor, and what is read from it."""

import json
import os
import select
import socket
import struct
import time

import scenario  # First: it says where the modules below are.

from bus import MANAGER, NAME
from quick_bus import QuickBus, Refused

MOST_DESCRIPTORS = 8  # Of one answer.


class DescriptorBus(QuickBus):
    def __init__(self, address, uid=0):
        """As this user, whom the bus sees when we connect."""
        self._descriptors = []
        os.seteuid(uid)
        try:
            super().__init__(address)
        finally:
            os.seteuid(0)

    def open_stream(self, interval_usec, form="jsonl"):
        encoded = form.encode()
        body = bytearray(struct.pack("<I", len(encoded)) + encoded + b"\0")
        body += bytes(-len(body) % 8) + struct.pack("<Q", interval_usec)
        body += bytes(8)  # No options: the length of an empty array, and what fills it up.
        return self.ask_for_one("OpenMetricsStream", "sta{sv}", body)

    def dump(self):
        with open(self.ask_for_one("DumpState"), encoding="ascii") as file:
            return file.read()

    def dump_file(self):
        return self.ask_for_one("DumpState")

    def ask_for_one(self, member, signature="", body=b""):
        try:
            self._call(NAME, MANAGER, f"{NAME}.Manager", member, signature, body)
        except ConnectionError as error:
            if "the call failed" in str(error):
                raise Refused(str(error)) from None
            raise
        return self._descriptors.pop()

    def _authenticate(self):
        identity = str(os.geteuid()).encode().hex()
        self._socket.sendall(b"\0AUTH EXTERNAL " + identity.encode()
                             + b"\r\nNEGOTIATE_UNIX_FD\r\n")
        answer = b""
        while answer.count(b"\r\n") < 2:
            piece = self._socket.recv(256)
            answer += piece
            if not piece or b"REJECTED" in answer or b"ERROR" in answer:
                raise ConnectionError(f"the bus refused us: {answer!r}")
        self._socket.sendall(b"BEGIN\r\n")

    def _exactly(self, count):
        data = b""
        while len(data) < count:
            piece, descriptors, _, _ = socket.recv_fds(
                self._socket, count - len(data), MOST_DESCRIPTORS, socket.MSG_CMSG_CLOEXEC)
            self._descriptors += descriptors
            if not piece:
                raise ConnectionError("the bus hung up")
            data += piece
        return data


class Reader:
    """Of a stream: its lines, as objects."""

    def __init__(self, number):
        self._number = number
        self._rest = b""

    def close(self):
        if self._number is not None:
            os.close(self._number)
            self._number = None

    def lines(self, count, timeout_s=20):
        """The next ones; fewer where the stream ends or nothing more comes in time."""
        found = []
        until = time.monotonic() + timeout_s
        while len(found) < count:
            line, end, self._rest = self._rest.partition(b"\n")
            if end:
                found.append(json.loads(line))
                continue
            self._rest = line
            piece = self._piece(until)
            if not piece:
                break
            self._rest += piece
        return found

    def has_ended(self, timeout_s=20):
        until = time.monotonic() + timeout_s
        while True:
            piece = self._piece(until)
            if not piece:
                return piece == b""

    def _piece(self, until):
        """b"" at the end of the stream, None when it is too late."""
        ready, _, _ = select.select([self._number], [], [], max(until - time.monotonic(), 0))
        return os.read(self._number, 65536) if ready else None

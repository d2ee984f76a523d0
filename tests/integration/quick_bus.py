# SPDX-License-Identifier: Apache-2.0
"""Quick bus: requests to the agent over one open connection, for tests that make thousands."""

import struct

import scenario  # First: it says where the modules below are.

import bus_client
from bus import MANAGER, NAME, process_path

_PROPERTIES = "org.freedesktop.DBus.Properties"
_PACKED = {"i": "<i", "u": "<I", "b": "<I", "t": "<Q"}
_TEXT = ("s", "o")


class Refused(Exception):
    """The agent's sentence, or the bus' when there is no agent."""


class QuickBus(bus_client.BusClient):
    """One connection; what it raises as ConnectionError means that the bus itself is gone."""

    def __init__(self, address, patience_s=30):
        super().__init__(address)
        self._socket.settimeout(patience_s)

    def close(self):
        self.__exit__()

    def call(self, path, interface, member, signature="", *values):
        body = bytearray()
        for kind, value in zip(signature, values):
            _append(body, kind, value)
        try:
            self._call(NAME, path, interface, member, signature, body)
        except ConnectionError as error:
            if "the call failed" in str(error):
                raise Refused(str(error)) from None
            raise

    def set(self, path, interface, name, kind, value):
        body = bytearray()
        _append(body, "s", f"{NAME}.{interface}")
        _append(body, "s", name)
        body += bytes([1]) + kind.encode() + b"\0"
        _append(body, kind, value)
        try:
            self._call(NAME, path, _PROPERTIES, "Set", "ssv", body)
        except ConnectionError as error:
            if "the call failed" in str(error):
                raise Refused(str(error)) from None
            raise

    def get(self, path, interface, name):
        """A property whose type is a string, a number or a boolean."""
        self.call(path, _PROPERTIES, "Get", "ss", f"{NAME}.{interface}", name)
        kind = chr(self.body[1])
        if kind in _TEXT:
            length = struct.unpack_from("<I", self.body, 4)[0]
            return self.body[8:8 + length].decode()
        form = _PACKED[kind]
        at = -(-3 // struct.calcsize(form)) * struct.calcsize(form)
        return struct.unpack_from(form, self.body, at)[0]

    def _take_reply(self, serial):
        """As inherited, and keeps the body of the answer."""
        take = self._exactly
        pieces = []
        self._exactly = lambda count: pieces.append(take(count)) or pieces[-1]
        try:
            super()._take_reply(serial)
        finally:
            del self._exactly
        self.body = pieces[-1]

    # What tests ask for most.

    def level(self, pid):
        try:
            return self.get(process_path(pid), "Process", "PreemptionLevel")
        except Refused:
            return "none"

    def knows(self, pid):
        try:
            return bool(self.get(process_path(pid), "Process", "Id"))
        except Refused:
            return False

    def suspended(self):
        return self.get(MANAGER, "Manager", "NQueuesSuspended")

    def hold(self, pid, microseconds):
        """An operator's Preempt."""
        self.call(process_path(pid), f"{NAME}.Process", "Preempt", "ts", microseconds, "a test")

    def resume(self, pid):
        self.call(process_path(pid), f"{NAME}.Process", "Resume")

    def hold_queue(self, pid, gpu_id, queue, microseconds):
        self.call(process_path(pid), f"{NAME}.Process", "PreemptQueue", "uuts", gpu_id, queue,
                  microseconds, "a test")

    def resume_queue(self, pid, gpu_id, queue):
        self.call(process_path(pid), f"{NAME}.Process", "ResumeQueue", "uu", gpu_id, queue)

    def set_priority(self, pid, priority):
        self.set(process_path(pid), "Process", "Priority", "i", priority)

    def enable_preemption(self, enabled):
        self.set(MANAGER, "Manager", "PreemptionEnabled", "b", int(enabled))


def _append(body, kind, value):
    if kind in _TEXT:
        body += bytes(-len(body) % 4)
        encoded = value.encode()
        body += struct.pack("<I", len(encoded)) + encoded + b"\0"
        return
    form = _PACKED[kind]
    body += bytes(-len(body) % struct.calcsize(form))
    body += struct.pack(form, value)

# SPDX-License-Identifier: Apache-2.0
"""BusClient: makes D-Bus calls over a socket that is open already, and says when it sent them.

busctl is a program to start, and its start would be most of what is measured. This client speaks
just enough of the protocol for one call at a time.
"""

import os
import socket
import struct
import time

_METHOD_CALL, _METHOD_RETURN, _ERROR = 1, 2, 3
_PATH, _INTERFACE, _MEMBER, _REPLY_SERIAL, _DESTINATION, _SIGNATURE = 1, 2, 3, 5, 6, 8
_FIXED_BYTES = 16


class BusClient:
    def __init__(self, address):
        kind, _, name = address.partition("=")
        path = "\0" + name if kind == "unix:abstract" else name
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(5)
        self._socket.connect(path)
        self._serial = 0
        self._authenticate()
        self._call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def set_int_property(self, destination, path, interface, name, value):
        """CLOCK_MONOTONIC ns just before the call was sent, and when its answer was there."""
        body = bytearray()
        _append_string(body, interface)
        _append_string(body, name)
        _append_signature(body, "i")
        _pad(body, 4)
        body += struct.pack("<i", value)
        return self._call(destination, path, "org.freedesktop.DBus.Properties", "Set", "ssv", body)

    def preempt(self, destination, path, interface, max_usec, reason):
        """The same for Process.Preempt."""
        body = bytearray(struct.pack("<Q", max_usec))
        _append_string(body, reason)
        return self._call(destination, path, interface, "Preempt", "ts", body)

    def get_process(self, pid):
        """The same for Manager.GetProcess."""
        return self._call("org.penstock1", "/org/penstock1", "org.penstock1.Manager", "GetProcess",
                          "u", struct.pack("<I", pid))

    def _authenticate(self):
        identity = str(os.geteuid()).encode().hex()
        self._socket.sendall(b"\0AUTH EXTERNAL " + identity.encode() + b"\r\n")
        answer = self._socket.recv(256)
        if not answer.startswith(b"OK "):
            raise ConnectionError(f"the bus refused us: {answer!r}")
        self._socket.sendall(b"BEGIN\r\n")

    def _call(self, destination, path, interface, member, signature="", body=b""):
        self._serial += 1
        fields = [(_PATH, "o", path), (_INTERFACE, "s", interface), (_MEMBER, "s", member),
                  (_DESTINATION, "s", destination)]
        if signature:
            fields.append((_SIGNATURE, "g", signature))
        message = bytearray(struct.pack("<BBBBII", ord("l"), _METHOD_CALL, 0, 1, len(body),
                                        self._serial))
        message += _encoded_fields(fields)
        _pad(message, 8)
        message += body
        sent_ns = time.monotonic_ns()
        self._socket.sendall(message)
        self._take_reply(self._serial)
        return sent_ns, time.monotonic_ns()

    def _take_reply(self, serial):
        while True:
            fixed = self._exactly(_FIXED_BYTES)
            body_bytes, _, fields_bytes = struct.unpack_from("<III", fixed, 4)
            fields = self._exactly((fields_bytes + 7) // 8 * 8)
            body = self._exactly(body_bytes)
            if _reply_serial(fields[:fields_bytes]) != serial:
                continue  # A signal, such as NameAcquired.
            if fixed[1] == _ERROR:
                raise ConnectionError(f"the call failed: {body[4:-1].decode(errors='replace')}")
            if fixed[1] == _METHOD_RETURN:
                return

    def _exactly(self, count):
        data = b""
        while len(data) < count:
            piece = self._socket.recv(count - len(data))
            if not piece:
                raise ConnectionError("the bus hung up")
            data += piece
        return data


def _pad(buffer, alignment):
    buffer += bytes(-len(buffer) % alignment)


def _append_string(buffer, text):
    _pad(buffer, 4)
    encoded = text.encode()
    buffer += struct.pack("<I", len(encoded)) + encoded + b"\0"


def _append_signature(buffer, signature):
    buffer += bytes([len(signature)]) + signature.encode() + b"\0"


def _encoded_fields(fields):
    """The header's array of (code, variant); it starts at a multiple of 8, after its length."""
    array = bytearray()
    for code, kind, value in fields:
        _pad(array, 8)
        array.append(code)
        _append_signature(array, kind)
        if kind == "g":
            _append_signature(array, value)
        else:
            _append_string(array, value)
    return struct.pack("<I", len(array)) + bytes(array)


def _reply_serial(fields):
    """The serial a message answers, or None. Every field is a string, a signature or a uint32."""
    at = 0
    while at < len(fields):
        at += -at % 8
        code, kind = fields[at], chr(fields[at + 2])
        at += 4
        if kind == "g":
            at += fields[at] + 2
            continue
        at += -at % 4
        number = struct.unpack_from("<I", fields, at)[0]
        at += 4
        if code == _REPLY_SERIAL:
            return number
        if kind in "so":
            at += number + 1
    return None

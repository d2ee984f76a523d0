# SPDX-License-Identifier: Apache-2.0
"""OrderDesk: a test in the place of agent and gate, which gives a cooperating client its orders."""

import os
import select
import socket
import struct

MAGIC = 0x4B545350
VERSION = 1
ALL_QUEUES = 0xFFFFFFFF
OWN_PRIORITY = 255
SUSPEND, RESUME, LIMIT_LAUNCHES, SET_PRIORITY, SET_UNITS = range(1, 6)

_HELLO = struct.Struct("<IIHHI32s16x")
_WELCOME = struct.Struct("<IHHI20x")
_REFUSED = struct.Struct("<Ii224s")
_ORDER = struct.Struct("<8I")
_DONE = struct.Struct("<IIiI16x")
_TYPES = {"hello": 1, "welcome": 2, "refused": 3, "order": 4, "done": 5}
_LONGEST = 256


class ProtocolError(Exception):
    """A sentence about what the other end should have said."""


def hello(oldest=VERSION, newest=VERSION, magic=MAGIC, abilities=0xF):
    return _HELLO.pack(_TYPES["hello"], magic, oldest, newest, abilities, b"a test")


def answer_to_hello(path, packet, timeout_s=5.0):
    """Connects to an agent, says `packet`, and returns None when welcome, else the reason."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
        connection.settimeout(timeout_s)
        connection.connect(path)
        connection.send(packet)
        answer = connection.recv(_LONGEST)
        if len(answer) == _WELCOME.size:
            return None
        kind, _, reason = _REFUSED.unpack(answer)
        if kind != _TYPES["refused"]:
            raise ProtocolError(f"an answer of type {kind}")
        return reason.partition(b"\0")[0].decode("ascii")


class OrderDesk:
    """Listens, and keeps one client that has connected."""

    def __init__(self, path):
        self.path = path
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(path)
        self.listener.listen(4)
        self.connection = None
        self.abilities = None
        self.serial = 0

    def close(self):
        self.hang_up()
        self.listener.close()
        os.unlink(self.path)

    def hang_up(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def receive_client(self, timeout_s=10.0):
        self.listener.settimeout(timeout_s)
        self.connection, _ = self.listener.accept()
        self.connection.settimeout(timeout_s)
        kind, magic, *_, self.abilities, _ = _HELLO.unpack(self.connection.recv(_LONGEST))
        if (kind, magic) != (_TYPES["hello"], MAGIC):
            raise ProtocolError(f"a hello of type {kind} and magic number {magic:#x}")
        self.connection.send(_WELCOME.pack(_TYPES["welcome"], VERSION, 0, 100))

    def send(self, verb, gpu, value=0, count=0):
        self.serial += 1
        self.connection.send(_ORDER.pack(_TYPES["order"], self.serial, verb, gpu, ALL_QUEUES,
                                         value, count, 0))

    def order(self, verb, gpu, value=0, count=0):
        """Returns (errno, queues reached) of the answer."""
        self.send(verb, gpu, value, count)
        kind, serial, error, reached = _DONE.unpack(self.connection.recv(_LONGEST))
        if (kind, serial) != (_TYPES["done"], self.serial):
            raise ProtocolError(f"an answer of type {kind} to order {serial}")
        return error, reached

    def answered_within(self, timeout_s):
        readable, _, _ = select.select([self.connection], [], [], timeout_s)
        return bool(readable)

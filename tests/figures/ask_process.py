# SPDX-License-Identifier: Apache-2.0
"""Ask process: how many milliseconds each of N GetProcess over one connection takes, as JSON.

usage: ask_process.py ADDRESS PID N       The address is that of an abstract socket. It stands alone,
because a user who may not read this folder gets it on standard input.
"""

import json
import os
import socket
import struct
import sys
import time


def string(text):
    encoded = text.encode()
    return struct.pack("<I", len(encoded)) + encoded + b"\0"


def padded(data, to):
    return data + bytes(-len(data) % to)


def call(serial, destination, path, interface, member, signature=b"", body=b""):
    fields = b""
    for code, kind, value in ((1, b"o", path), (2, b"s", interface), (3, b"s", member),
                              (6, b"s", destination)):
        fields = padded(fields, 8) + bytes([code, 1]) + kind + b"\0" + string(value)
    if signature:
        fields = padded(fields, 8) + bytes([8, 1]) + b"g\0" + bytes([len(signature)]) + \
            signature + b"\0"
    head = struct.pack("<cBBBII", b"l", 1, 0, 1, len(body), serial)
    return padded(head + struct.pack("<I", len(fields)) + fields, 8) + body


def exactly(connection, count):
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            sys.exit("the bus hung up")
        data += piece
    return data


def take_reply(connection):
    while True:
        head = exactly(connection, 16)
        body, _, fields = struct.unpack_from("<III", head, 4)
        exactly(connection, (fields + 7) // 8 * 8 + body)
        if head[1] == 3:
            sys.exit("the agent refused")
        if head[1] == 2:
            return


def main(address, pid, count):
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(30)
    connection.connect("\0" + address.partition("=")[2])
    connection.sendall(b"\0AUTH EXTERNAL " + str(os.geteuid()).encode().hex().encode() + b"\r\n")
    connection.recv(256)
    bus = "org.freedesktop.DBus"
    connection.sendall(b"BEGIN\r\n" + call(1, bus, "/org/freedesktop/DBus", bus, "Hello"))
    take_reply(connection)
    took = []
    for serial in range(2, count + 2):
        message = call(serial, "org.penstock1", "/org/penstock1", "org.penstock1.Manager",
                       "GetProcess", b"u", struct.pack("<I", pid))
        began = time.monotonic_ns()
        connection.sendall(message)
        take_reply(connection)
        took.append((time.monotonic_ns() - began) / 1e6)
    print(json.dumps(took))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

# SPDX-License-Identifier: Apache-2.0
"""Descriptor keeper: stands in for the part of systemd that keeps a service's descriptors.

    descriptor_keeper.py SOCKET COMMAND...

becomes the command, with the descriptors that the keeper behind the socket has, as systemd does.
"""

import os
import select
import socket
import sys
import threading

FIRST = 3  # The number of the first descriptor that a service is handed.
MOST = 253  # Linux' bound on the descriptors of one message.


class DescriptorKeeper:
    def __init__(self, directory):
        self._notify_path = os.path.join(directory, "notify.sock")
        self._hand_path = os.path.join(directory, "hand.sock")
        self._notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._notify.bind(self._notify_path)
        self._hand = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._hand.bind(self._hand_path)
        self._hand.listen()
        self._kept = []  # (name, descriptor), as systemd has it: names may come twice.
        self._lock = threading.Lock()
        self._over, self._end = os.pipe()
        # A queue of notifications that nobody reads would stop the agent.
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def wrapper(self):
        """The words before the command of a service."""
        return [sys.executable, os.path.abspath(__file__), self._hand_path]

    def names(self):
        with self._lock:
            return sorted(name for name, _ in self._kept)

    def close(self):
        os.close(self._end)
        self._thread.join()
        os.close(self._over)
        self._notify.close()
        self._hand.close()
        self._drop(lambda _: True)

    def _serve(self):
        while True:
            ready, _, _ = select.select([self._notify, self._hand, self._over], [], [])
            if self._over in ready:
                return
            if self._notify in ready:
                self._note(*socket.recv_fds(self._notify, 4096, MOST)[:2])
            if self._hand in ready:
                connection, _ = self._hand.accept()
                with connection:
                    self._hand_out(connection)

    def _note(self, message, descriptors):
        fields = dict(line.partition("=")[::2] for line in message.decode().splitlines())
        name = fields.get("FDNAME", "stored")
        if fields.get("FDSTORE") == "1":
            with self._lock:
                self._kept += [(name, number) for number in descriptors]
        elif fields.get("FDSTOREREMOVE") == "1":
            self._drop(lambda kept: kept[0] == name)

    def _drop(self, goes):
        with self._lock:
            for kept in filter(goes, self._kept):
                os.close(kept[1])
            self._kept = [kept for kept in self._kept if not goes(kept)]

    def _hand_out(self, connection):
        self._drop(lambda kept: _hangs_up(kept[1]))
        with self._lock:
            words = "\n".join([self._notify_path, *(name for name, _ in self._kept)])
            socket.send_fds(connection, [words.encode()], [number for _, number in self._kept])


def _hangs_up(number):
    poll = select.poll()
    poll.register(number, 0)
    return bool(poll.poll(0))


def become(hand_path, command):
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
        connection.connect(hand_path)
        words, numbers, _, _ = socket.recv_fds(connection, 65536, MOST)
    notify_path, *names = words.decode().split("\n")
    # Out of the way first: one may have a number that another one is to get.
    for number in [os.dup2(each, FIRST + MOST + place) for place, each in enumerate(numbers)]:
        os.dup2(number, number - MOST)
        os.close(number)
    os.environ.update({"NOTIFY_SOCKET": notify_path, "LISTEN_PID": str(os.getpid()),
                       "LISTEN_FDS": str(len(names)), "LISTEN_FDNAMES": ":".join(names)})
    os.execvp(command[0], command)


if __name__ == "__main__":
    become(sys.argv[1], sys.argv[2:])

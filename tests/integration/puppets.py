# SPDX-License-Identifier: Apache-2.0
"""Puppets: processes that do what a test commands (tests/puppet), with or without queues.

They stay in the process group of the test, and what the test forgets dies with their sockets.
"""

import os
import signal
import socket
import subprocess
import time

import scenario  # First: it says where the modules below are.

from child import StandError
from isolation import bound_to_us
from stand import build_directory

PATIENCE_S = 5.0


def program():
    return os.path.join(build_directory(), "tests", "puppet", "penstock-puppet")


class PuppetGone(StandError):
    """It ended, or became deaf, instead of answering."""


class Puppet:
    def __init__(self, pid, control):
        self.pid = pid
        self.pidfd = os.pidfd_open(pid)
        self._control = control
        self._control.settimeout(PATIENCE_S)

    @classmethod
    def start(cls, stand, path=None, prefix=(), **how):
        """A child of ours; `prefix` is a command that becomes the puppet, `how` is for Popen. With
        a cwd it finds its device from there, whatever its rights on the way to it."""
        device = os.path.relpath(stand.device, how["cwd"]) if "cwd" in how else stand.device
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            started = subprocess.Popen(
                [*prefix, path or program(), f"--control={theirs.fileno()}",
                 f"--kfd={device}/kfd", f"--sysfs={device}/sys"],
                pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, preexec_fn=bound_to_us(),
                **how)
        puppet = cls(started.pid, ours)
        puppet.process = started
        puppet.expect("ready")
        return puppet

    def send(self, *words):
        try:
            self._control.send(" ".join(map(str, words)).encode())
        except OSError as error:
            raise PuppetGone(f"puppet {self.pid} can not be commanded: {error}") from None

    def send_with_fd(self, word, number):
        try:
            socket.send_fds(self._control, [word.encode()], [number])
        except OSError as error:
            raise PuppetGone(f"puppet {self.pid} can not be commanded: {error}") from None

    def fileno(self):
        return self._control.fileno()

    def hear(self, timeout_s=PATIENCE_S):
        self._control.settimeout(timeout_s)
        try:
            answer = self._control.recv(4096)
        except OSError as error:
            raise PuppetGone(f"puppet {self.pid} is silent: {error}") from None
        if not answer:
            raise PuppetGone(f"puppet {self.pid} has ended")
        return answer.decode()

    def has_spoken(self, timeout_s=0.0):
        self._control.settimeout(max(timeout_s, 1e-6))
        try:
            return bool(self._control.recv(1, socket.MSG_PEEK))
        except OSError:
            return False

    def tell(self, *words, timeout_s=PATIENCE_S):
        self.send(*words)
        return self.hear(timeout_s)

    def expect(self, wanted, *words):
        """Commands, where there are words, and insists on the answer."""
        answer = self.tell(*words) if words else self.hear()
        if answer != wanted:
            raise StandError(f"puppet {self.pid} answered {words} with {answer!r}, not {wanted!r}")

    def fork(self):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.send_with_fd("fork", theirs.fileno())
            answer = self.hear()
        if not answer.isdigit():
            ours.close()
            raise StandError(f"puppet {self.pid} could not fork: {answer}")
        child = Puppet(int(answer), ours)
        child.expect("ready")
        return child

    def signal(self, number):
        """To the very process, never to a later one with its pid."""
        try:
            signal.pidfd_send_signal(self.pidfd, number)
            return True
        except ProcessLookupError:
            return False

    def status(self, key):
        return status_of(self.pid, key)

    def state(self):
        """R, S, T and so on; X when it is gone."""
        return (self.status("State") or "X")[0]

    def wait_for_state(self, letters, timeout_s=PATIENCE_S):
        deadline = time.monotonic() + timeout_s
        while self.state() not in letters and time.monotonic() < deadline:
            time.sleep(0.002)
        return self.state() in letters

    def end(self):
        """Kills it and waits for that, whatever it was doing, unless it is somebody else's."""
        self.signal(signal.SIGKILL)
        self._control.close()
        started = getattr(self, "process", None)
        if started:
            started.wait()
        os.close(self.pidfd)


def status_of(pid, key):
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
            for line in file:
                name, _, value = line.partition(":")
                if name == key:
                    return value.strip()
    except OSError:
        pass  # It ended.
    return None

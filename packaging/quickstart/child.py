# SPDX-License-Identifier: Apache-2.0
"""Child: one program of a stand, with its output in a file and an end that is always ours."""

import os
import signal
import subprocess
import time

from isolation import bound_to_us


class StandError(Exception):
    """A sentence for a person: what did not work and what the program said."""


class Child:
    def __init__(self, name, command, directory):
        self.name = name
        self.output_path = os.path.join(directory, f"{name}.out")
        with open(self.output_path, "wb") as output:
            # A session of its own: Ctrl-C reaches only us, and we end the others in order.
            self.process = subprocess.Popen(
                [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True,
                preexec_fn=bound_to_us())

    @property
    def pid(self):
        return self.process.pid

    def alive(self):
        return self.process.poll() is None

    def output(self):
        with open(self.output_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def lines(self):
        return self.output().splitlines()

    def wait_for(self, found, what, timeout_s=15.0):
        """Waits until found(self) is truthy and returns that."""
        deadline = time.monotonic() + timeout_s
        while True:
            answer = found(self)
            if answer:
                return answer
            if not self.alive():
                raise StandError(f"{self.name} ended with status {self.process.returncode} "
                                 f"before {what}: {self.last_words()}")
            if time.monotonic() > deadline:
                raise StandError(f"{self.name}: no {what} after {timeout_s:g} s: "
                                 f"{self.last_words()}")
            time.sleep(0.01)

    def last_words(self, lines=8):
        return "\n  ".join(self.lines()[-lines:]) or "(it said nothing)"

    def ask_to_end(self):
        if self.alive():
            self.process.terminate()

    def wait(self, timeout_s=10.0):
        """The exit status; a program that does not end is killed, and that is an error."""
        try:
            return self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise StandError(f"{self.name} did not end within {timeout_s:g} s and was killed; "
                             f"it said: {self.last_words()}") from None

    def stop(self, timeout_s=10.0):
        self.ask_to_end()
        return self.wait(timeout_s)

    def kill(self):
        if self.alive():
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()

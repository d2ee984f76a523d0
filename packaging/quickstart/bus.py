# SPDX-License-Identifier: Apache-2.0
"""Bus: a private D-Bus daemon with the rules of a system bus, and busctl as its client."""

import json
import os
import secrets
import subprocess

from child import Child, StandError

NAME = "org.penstock1"
MANAGER = "/org/penstock1"

# Root alone may connect, unless a rule lets others in: dbus-daemon does not by itself. The socket is an
# abstract one, which leaves no file, has no length limit that a deep checkout would meet, and can
# be reached by a curious person's busctl from another terminal.
_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>{address}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    {users}
    <allow own="*"/>
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>
"""


class Bus:
    def __init__(self, directory, for_all_users=False):
        self.address = f"unix:abstract=penstock-{secrets.token_hex(8)}"
        config = os.path.join(directory, "bus.conf")
        with open(config, "w", encoding="utf-8") as file:
            users = '<allow user="*"/>' if for_all_users else ""
            file.write(_CONFIG.format(address=self.address, users=users))
        self.daemon = Child("dbus-daemon", ["dbus-daemon", f"--config-file={config}", "--nofork",
                                            "--nopidfile", "--print-address=1"], directory)
        self.daemon.wait_for(lambda daemon: self.address in daemon.output(), "address")

    def busctl(self, *arguments, options=()):
        """Runs busctl; the completed process, whatever its status."""
        # Without "--" a negative number would be taken for an option.
        return subprocess.run(["busctl", f"--address={self.address}", *options, "--",
                               *map(str, arguments)],
                              capture_output=True, text=True, timeout=10, check=False)

    def has_owner(self, name=NAME):
        answer = self.busctl("call", "org.freedesktop.DBus", "/org/freedesktop/DBus",
                             "org.freedesktop.DBus", "NameHasOwner", "s", name)
        return answer.stdout.strip() == "b true"

    def call(self, method, *arguments):
        """A method of the Manager: its values, or a StandError with what the agent said."""
        return self._values("call", NAME, MANAGER, f"{NAME}.Manager", method, *arguments)

    def get(self, path, interface, name):
        return self._values("get-property", NAME, path, f"{NAME}.{interface}", name)

    def set(self, path, interface, name, signature, value):
        """The completed busctl."""
        return self.busctl("set-property", NAME, path, f"{NAME}.{interface}", name, signature,
                           value)

    def set_priority(self, pid, priority):
        answer = self.set(process_path(pid), "Process", "Priority", "i", priority)
        if answer.returncode != 0:
            raise StandError(f"busctl could not set a priority: {answer.stderr.strip()}")

    def _values(self, *arguments):
        answer = self.busctl(*arguments, options=["--json=short"])
        if answer.returncode != 0:
            raise StandError(answer.stderr.strip())
        return json.loads(answer.stdout)["data"] if answer.stdout.strip() else None


def process_path(pid):
    return f"{MANAGER}/process/{pid}"

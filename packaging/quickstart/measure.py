# SPDX-License-Identifier: Apache-2.0
"""Measure: from logs, traces and /proc to numbers. Unknown is None, never 0."""

import json
import math
import os


def percentile(values, part):
    """By nearest rank, so that the result is a value that occurred."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(math.ceil(part * len(ordered)), 1) - 1]


def ratio(value, base):
    return None if value is None or not base else value / base


def read_ndjson(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


class Activity:
    """A workload's log: its pointer stores and its requests."""

    def __init__(self, records):
        self.stores = [record for record in records if "stored_ns" in record]
        self.requests = [record for record in records if "completed_ns" in record]

    @classmethod
    def read(cls, path):
        return cls(read_ndjson(path))

    def times_ns(self, start_ns, end_ns):
        """Completion times, waiting included, of the requests that arrived in the window."""
        return [request["completed_ns"] - request["arrival_ns"] for request in self.requests
                if start_ns <= request["arrival_ns"] < end_ns]

    def requests_per_second(self, start_ns, end_ns):
        """By completion, which is what the device did in the window."""
        done = sum(start_ns <= request["completed_ns"] < end_ns for request in self.requests)
        return done / ((end_ns - start_ns) / 1e9)


class Trace:
    """The agent's trace: what the gate did, and which requests were accepted."""

    def __init__(self, records):
        self.acts = [record for record in records if "verb" in record]
        self.requests = [record for record in records if "request" in record]

    @classmethod
    def read(cls, path):
        return cls(read_ndjson(path))

    def suspends(self, start_ns=0, end_ns=math.inf):
        return [act for act in self.acts if act["verb"] == "suspend" and act["error"] == 0
                and start_ns <= act["entered_ns"] < end_ns]

    def failures(self):
        return [act for act in self.acts if act["error"] != 0]


def pointer_to_ioctl_ns(suspends, submitter_pid, stores):
    """For each suspend that a pointer move of `submitter_pid` led to, the time from the store.

    The value of the pointer names the store. A suspend whose store is not in the log is left out;
    the caller sees that from the counts.
    """
    stored = {store["written"]: store["stored_ns"] for store in stores}
    return [act["entered_ns"] - stored[act["written"]] for act in suspends
            if act["cause_pid"] == submitter_pid and act["seen_ns"] and act["written"] in stored]


def seen_to_ioctl_ns(suspends):
    return [act["entered_ns"] - act["seen_ns"] for act in suspends if act["seen_ns"]]


def detect_to_ioctl_ns(suspends):
    """From the gate taking up a move to its ioctl(2); the wake-up before it is the kernel's."""
    return [act["entered_ns"] - act["woken_ns"] for act in suspends if act["seen_ns"]]


def first_suspend_after(suspends, pid, when_ns):
    """The moment at which `pid` was first suspended after `when_ns`, or None."""
    entered = [act["entered_ns"] for act in suspends
               if act["pid"] == pid and act["entered_ns"] >= when_ns]
    return min(entered, default=None)


def cpu_seconds(pid):
    """User and system time so far, of all threads."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_bytes(pid):
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        for line in file:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    return None


def children_of(pid):
    """The pids of a process' children, by name."""
    found = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", encoding="ascii", errors="replace") as file:
                name, _, rest = file.read().partition("(")[2].rpartition(")")
        except OSError:
            continue  # It ended while we looked.
        if int(rest.split()[1]) == pid:
            found[name] = int(entry)
    return found


def read_word(pid, address):
    """Eight bytes of another process' memory as a number."""
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        return int.from_bytes(os.pread(memory.fileno(), 8, address), "little")

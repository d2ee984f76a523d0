# SPDX-License-Identifier: Apache-2.0
"""Stand: the whole of Penstock on an emulated device, for the demonstration, tests and figures.

    with Stand(build) as stand:
        stand.start_agent(policy="fixed-priority")
        background = stand.start_workload("background", closed=True)

Everything is in a mount namespace of our own and ends with us, whatever our death.
"""

import json
import os
import subprocess
import time

import isolation
import measure
from bus import Bus, process_path
from child import Child, StandError

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

_PROGRAMS = {
    "penstockd": "agent/penstockd",
    "penstock-gate": "agent/penstock-gate",
    "penstockctl": "client/ctl/penstockctl",
    "penstock-kfd-emulator": "kmod-helpers/emulator/penstock-kfd-emulator",
    "penstock-split-inference": "client/examples/penstock-split-inference",
    "penstock-kfd-workload": "kmod-helpers/workload/penstock-kfd-workload",
}


def build_directory():
    """Where the programs were built; PENSTOCK_BUILD says so for another place than build/."""
    return os.path.abspath(os.environ.get("PENSTOCK_BUILD", os.path.join(ROOT, "build")))


class Workload(Child):
    """A client. Its first line of output says which queues it made."""

    def __init__(self, name, command, directory, log):
        super().__init__(name, command, directory)
        self.log_path = log
        self.ready = None

    def wait_until_ready(self):
        line = self.wait_for(lambda child: next(
            (line for line in child.lines() if line.startswith('{"gpu_id"')), None), "queues")
        self.ready = json.loads(line)
        return self

    def consumed(self):
        """Packets that the device has taken from the first queue."""
        return measure.read_word(self.pid, self.ready["queues"][0]["read_address"])

    def finish(self, timeout_s=10.0):
        """Asks it to end, and returns its summary."""
        status = self.stop(timeout_s)
        if status != 0:
            raise StandError(f"{self.name} ended with status {status}: {self.last_words()}")
        return self.summary()

    def summary(self):
        return json.loads(self.lines()[-1])

    def activity(self):
        return measure.Activity.read(self.log_path)


class Stand:
    def __init__(self, build=None, preset="apu", device=True):
        self.build = build or build_directory()
        self.directory = os.path.join(self.build, "run")
        self.preset = preset
        self.children = []
        self.bus = None
        self.agent = None
        self.gate_program = self.program("penstock-gate")
        self.config_root = ""  # What is configured on this machine is not for here.
        self._has_device = device
        self._agents = 0

    def program(self, name):
        path = os.path.join(self.build, _PROGRAMS[name])
        if not os.access(path, os.X_OK):
            raise StandError(f"{path} is not built; run ./dev build")
        return path

    def __enter__(self):
        isolation.mount_scratch(self.directory)
        try:
            self.bus = Bus(self.directory)
            self.children.append(self.bus.daemon)
            if self._has_device:
                self._start_emulator()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Ends what we started, last first; never fails half way."""
        for child in reversed(self.children):
            child.ask_to_end()
            try:
                child.wait(3.0)
            except StandError:
                pass  # It was killed; the caller is ending anyway.
        self.children.clear()
        isolation.unmount(self.device)
        # The empty folder stays: removing it would unmount another stand's, in its own namespace.
        isolation.unmount(self.directory)

    @property
    def device(self):
        return os.path.join(self.directory, "device")

    def path(self, name):
        return os.path.join(self.directory, name)

    def _start_emulator(self):
        os.makedirs(self.device)
        emulator = Child("emulator", [self.program("penstock-kfd-emulator"),
                                      f"--mount={self.device}", f"--preset={self.preset}"],
                         self.directory)
        self.children.append(emulator)
        emulator.wait_for(lambda child: "ready" in child.output(), "sign of readiness")

    def agent_command(self, *more, policy=None):
        self._agents += 1
        command = [self.program("penstockd"), f"--bus={self.bus.address}",
                   f"--kfd={self.device}/kfd", f"--sysfs={self.device}/sys",
                   f"--gate={self.gate_program}", f"--ledger={self.path('suspended')}",
                   f"--client-socket={self.path('client.sock')}", f"--trace={self.trace_path}",
                   f"--kept-choices={self.path('choices')}",
                   f"--kept-leases={self.path('leases')}",
                   f"--undo-file={self.path('undo')}",
                   "--config-root", self.config_root]
        return command + ([f"--policy={policy}"] if policy else []) + list(more)

    @property
    def trace_path(self):
        return self.path(f"trace-{self._agents}.ndjson")

    def start_agent(self, *more, policy=None, wrapper=()):
        """`wrapper` is a command that becomes the agent, such as setpriv with its options."""
        command = [*wrapper, *self.agent_command(*more, policy=policy)]
        self.agent = Child(f"agent-{self._agents}", command, self.directory)
        self.children.append(self.agent)
        self.agent.wait_for(lambda _: self.bus.has_owner(), "name on the bus")
        return self.agent

    def stop_agent(self):
        """The trace of the agent that ended."""
        agent, self.agent = self.agent, None
        self.children.remove(agent)
        status = agent.stop()
        if status != 0:
            raise StandError(f"the agent ended with status {status}: {agent.last_words()}")
        return measure.Trace.read(self.trace_path)

    def ctl(self, *arguments, timeout_s=10.0):
        """The completed penstockctl, whatever its status."""
        return subprocess.run([self.program("penstockctl"), f"--bus={self.bus.address}",
                               *map(str, arguments)],
                              capture_output=True, text=True, timeout=timeout_s, check=False)

    def gate_pid(self, timeout_s=5.0):
        """The gate that the agent runs at the moment."""
        def found(agent):
            return next((pid for name, pid in measure.children_of(agent.pid).items()
                         if name.startswith("penstock-gate")), None)
        return self.agent.wait_for(found, "gate", timeout_s)

    def start_workload(self, name, *options):
        log = self.path(f"{name}.ndjson")
        workload = Workload(name, [self.program("penstock-kfd-workload"),
                                   f"--kfd={self.device}/kfd", f"--sysfs={self.device}/sys",
                                   f"--name={name}", f"--log={log}", *options],
                            self.directory, log)
        self.children.append(workload)
        return workload.wait_until_ready()

    def wait_until_known(self, *workloads, timeout_s=5.0):
        """Until the agent lists every queue of these clients."""
        wanted = {workload.pid: len(workload.ready["queues"]) for workload in workloads}
        deadline = time.monotonic() + timeout_s
        while True:
            known = self.queue_counts()
            if all(known.get(pid, 0) >= count for pid, count in wanted.items()):
                return
            if time.monotonic() > deadline:
                raise StandError(f"the agent knows queues {known}, expected {wanted}; "
                                 f"it said: {self.agent.last_words()}")
            time.sleep(0.02)

    def wait_until_preemptible(self, workload, timeout_s=5.0):
        """Until the gate has it in care: a moment after its queues are known."""
        def level(_):
            return self.bus.get(process_path(workload.pid), "Process", "PreemptionLevel") != "none"
        self.agent.wait_for(level, f"rung for {workload.name}", timeout_s)

    def queue_counts(self):
        """How many queues of each pid the agent lists."""
        counts = {}
        for row in self.list_queues():
            counts[row["pid"]] = counts.get(row["pid"], 0) + 1
        return counts

    def list_queues(self):
        names = ("id", "pid", "gpu_id", "queue", "type", "maker", "priority", "state",
                 "occupancy", "preempted_usec", "preemptions")
        rows = self.bus.call("ListQueues", "a{sv}", "0")[0]
        return [dict(zip(names, row)) for row in rows]

# SPDX-License-Identifier: Apache-2.0
"""Container: a booted Debian with systemd and a bus of its own, on files that vanish with it.

It shares the kernel, so that BPF, FUSE and ptrace in it are the real ones. Everything is mounted in
a namespace of our own and runs in a control group of our own. Whatever our death, the processes and
mounts end with us; an empty control group is removed by the next run.
"""

import os
import secrets
import signal
import subprocess
import time

import isolation
from cgroup import Cgroup
from child import Child, StandError

# nspawn's own list of system calls lacks what a system outside of a container allows.
_SYSTEM_CALLS = "@debug bpf perf_event_open pidfd_getfd @memlock process_vm_readv process_vm_writev"
_NAMESPACES = ("--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root", "--wd")
_ENVIRONMENT = ("HOME=/", "LANG=C.UTF-8", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "TERM=dumb")
_BOOT_PATIENCE_S = 60.0


class Container:
    def __init__(self, base, directory):
        self._directory = directory
        self.root = os.path.join(directory, "root")
        isolation.mount_scratch(directory)
        self._cgroup = Cgroup()
        self._nspawn = None
        try:
            self._lay_over(base)
        except BaseException:
            self.close()
            raise

    def _lay_over(self, base):
        upper, work = (os.path.join(self._directory, name) for name in ("upper", "work"))
        for folder in (upper, work, self.root):
            os.mkdir(folder)
            os.chmod(folder, 0o755)
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o",
                        f"lowerdir={base},upperdir={upper},workdir={work}", self.root], check=True)
        # One that is known: a system without is on its first boot, and enables what it finds.
        self.write("/etc/machine-id", secrets.token_hex(16) + "\n")
        self.write("/etc/hostname", "penstock-test\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Never fails half way: what does not end by itself is killed with the control group."""
        self._power_off()
        self._cgroup.close()
        isolation.unmount(self.root)
        isolation.unmount(self._directory)

    def _power_off(self):
        nspawn, self._nspawn = self._nspawn, None
        if nspawn is None:
            return
        try:
            for pid in _children_of(nspawn.pid):
                os.kill(pid, signal.SIGTERM)
            nspawn.wait(15.0)
        except (StandError, OSError):
            nspawn.kill()

    def boot_again(self):
        """What is on disk stays; /run and all processes do not."""
        self._power_off()
        self.boot()

    def boot(self):
        command = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--directory",
                   self.root, "--machine=penstock-test", "--private-network", "--capability=all",
                   f"--system-call-filter={_SYSTEM_CALLS}", "--bind=/dev/fuse",
                   "--link-journal=no", "--console=pipe", "--boot"]
        # Of a pid namespace of its own nspawn is the first process, with which all others end.
        self._nspawn = Child("nspawn", [*self._cgroup.joined_by(), "unshare", "--pid", "--fork",
                                        "--kill-child", "--mount-proc", "env",
                                        "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1", *command],
                             self._directory)
        self.leader = self._nspawn.wait_for(self._find_leader, "first process", _BOOT_PATIENCE_S)
        self._nspawn.wait_for(self._is_up, "booted system", _BOOT_PATIENCE_S)

    def _find_leader(self, nspawn):
        for pid in [inner for outer in _children_of(nspawn.pid) for inner in _children_of(outer)]:
            # Before that, it is nspawn itself that prepares the rest.
            with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
                if file.read().strip() == "systemd":
                    return pid
        return None

    def _is_up(self, _):
        return self.run("systemctl", "is-system-running").stdout.strip() in ("running", "degraded")

    def run(self, *command, user="root", timeout_s=60.0, text=None):
        """The completed program, whatever its status."""
        identity = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"]
        return subprocess.run(
            ["nsenter", f"--target={self.leader}", *_NAMESPACES, "env", "-i", *_ENVIRONMENT,
             *(identity if user != "root" else []), *map(str, command)],
            capture_output=True, text=True, timeout=timeout_s, check=False, input=text or "")

    def must(self, *command, **options):
        """What a program printed that has to succeed."""
        ran = self.run(*command, **options)
        if ran.returncode != 0:
            raise StandError(f"{' '.join(map(str, command))}: status {ran.returncode}: "
                             f"{ran.stderr.strip()[-2000:]}")
        return ran.stdout

    def host_path(self, path):
        """Where we find a file of the booted system."""
        return f"/proc/{self.leader}/root{path}"

    def write(self, path, text):
        with open(self.root + path, "w", encoding="utf-8") as file:
            file.write(text)

    def host_pid(self, pid):
        """What we call the process that has this pid inside."""
        namespace = os.readlink(f"/proc/{self.leader}/ns/pid")
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                if os.readlink(f"/proc/{name}/ns/pid") == namespace and _inner_pid(name) == pid:
                    return int(name)
            except OSError:
                pass  # It has just ended.
        raise StandError(f"there is no process {pid} in the container")

    def wait_for(self, found, what, timeout_s=10.0):
        deadline = time.monotonic() + timeout_s
        while True:
            answer = found()
            if answer:
                return answer
            if time.monotonic() > deadline:
                raise StandError(f"no {what} after {timeout_s:g} s")
            time.sleep(0.02)


def _children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(word) for word in file.read().split()]


def _inner_pid(name):
    with open(f"/proc/{name}/status", encoding="utf-8", errors="replace") as file:
        line = next(line for line in file if line.startswith("NSpid:"))
    return int(line.split()[-1])

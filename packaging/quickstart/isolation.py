# SPDX-License-Identifier: Apache-2.0
"""Isolation: a mount namespace of our own and children that can not outlive us.

Everything a stand mounts or writes lies in a private mount namespace, on a tmpfs. When its last
process is gone, by whatever death, the kernel takes all of it away.
"""

import ctypes
import os
import signal
import sys

_CLONE_NEWNS = 0x00020000
_MS_NOSUID = 2
_MS_NODEV = 4
_MS_REC = 0x4000
_MS_PRIVATE = 1 << 18
_MNT_DETACH = 2
_PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True)


def _check(returned, doing):
    if returned != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{doing}: {os.strerror(number)}")


def require_root():
    if os.geteuid() != 0:
        sys.exit("this needs root: it mounts the emulated device and loads BPF; try: sudo ./dev run")


def enter_private_mounts():
    """Once per process; mounts made afterwards are seen by this process and its children only."""
    _check(_libc.unshare(_CLONE_NEWNS), "enter a private mount namespace")
    _check(_libc.mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None), "make mounts private")


def mount_scratch(directory):
    """A tmpfs, so that files of a killed run are gone with its namespace."""
    os.makedirs(directory, exist_ok=True)
    _check(_libc.mount(b"penstock-run", os.fsencode(directory), b"tmpfs",
                       _MS_NOSUID | _MS_NODEV, b"size=256m,mode=0700"),
           f"mount a tmpfs on {directory}")


def unmount(directory):
    """Nothing is lost when it is not mounted (any more)."""
    _libc.umount2(os.fsencode(directory), _MNT_DETACH)


def bound_to_us():
    """What a child has to call between fork and exec, so that it dies when we do."""
    parent = os.getpid()

    def bind():
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # We died before the line above.
            os._exit(1)

    return bind

# SPDX-License-Identifier: Apache-2.0
"""Client: libpenstock's functions as methods, with words in the place of numbers."""

import contextlib
import ctypes
import dataclasses
import errno

from penstock import _library

_UNKNOWN = 2 ** 64 - 1


@dataclasses.dataclass(frozen=True)
class Node:
    """A memory node on the board. None is unknown."""
    number: int
    level: str
    utilization: float | None
    batch_scale: float
    peak_bytes_per_second: int | None
    spare_bytes_per_second: int | None
    confidence: str
    emulated: bool


@dataclasses.dataclass(frozen=True)
class Advice:
    """Where to run an operation, until CLOCK_MONOTONIC is past valid_until_ns."""
    device: str
    reason: str
    confidence: float
    valid_until_ns: int


@dataclasses.dataclass(frozen=True)
class Stats:
    """Of the operations of one class so far."""
    count: int
    mean_ns: int
    p99_ns: int
    waits: int
    waited_ns: int


def _word(words, number):
    """Of a later version of the agent's there may be more than we know."""
    return words[number] if number < len(words) else str(number)


def _known(number):
    return None if number == _UNKNOWN else number


def _number(words, what, name):
    if name not in words:
        raise ValueError(f"there is no {what} {name!r}: there are {', '.join(words)}")
    return words[name]


def _class_number(name):
    return _number(_library.CLASSES, "class of operations", name)


def _is_read(result):
    """Whether an agent reads what was reported; that none does is no failure."""
    if result != -errno.ENODATA:
        _library.checked(result)
    return result == 0


class Lease:
    """A lease while it is held."""

    def __init__(self, library, lease):
        self._library = library
        self._lease = lease

    @property
    def rate(self):
        """Bytes per second that may be moved at present; 0 when the lease has ended."""
        return self._library.penstock_lease_rate(self._lease)


class Client:
    """`wait` is how many seconds to wait for the agent's board; by default nobody waits."""

    def __init__(self, bus="system", node=None, wait=0.0, critical=False):
        self._library = _library.load()
        self._client = ctypes.c_void_p()
        options = _library.Options(
            size=ctypes.sizeof(_library.Options), bus=bus.encode(), wait_ms=int(wait * 1000),
            node=_library.ALL_NODES if node is None else node, critical=critical)
        _library.checked(self._library.penstock_open(options, self._client))

    @property
    def handle(self):
        """For the library's functions, while it is open."""
        return self._client

    def close(self):
        """More than once is once."""
        self._library.penstock_close(self._client)
        self._client = ctypes.c_void_p()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def reason(self):
        """Why there is no board; "" while there is one."""
        return self._library.penstock_reason(self._client).decode(errors="replace")

    @property
    def level(self):
        return _word(_library.LEVELS, self._library.penstock_throttle_level(self._client))

    @property
    def batch_scale(self):
        return self._library.penstock_batch_scale(self._client)

    def node(self, number=0):
        """What the board says of a memory node; None without a board."""
        entry = _library.BoardNode()
        if self._library.penstock_board_read(self._client, number, entry) < 0:
            return None
        return Node(number=entry.node, level=_word(_library.LEVELS, entry.throttle_level),
                    utilization=entry.utilization if entry.utilization >= 0 else None,
                    batch_scale=entry.batch_scale,
                    peak_bytes_per_second=_known(entry.peak_bytes_per_second),
                    spare_bytes_per_second=_known(entry.spare_bytes_per_second),
                    confidence=_word(_library.CONFIDENCES, entry.confidence),
                    emulated=bool(entry.flags & 1))

    def batch(self, batch, fixed_bytes, item_bytes):
        return self._library.penstock_batch(self._client, batch, fixed_bytes, item_bytes)

    def advice(self, **costs):
        """The costs are the members of penstock_costs; what is left out is unknown."""
        given = _library.Costs(size=ctypes.sizeof(_library.Costs), **costs)
        told = _library.Advice()
        _library.checked(self._library.penstock_device_advice(self._client, given, told))
        return Advice(device=_word(_library.DEVICES, told.device),
                      reason=_word(_library.REASONS, told.reason), confidence=told.confidence,
                      valid_until_ns=told.valid_until_ns)

    def set_priority(self, priority):
        _library.checked(self._library.penstock_set_priority(self._client, priority))

    def set_weight(self, weight):
        _library.checked(self._library.penstock_set_weight(self._client, weight))

    def set_class(self, service_class):
        _library.checked(
            self._library.penstock_set_class(self._client, service_class.encode()))

    def set_deadline(self, seconds):
        _library.checked(
            self._library.penstock_set_deadline(self._client, round(seconds * 1_000_000)))

    def report_progress(self, units=1):
        """Adds to the units of work done. False while no agent reads it."""
        return _is_read(self._library.penstock_report_progress(self._client, units))

    def report_hints(self, unit="unknown", phase="unknown", batch=0, next_bytes=0):
        """What this process counts, does, would take and will move, in the place of what was said
        before; 0 is unknown. False while no agent reads it."""
        said = _library.Hints(size=ctypes.sizeof(_library.Hints),
                              unit=_number(_library.UNITS, "unit", unit),
                              phase=_number(_library.PHASES, "phase", phase),
                              batch=batch, next_bytes=next_bytes)
        return _is_read(self._library.penstock_report_hints(self._client, said))

    @contextlib.contextmanager
    def operation(self, name, bytes_moved=0):
        """Around an operation, from before its launch until its end is awaited. It may sleep."""
        scope = _library.Operation()
        self._library.penstock_op_begin(self._client, _class_number(name), bytes_moved, scope)
        try:
            yield scope
        finally:
            self._library.penstock_op_end(self._client, scope)

    @contextlib.contextmanager
    def lease(self, bytes_per_second, least=0, wait=0.0, **how):
        """Holds a lease of bandwidth; `how` are further members of penstock_lease_options, texts as
        str; exclusive may be True or EXCLUSIVE_INSIST. It may wait for `wait` seconds."""
        given = {name: value.encode() if isinstance(value, str) else value
                 for name, value in how.items()}
        wish = _library.LeaseOptions(
            size=ctypes.sizeof(_library.LeaseOptions), bytes_per_second=bytes_per_second,
            min_bytes_per_second=least, wait_usec=round(wait * 1_000_000), **given)
        lease = ctypes.c_void_p()
        _library.checked(self._library.penstock_lease_acquire(self._client, wish, lease))
        try:
            yield Lease(self._library, lease)
        finally:
            self._library.penstock_lease_release(lease)

    def stats(self, name):
        told = _library.Stats(size=ctypes.sizeof(_library.Stats))
        _library.checked(
            self._library.penstock_op_stats(self._client, _class_number(name), told))
        return Stats(count=told.count, mean_ns=told.mean_ns, p99_ns=told.p99_ns,
                     waits=told.waits, waited_ns=told.waited_ns)

# SPDX-License-Identifier: Apache-2.0
"""The functions and structures of libpenstock.so.1, as its headers have them."""

import ctypes
import functools
import os

ALL_NODES = -1
EXCLUSIVE_INSIST = 2  # As PENSTOCK_EXCLUSIVE_INSIST.
LEVELS = ("none", "reduce-batch", "delay-launch", "fall-back")
DEVICES = ("any", "cpu", "gpu")
REASONS = ("not-saturated", "critical", "same-memory", "fewer-bytes", "other-memory", "sooner",
           "costs-unknown")
CONFIDENCES = ("unknown", "counter", "derived", "heuristic")
UNITS = {"unknown": 0, "tokens": 1, "samples": 2, "steps": 3, "requests": 4, "frames": 5}
PHASES = {"unknown": 0, "waiting": 1, "loading": 2, "prefill": 3, "decode": 4, "training": 5}
CLASSES = {"attention_qkv_proj": 0, "attention_output_proj": 1, "expert_ffn": 2, "large_matmul": 3,
           "attention_scores": 4, **{f"user_{number}": 8 + number for number in range(8)}}


class PenstockError(OSError):
    """What the library refused, with its sentence."""


class BoardNode(ctypes.Structure):
    _fields_ = [("node", ctypes.c_uint32), ("throttle_level", ctypes.c_uint32),
                ("utilization", ctypes.c_double), ("batch_scale", ctypes.c_double),
                ("peak_bytes_per_second", ctypes.c_uint64),
                ("spare_bytes_per_second", ctypes.c_uint64),
                ("advice_valid_until_ns", ctypes.c_int64), ("advice_device", ctypes.c_uint32),
                ("advice_reason", ctypes.c_uint32), ("advice_confidence", ctypes.c_uint16),
                ("confidence", ctypes.c_uint16), ("flags", ctypes.c_uint32)]


class Options(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("bus", ctypes.c_char_p), ("wait_ms", ctypes.c_uint32),
                ("node", ctypes.c_int32), ("critical", ctypes.c_uint32)]


class Costs(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("gpu_bytes", ctypes.c_uint64),
                ("cpu_bytes", ctypes.c_uint64), ("gpu_bytes_per_second", ctypes.c_uint64),
                ("cpu_bytes_per_second", ctypes.c_uint64), ("other_memory", ctypes.c_uint32)]


class Advice(ctypes.Structure):
    _fields_ = [("device", ctypes.c_uint32), ("reason", ctypes.c_uint32),
                ("confidence", ctypes.c_double), ("valid_until_ns", ctypes.c_int64)]


class Operation(ctypes.Structure):
    _fields_ = [("began", ctypes.c_uint64), ("waited_ns", ctypes.c_uint64),
                ("op_class", ctypes.c_uint32), ("reserved", ctypes.c_uint32)]


class Stats(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("count", ctypes.c_uint64),
                ("mean_ns", ctypes.c_uint64), ("p99_ns", ctypes.c_uint64),
                ("waits", ctypes.c_uint64), ("waited_ns", ctypes.c_uint64)]


class Hints(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("unit", ctypes.c_uint32), ("phase", ctypes.c_uint32),
                ("batch", ctypes.c_uint32), ("next_bytes", ctypes.c_uint64)]


class LeaseOptions(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("resource", ctypes.c_char_p),
                ("target", ctypes.c_char_p), ("bytes_per_second", ctypes.c_uint64),
                ("min_bytes_per_second", ctypes.c_uint64), ("wait_usec", ctypes.c_uint64),
                ("exclusive", ctypes.c_uint32), ("lease_class", ctypes.c_char_p),
                ("why", ctypes.c_char_p)]


class BatchRequest(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("id", ctypes.c_int64), ("prompt", ctypes.c_uint32),
                ("predicted", ctypes.c_uint32)]


class BatchItem(ctypes.Structure):
    _fields_ = [("id", ctypes.c_int64), ("tokens", ctypes.c_uint32), ("flags", ctypes.c_uint32)]


class NextBatch(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("items", ctypes.POINTER(BatchItem)),
                ("capacity", ctypes.c_uint32), ("count", ctypes.c_uint32),
                ("running", ctypes.c_uint32), ("waiting", ctypes.c_uint32),
                ("most", ctypes.c_uint32), ("reserved", ctypes.c_uint32),
                ("scale", ctypes.c_double)]


class BatchOutput(ctypes.Structure):
    _fields_ = [("id", ctypes.c_int64), ("tokens", ctypes.c_uint32), ("reserved", ctypes.c_uint32)]


_CLIENT = ctypes.c_void_p
_LEASE = ctypes.c_void_p
_BATCHER = ctypes.c_void_p
_SIGNATURES = {
    "penstock_open": (ctypes.c_int, ctypes.POINTER(Options), ctypes.POINTER(_CLIENT)),
    "penstock_close": (None, _CLIENT),
    "penstock_reason": (ctypes.c_char_p, _CLIENT),
    "penstock_error": (ctypes.c_char_p,),
    "penstock_board_read": (ctypes.c_int, _CLIENT, ctypes.c_uint32, ctypes.POINTER(BoardNode)),
    "penstock_throttle_level": (ctypes.c_uint32, _CLIENT),
    "penstock_batch_scale": (ctypes.c_double, _CLIENT),
    "penstock_batch": (ctypes.c_uint32, _CLIENT, ctypes.c_uint32, ctypes.c_uint64,
                       ctypes.c_uint64),
    "penstock_device_advice": (ctypes.c_int, _CLIENT, ctypes.POINTER(Costs),
                               ctypes.POINTER(Advice)),
    "penstock_set_priority": (ctypes.c_int, _CLIENT, ctypes.c_int32),
    "penstock_set_weight": (ctypes.c_int, _CLIENT, ctypes.c_uint32),
    "penstock_set_class": (ctypes.c_int, _CLIENT, ctypes.c_char_p),
    "penstock_set_deadline": (ctypes.c_int, _CLIENT, ctypes.c_uint64),
    "penstock_report_progress": (ctypes.c_int, _CLIENT, ctypes.c_uint64),
    "penstock_report_hints": (ctypes.c_int, _CLIENT, ctypes.POINTER(Hints)),
    "penstock_op_begin": (None, _CLIENT, ctypes.c_uint32, ctypes.c_uint64,
                          ctypes.POINTER(Operation)),
    "penstock_op_end": (None, _CLIENT, ctypes.POINTER(Operation)),
    "penstock_lease_acquire": (ctypes.c_int, _CLIENT, ctypes.POINTER(LeaseOptions),
                               ctypes.POINTER(_LEASE)),
    "penstock_lease_rate": (ctypes.c_uint64, _LEASE),
    "penstock_lease_release": (None, _LEASE),
    "penstock_batcher_open": (ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t,
                              ctypes.POINTER(_BATCHER)),
    "penstock_batcher_close": (None, _BATCHER),
    "penstock_batcher_set_scale": (ctypes.c_int, _BATCHER, ctypes.c_double),
    "penstock_batcher_follow": (ctypes.c_int, _BATCHER, _CLIENT),
    "penstock_batcher_submit": (ctypes.c_int, _BATCHER, ctypes.POINTER(BatchRequest)),
    "penstock_batcher_cancel": (ctypes.c_int, _BATCHER, ctypes.c_int64),
    "penstock_batcher_flush": (ctypes.c_int, _BATCHER),
    "penstock_batcher_next": (ctypes.c_int, _BATCHER, ctypes.c_uint32, ctypes.c_int64,
                              ctypes.POINTER(NextBatch)),
    "penstock_batcher_completed": (ctypes.c_int, _BATCHER, ctypes.c_uint32, ctypes.c_int64,
                                   ctypes.POINTER(BatchOutput), ctypes.c_size_t),
    "penstock_batcher_most": (ctypes.c_uint32, _BATCHER),
    "penstock_op_stats": (ctypes.c_int, _CLIENT, ctypes.c_uint32, ctypes.POINTER(Stats)),
}


@functools.cache
def load():
    """The library; PENSTOCK_LIBRARY names another file than the installed one."""
    library = ctypes.CDLL(os.environ.get("PENSTOCK_LIBRARY", "libpenstock.so.1"))
    for name, (result, *arguments) in _SIGNATURES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


def checked(result):
    """Raises what a negative errno says."""
    if result < 0:
        raise PenstockError(-result, load().penstock_error().decode(errors="replace"))

# SPDX-License-Identifier: Apache-2.0
"""Penstock for Python programs: how loaded the memory is, and how to hold back.

    import penstock

    with penstock.Client() as client:
        batch = client.batch(64, fixed_bytes=0, item_bytes=4 << 20)
        with client.operation("expert_ffn", bytes_moved=512 << 20):
            run(batch)

It is libpenstock.so.1 by ctypes; libpenstock(3) says what each function means. Without an agent
everything is a no-op: no level, a full batch, no delay, and `reason` says why.
"""

from penstock._batcher import Batch, Batcher, Item
from penstock._client import Advice, Client, Lease, Node, Stats
from penstock._library import (CLASSES, DEVICES, EXCLUSIVE_INSIST, LEVELS, PHASES, REASONS, UNITS,
                               PenstockError)

__all__ = ["Advice", "Batch", "Batcher", "CLASSES", "Client", "DEVICES", "EXCLUSIVE_INSIST",
           "Item", "LEVELS", "Lease", "Node", "PHASES", "PenstockError", "REASONS", "Stats", "UNITS"]

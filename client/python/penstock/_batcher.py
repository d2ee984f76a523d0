# SPDX-License-Identifier: Apache-2.0
"""Batcher: which requests a server runs together next, by libpenstock's penstock/batcher.h."""

import ctypes
import dataclasses
import json
import time

from penstock import _library

_JOINED, _EVICTED = 1, 2  # As PENSTOCK_BATCH_JOINED and PENSTOCK_BATCH_EVICTED.


@dataclasses.dataclass(frozen=True)
class Item:
    """A request of a batch: its tokens are those to compute now, of a whole batch all of them."""
    id: int
    tokens: int
    joined: bool


@dataclasses.dataclass(frozen=True)
class Batch:
    """What a device runs next; evicted are the ids of those that lost their cache and wait again."""
    items: tuple
    evicted: tuple
    waiting: int
    most: int
    scale: float


class Batcher:
    """`config` is what penstock-sim batching takes, as an object or as JSON text. Batches follow the
    board of the client, where one is given; that is closed after the batcher."""

    def __init__(self, config, client=None):
        self._library = _library.load()
        self._batcher = ctypes.c_void_p()
        text = (config if isinstance(config, str) else json.dumps(config)).encode()
        _library.checked(self._library.penstock_batcher_open(text, len(text), self._batcher))
        self._items = (_library.BatchItem * self._library.penstock_batcher_most(self._batcher))()
        if client is not None:
            _library.checked(
                self._library.penstock_batcher_follow(self._batcher, client.handle))

    def close(self):
        """More than once is once."""
        self._library.penstock_batcher_close(self._batcher)
        self._batcher = ctypes.c_void_p()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def set_scale(self, scale):
        _library.checked(self._library.penstock_batcher_set_scale(self._batcher, scale))

    def submit(self, number, prompt, predicted):
        """`number` is the id; prompt and predicted output are in tokens."""
        for tokens in (prompt, predicted):
            if not 1 <= tokens < 2 ** 32:  # What does not fit would be cut off unseen.
                raise ValueError(f"there can not be {tokens} tokens")
        asked = _library.BatchRequest(size=ctypes.sizeof(_library.BatchRequest), id=number,
                                      prompt=prompt, predicted=predicted)
        _library.checked(self._library.penstock_batcher_submit(self._batcher, asked))

    def cancel(self, number):
        """It waits no more. One that runs is refused, with EINPROGRESS."""
        _library.checked(self._library.penstock_batcher_cancel(self._batcher, number))

    def flush(self):
        _library.checked(self._library.penstock_batcher_flush(self._batcher))

    def next(self, device=0, now_ns=None):
        """None while there is nothing to do."""
        told = _library.NextBatch(size=ctypes.sizeof(_library.NextBatch), items=self._items,
                                  capacity=len(self._items))
        _library.checked(self._library.penstock_batcher_next(
            self._batcher, device, _now_ns(now_ns), told))
        if told.running == 0:
            return None
        items = self._items[:told.count]
        return Batch(items=tuple(Item(item.id, item.tokens, bool(item.flags & _JOINED))
                                 for item in items[:told.running]),
                     evicted=tuple(item.id for item in items[told.running:]
                                   if item.flags & _EVICTED),
                     waiting=told.waiting, most=told.most, scale=told.scale)

    def completed(self, outputs, device=0, now_ns=None):
        """`outputs` are the tokens of output by id; who is not there, see penstock/batcher.h."""
        told = (_library.BatchOutput * len(outputs))(*outputs.items())
        _library.checked(self._library.penstock_batcher_completed(
            self._batcher, device, _now_ns(now_ns), told, len(told)))


def _now_ns(given):
    return time.monotonic_ns() if given is None else given

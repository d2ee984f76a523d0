#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails when a file includes a layer that its own layer must not know.

A folder is a layer and includes are written from the root, so every #include names the layer it
crosses to. The table is the dependence of docs/architecture.md; the longest matching folder counts.
"""

import re

import repository

VOCABULARY = {'base', 'policies'}
CORE = VOCABULARY | {'agent/state', 'agent/loop'}
MODULE = {'kmod-helpers', 'kmod-helpers/abi'}
MAY_INCLUDE = {
    'base': {'base'},
    'policies': VOCABULARY,
    'agent/state': VOCABULARY | {'agent/state'},
    # What files say, for the agent that obeys them and the verb that checks them.
    'agent/config': VOCABULARY | {'agent/config'},
    'agent/loop': CORE,
    # What the loop saw and decided, as the agent writes it down and the simulator reads it.
    'agent/decisions': CORE | {'agent/decisions'},
    # Also the layout of hint pages, which it shares with applications.
    'agent/probes': CORE | MODULE
    | {'agent/probes', 'agent/probes/decode', 'bpf', 'client/libpenstock/include'},
    # Pure, so that the command line can decode the same files.
    'agent/probes/decode': MODULE | {'agent/probes/decode', 'base'},
    'agent/actuation': CORE | MODULE | {'agent/actuation'},
    # Also the layout of the board, which it shares with applications.
    'agent/publish': CORE | {'agent/publish', 'client/libpenstock/include', 'dbus'},
    'agent/gate': VOCABULARY | MODULE | {'agent/gate', 'bpf', 'client/protocol'},
    # The programs' own files, which join the parts.
    'agent': CORE | MODULE
    | {'agent', 'agent/config', 'agent/decisions', 'agent/probes', 'agent/actuation', 'agent/publish', 'agent/gate', 'bpf', 'dbus',
       'client/protocol'},
    'bpf': {'bpf'},
    # Code that is made from the contracts.
    'dbus': {'dbus'},
    'kmod-helpers/abi': {'kmod-helpers/abi'},
    'kmod-helpers': MODULE | {'base'},
    # A client of the driver, which may also cooperate with us.
    'kmod-helpers/workload': MODULE
    | {'kmod-helpers/workload', 'base', 'client', 'client/protocol'},
    # It plays recordings through the agent's own sources; models stand behind the loop's ports.
    'sim': CORE
    | {'sim', 'sim/machine', 'agent/config', 'agent/decisions', 'agent/probes', 'dbus'},
    'sim/machine': CORE | {'sim/machine'},
    'client': MODULE | {'client', 'client/protocol', 'base', 'dbus'},
    # Verbs that need no agent (doctor, record, decode) look at the machine with its sources.
    'client/ctl': MODULE | VOCABULARY
    | {'client', 'client/ctl', 'client/protocol', 'agent/config', 'agent/probes', 'agent/probes/decode',
       'agent/state', 'dbus'},
    # What applications include: C, and nothing of ours beside it.
    'client/libpenstock/include': {'client/libpenstock/include'},
    # In an application's process: it decides with the same pure code as the agent.
    'client/libpenstock': VOCABULARY | {'client/libpenstock', 'client/libpenstock/include'},
    'client/examples': {'client/examples', 'client/libpenstock/include', 'base',
                        'kmod-helpers/workload'},
    'client/protocol': {'client/protocol', 'base'},
}
NEVER_TOGETHER = ('agent/probes', 'agent/actuation', 'agent/publish')
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


def layer_of(path):
    """The longest folder of the table that holds the path, or None."""
    return max((f for f in MAY_INCLUDE if path.startswith(f + '/')), key=len, default=None)


def table_complaints():
    """The table itself must keep the three ends of the agent apart."""
    return [
        f'layers.py: {one} may include {other}, but the ends of the agent never know each other'
        for one in NEVER_TOGETHER
        for other in NEVER_TOGETHER
        if one != other and other in MAY_INCLUDE[one]
    ]


def complaint(path, included):
    """Why `path` must not include `included`, or None."""
    layer = layer_of(path)
    if included.endswith(('.skel.h', '.inc')) or layer is None:  # What was made of a contract.
        return None
    if '/' not in included:
        return f'{path}: "{included}" is not written from the root of the repository'
    target = layer_of(included)
    if target is None:
        return f'{path}: "{included}" belongs to no layer'
    if target not in MAY_INCLUDE[layer]:
        return f'{path}: {layer} must not include {target} ("{included}")'
    return None


def main():
    found = table_complaints()
    for path in repository.sources():
        if not repository.is_test(path):
            includes = INCLUDE.findall(repository.text(path))
            found += [complaint(path, included) for included in includes]
    repository.finish([c for c in found if c])


if __name__ == '__main__':
    main()

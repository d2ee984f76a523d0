#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails when a pure library could reach the system.

The pure libraries (policies with its leases and its batching, agent/state, agent/loop, sim/machine) may
compute and allocate, nothing else: time and facts arrive as arguments, so that a simulator and a
test run the shipped decisions. This reads the symbols that their archives leave undefined: what
cannot be named cannot be called. Of base they may use the objects listed below, which are held to the same rule.

usage: purity.py BUILD
"""

import glob
import os
import re
import subprocess
import sys

PURE_FOLDERS = ('policies', 'policies/leases', 'policies/batching', 'policies/batching/config',
                'agent/state', 'agent/loop', 'sim/machine')
PURE_OBJECTS_OF_BASE = ('json_text.cpp.o', 'notation.cpp.o', 'result.cpp.o', 'suggestion.cpp.o',
                        'text.cpp.o')

ALLOWED = re.compile(
    r'^(std::|operator (new|delete)|(vtable|typeinfo|typeinfo name|VTT) for |__cxa_|__cxxabiv1::'
    r'|__gxx_personality|_GLOBAL_OFFSET_TABLE_$|_Unwind_|mem(chr|cmp|cpy|move|set)$|bcmp$|strlen$'
    r'|(llround|exp|sqrt|__floatuntidf)$|__libc_single_threaded$'  # The latter tells shared_ptr how to count.
    r'|abort$|strerrordesc_np$|__stack_chk_fail$|__assert_fail$|__errno_location$'
    r'|__dso_handle$|__(a|ub)san_|__sanitizer_|__sancov_|__start___sancov|__stop___sancov'
    r'|fmt::v\d+::(v?format|detail::|format_error))')
SYMBOL_LINE = re.compile(r'^[0-9a-f ]{16} \S (.+)$')
# Of whoever reads JSON: how numbers are spelt depends on the locale, which the parser makes up for.
OF_JSON = re.compile(r'^(localeconv|snprintf|str(cmp|tod|toll|toull))$')
# Allowed by their prefix above, and yet a way to the system.
REACHES_OUT = re.compile(
    r'std::chrono.*::now|std::(basic_)?[io]?f?stream|std::random_device|std::(j?thread|this_thread)'
    r'|std::filesystem|std::(getenv|system|fopen|cout|cerr|clog|cin)\b|fmt::.*(print|file)')


def symbols(archive, option):
    """{object file: its symbols} of an archive, either '--undefined-only' or '--defined-only'."""
    ran = subprocess.run(['nm', option, '--demangle', archive],
                         capture_output=True, text=True, check=True)
    found, member = {}, archive
    for line in ran.stdout.splitlines():
        symbol = SYMBOL_LINE.match(line)
        if symbol:
            found.setdefault(member, set()).add(symbol.group(1))
        elif line.endswith(':'):
            member = line[:-1]  # nm heads the symbols of each object with its name.
    return found


def archives(build, folder):
    found = glob.glob(os.path.join(build, folder, 'lib*.a'))
    if not found:
        sys.exit(f'{build}/{folder}: no library to look at; build it first')
    return found


def pure_objects_of_base(build):
    """Undefined and defined symbols of those parts of base that the pure libraries may use."""
    wanted, defined = {}, set()
    for archive in archives(build, 'base'):
        for member, names in symbols(archive, '--undefined-only').items():
            if member.endswith(PURE_OBJECTS_OF_BASE):
                wanted[member] = names
        for member, names in symbols(archive, '--defined-only').items():
            if member.endswith(PURE_OBJECTS_OF_BASE):
                defined |= names
    return wanted, defined


def is_allowed(member, name):
    reads_json = os.path.basename(member) == 'config_reader.cpp.o'
    return ALLOWED.match(name) or (reads_json and OF_JSON.match(name))


def main():
    build = sys.argv[1]
    wanted, defined = pure_objects_of_base(build)
    for folder in PURE_FOLDERS:
        for archive in archives(build, folder):
            wanted.update(symbols(archive, '--undefined-only'))
            for names in symbols(archive, '--defined-only').values():
                defined |= names
    reached = sorted(
        f'{os.path.basename(member)}: reaches {name}'
        for member, names in wanted.items()
        for name in names - defined
        if REACHES_OUT.search(name) or not is_allowed(member, name))
    for line in reached:
        print(line)
    sys.exit(bool(reached))


if __name__ == '__main__':
    main()

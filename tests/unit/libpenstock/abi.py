#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whether programs that were linked with an earlier libpenstock.so.1 can run with this one: its
functions, and all structures that they take, are those of the description in the tree.

usage: abi.py check LIBRARY SOURCE_ROOT
       abi.py renew LIBRARY SOURCE_ROOT     after something was added

What is added breaks nobody: functions, and members at the end of structures that begin with their
size. All else does. The description is libabigail's, without what depends on a compiler, its options
or the place of the tree.
"""

import os
import re
import subprocess
import sys
import tempfile

_RENEW = ("python3 tests/unit/libpenstock/abi.py renew "
          "BUILD/client/libpenstock/libpenstock.so.1.0.0 .")
# Of abidiff's status: it failed, or was used wrongly; the rest are differences.
_FAILED = 1 | 2


class AbiError(Exception):
    pass


def place(root, name):
    return os.path.join(root, "client", "libpenstock", "abi", name)


def _ran(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False)


def described(library, root):
    """The description of a library that was built with debug information."""
    headers = os.path.join(root, "client", "libpenstock", "include", "penstock")
    ran = _ran("abidw", "--headers-dir", headers, "--exported-interfaces-only",
               "--drop-private-types", "--no-architecture", "--no-comp-dir-path", "--no-corpus-path",
               "--no-elf-needed", "--no-parameter-names", "--no-show-locs", "--type-id-style",
               "hash", library)
    if ran.returncode != 0:
        raise AbiError(f"abidw: {ran.stderr.strip()}")
    # What no option leaves out: where the build folder is from here, and the compiler's language.
    text = re.sub(r"(<abi-instr [^>]*path=')[^']*?([^/']+)'", r"\1\2'", ran.stdout)
    text = re.sub(r"(<abi-instr [^>]*) language='[^']*'", r"\1", text)
    check_whole(text)
    return text


def check_whole(text):
    """Without debug information there would be names only, and any structure would do."""
    names = set(re.findall(r"<elf-symbol name='(\w+)'[^>]* type='func-type'", text))
    known = set(re.findall(r"<function-decl [^>]*elf-symbol-id='(\w+)@", text))
    if not names or names != known:
        raise AbiError(f"of {len(names)} functions the types of {len(known)} are known: was the "
                       "library built with -g?")


def differences(old, new, *options):
    """What abidiff reports of two descriptions; "" when it finds nothing."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, text in (("old.abi", old), ("new.abi", new)):
            paths.append(os.path.join(folder, name))
            with open(paths[-1], "w", encoding="utf-8") as file:
                file.write(text)
        ran = _ran("abidiff", "--no-default-suppression", *options, *paths)
    if ran.returncode < 0 or ran.returncode & _FAILED:
        raise AbiError(f"abidiff: {ran.stdout.strip()} {ran.stderr.strip()}")
    return ran.stdout.strip() if ran.returncode else ""


def breaking(old, new, root):
    """The differences that programs would notice which were linked with the old one."""
    return differences(old, new, "--no-added-syms", "--suppressions", place(root, "growth.abignore"))


def check(library, root):
    with open(place(root, "libpenstock.so.1.abi"), encoding="utf-8") as file:
        old = file.read()
    new = described(library, root)
    if broken := breaking(old, new, root):
        print(f"{broken}\n\nPrograms that are linked with libpenstock.so.1 would break.")
        return 1
    added = differences(old, new)
    print(f"{added}\n\nNothing breaks; describe what was added: {_RENEW}" if added else "as described")
    return 0


def renew(library, root):
    with open(place(root, "libpenstock.so.1.abi"), "w", encoding="utf-8") as file:
        file.write(described(library, root))
    return 0


def main():
    verbs = {"check": check, "renew": renew}
    if len(sys.argv) != 4 or sys.argv[1] not in verbs:
        print(__doc__)
        return 2
    try:
        return verbs[sys.argv[1]](*sys.argv[2:])
    except AbiError as error:
        print(error)
        return 1


if __name__ == "__main__":
    sys.exit(main())

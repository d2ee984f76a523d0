#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The files of the repository, as the style tests see them.

usage: repository.py          prints every C and C++ file, for clang-format
"""

import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
C_AND_CPP = ('.c', '.cpp', '.h')
# A test must not make a file look well tested by existing beside it, so test code is told apart.
TEST_FOLDERS = ('tests/',)
# Only a command line may waive git's ownership check; CI clones often belong to another user.
GIT = ['git', '-c', 'safe.directory=*', '-C', ROOT]


def git(*arguments):
    """The output of a git command, or None where it fails or this is no repository."""
    try:
        ran = subprocess.run([*GIT, *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return ran.stdout if ran.returncode == 0 else None


def walked():
    """Every file, for a tree that came without its history, such as a source package."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [f for f in folders if f != '.git' and not f.startswith('build')]
        for name in names:
            yield os.path.relpath(os.path.join(folder, name), ROOT)


def files():
    """Paths from the root of all files that are tracked, or would be if they were added."""
    listed = git('ls-files', '-z', '--cached', '--others', '--exclude-standard')
    paths = listed.split('\0') if listed is not None else walked()
    return sorted(p for p in paths if p and os.path.isfile(os.path.join(ROOT, p)))


def is_generated(path):
    """Kernel types dumped by bpftool; nobody writes or reads them."""
    return os.path.basename(path).startswith('vmlinux')


def sources():
    return [p for p in files() if p.endswith(C_AND_CPP) and not is_generated(p)]


def is_test(path):
    return path.startswith(TEST_FOLDERS)


def text(path):
    # Recorded binary files are looked through as well; what is no text in them matches nothing.
    with open(os.path.join(ROOT, path), encoding='utf-8', errors='replace') as file:
        return file.read()


def finish(complaints):
    """Prints the complaints, one to a line, and leaves with the exit status they deserve."""
    for complaint in complaints:
        print(complaint)
    sys.exit(bool(complaints))


if __name__ == '__main__':
    print('\n'.join(sources()))

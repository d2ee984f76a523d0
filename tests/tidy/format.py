#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails when clang-format would change a C or C++ file; `./dev format` mends it."""

import re
import subprocess

import repository

FORMATTER = 'clang-format-19'
COMPLAINT = re.compile(r'^(.*?):\d+:\d+: error: code should be clang-formatted', re.MULTILINE)


def main():
    ran = subprocess.run([FORMATTER, '--dry-run', '-Werror', *repository.sources()],
                         cwd=repository.ROOT, capture_output=True, text=True, check=False)
    paths = sorted(set(COMPLAINT.findall(ran.stderr)))
    complaints = [f'{path}: not formatted; ./dev format mends it' for path in paths]
    if ran.returncode != 0 and not complaints:
        complaints = [ran.stderr]
    repository.finish(complaints)


if __name__ == '__main__':
    main()

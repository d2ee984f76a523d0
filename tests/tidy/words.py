#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails when a file names a path that exists only on the machine where it was written."""

import re

import repository

# Written so that this file does not contain what it looks for.
PATHS_OF_ONE_MACHINE = re.compile(
    r'(?<![\w.$}-])/(?:work|farm)/\w|/tmp/build[-]\w|/home/(?!\$|<)\w+/')


def main():
    found = []
    for path in repository.files():
        for number, line in enumerate(repository.text(path).splitlines(), 1):
            if PATHS_OF_ONE_MACHINE.search(line):
                found.append(f'{path}:{number}: names a path of one machine: {line.strip()}')
    repository.finish(found)


if __name__ == '__main__':
    main()

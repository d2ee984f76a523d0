#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails when a commit that is not published yet breaks the form of HACKING.md.

    area: imperative subject of at most 72 characters

    Why, in a sentence or more.

    Tested: what was run or seen
"""

import re

import repository

SUBJECT = re.compile(r'^[\w.][\w./,{}* -]{1,39}: \S')
LONGEST_SUBJECT = 72
SHORTEST_BODY = 40  # Characters, without the "Tested:" line.
MOST_COMMITS = 50   # An unpublished history is short; a clone without a remote is not judged whole.


def complaints(name, message):
    subject, _, body = message.strip().partition('\n')
    short = name[:10]
    if not SUBJECT.match(subject):
        yield f'{short}: the subject names no area ("area: what it does"): {subject}'
    if len(subject) > LONGEST_SUBJECT:
        yield f'{short}: the subject has {len(subject)} characters, more than {LONGEST_SUBJECT}'
    why = re.sub(r'^Tested:.*', '', body, flags=re.MULTILINE | re.DOTALL).strip()
    if len(why) < SHORTEST_BODY:
        yield f'{short}: the body does not say why'
    if not re.search(r'^Tested: \S', body, re.MULTILINE):
        yield f'{short}: no line says how it was tested ("Tested: ...")'


def unpublished():
    """(name, message) of the commits that no remote branch holds; none without a history."""
    log = repository.git('log', '--no-merges', f'--max-count={MOST_COMMITS}',
                         '--format=%H%x00%B%x01', 'HEAD', '--not', '--remotes')
    for entry in (log or '').split('\x01'):
        name, _, message = entry.strip().partition('\0')
        if message:
            yield name, message


def main():
    repository.finish([c for name, message in unpublished() for c in complaints(name, message)])


if __name__ == '__main__':
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails when a file leaves the shape that HACKING.md asks for.

Hard limits hold for every file. Those of ratchets.txt hold for the tree as a whole and only ever
become tighter: who makes a number better lowers it there.
"""

import json
import os
import re
import statistics
import subprocess

import repository

LONGEST_FILE = 400      # Lines.
LONGEST_FUNCTION = 60   # Lines.
LONGEST_LINE = 100      # Columns, as .clang-format has it.
VAGUE = re.compile(r'(^|_)(utils?|misc|common|helpers?|manager|data|info|stuff|tools?)(_|$)'
                   r'|^(handle|do)_')
UNNUMBERED = re.compile(r'\b(TODO|FIXME|XXX|HACK)\b(?!\(#\d+\))')
NEEDS_LICENCE = (
    '.c', '.cpp', '.h', '.py', '.sh', 'meson.build', 'meson_options.txt', '.xml', 'dev', '.ci/run')
COMMENT = re.compile(r'^\s*(//|/\*|\*/|\*|#)')
RATCHETS = 'tests/tidy/ratchets.txt'
WORDS_OF_A_PURPOSE = 4


def purpose(text):
    """The words of the comment that a header opens with, after its licence line."""
    words = []
    for line in text.splitlines()[1:]:
        if line.strip() and not re.match(r'^\s*(//|/\*|\*)', line):
            break
        words += re.findall(r'[A-Za-z]+', line)
    return words


def complaints_about(path, text):
    lines = text.splitlines()
    if len(lines) > LONGEST_FILE:
        yield f'{path}: {len(lines)} lines, more than {LONGEST_FILE}'
    if VAGUE.search(os.path.basename(path).split('.')[0]):
        yield f'{path}: the name says nothing about what is inside'
    if path.endswith('.h') and len(purpose(text)) < WORDS_OF_A_PURPOSE:
        yield f'{path}: does not open with what it is for'
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST_LINE:
            yield f'{path}:{number}: {len(line)} columns, more than {LONGEST_LINE}'
        if UNNUMBERED.search(line):
            yield f'{path}:{number}: work left over without an issue number'


def licence_complaints():
    for path in repository.files():
        if path.endswith(NEEDS_LICENCE) and not repository.is_generated(path):
            head = repository.text(path).splitlines()[:4]
            if not any('SPDX-License-Identifier: ' in line for line in head):
                yield f'{path}: no SPDX line at the top'


def functions(paths):
    """(lines, name, path) of every function, as universal-ctags sees them."""
    ran = subprocess.run(
        ['ctags', '--output-format=json', '--fields=+ne', '--kinds-C++=f', '--kinds-C=f',
         '--languages=C,C++', '--langmap=C++:+.h', '-L', '-', '-f', '-'],
        input='\n'.join(paths), capture_output=True, text=True, check=True, cwd=repository.ROOT)
    for line in ran.stdout.splitlines():
        tag = json.loads(line)
        if 'end' in tag:
            yield tag['end'] - tag['line'] + 1, tag['name'], tag['path']


def quantile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))] if values else 0


def measures(texts, spans):
    """The numbers of ratchets.txt, of the tree as it is."""
    sizes = [len(t.splitlines()) for p, t in texts.items() if not repository.is_test(p)]
    tests = [len(t.splitlines()) for p, t in texts.items() if repository.is_test(p)]
    lengths = [lines for lines, _, path in spans if not repository.is_test(path)]
    lines = [x for p, t in texts.items() if not repository.is_test(p) for x in t.splitlines()]
    comments = sum(bool(COMMENT.match(x)) and not x.lstrip().startswith('#') for x in lines)
    return {
        'file_lines_median': statistics.median(sizes),
        'file_lines_p90': quantile(sizes, 0.9),
        'function_lines_p95': quantile(lengths, 0.95),
        'source_lines_per_test_line': round(sum(sizes) / max(sum(tests), 1), 2),
        'nolint_per_1000_lines': round(1000 * sum('NOLINT' in x for x in lines) / len(lines), 2),
        'comment_percent_missing': max(0, round(8 - 100 * comments / len(lines), 1)),
    }


def ratchets():
    for line in repository.text(RATCHETS).splitlines():
        words = line.split('#')[0].split()
        if words:
            yield words[0], float(words[1])


def ratchet_complaints(measured):
    for name, bound in ratchets():
        print(f'{name}: {measured[name]} (bound {bound:g})')
        if measured[name] > bound:
            yield f'{RATCHETS}: {name} is {measured[name]}, more than {bound:g}'


def main():
    texts = {p: repository.text(p) for p in repository.sources()}
    spans = list(functions(texts))
    found = [c for path, text in texts.items() for c in complaints_about(path, text)]
    found += licence_complaints()
    found += [f'{path}: {name}() has {lines} lines, more than {LONGEST_FUNCTION}'
              for lines, name, path in spans if lines > LONGEST_FUNCTION]
    found += ratchet_complaints(measures(texts, spans))
    repository.finish(found)


if __name__ == '__main__':
    main()

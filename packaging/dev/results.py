#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts what test runs report: 'N passed, N failed, N skipped', alone on the last line.

usage: results.py FILE...

A FILE is a meson testlog.json, with the testlog.junit.xml beside it, or a list of gates
(FILE.gates), a line 'pass|fail|skip<TAB>name<TAB>reason' each. A GoogleTest program counts case by
case. Leaves with 1 when anything failed; a skip that tests/allowed_skips.txt does not list is a
failure, because a test nobody runs proves nothing, and so is a run in which nothing was tested.
"""

import collections
import fnmatch
import json
import os
import sys
import xml.etree.ElementTree as xml

ALLOWED_SKIPS = os.path.join(os.path.dirname(__file__), '../../tests/allowed_skips.txt')
PASSED_WORDS = ('OK', 'EXPECTEDFAIL')

Result = collections.namedtuple('Result', 'name verdict reason')


def cases_of(junit_path):
    """{test name: [Result]} of the tests that report single cases."""
    found = collections.defaultdict(list)
    if not os.path.exists(junit_path):
        return found
    for suite in xml.parse(junit_path).getroot().iter('testsuite'):
        # meson names a suite 'project.test' or 'project.test.gtest_suite', all others 'project', and
        # the test either plainly or as 'project:suite / test'.
        _, _, rest = suite.get('name', '').partition('.')
        test, _, group = rest.partition('.')
        test = test.rpartition(' / ')[2]
        for case in suite.iter('testcase'):
            if test:
                name = '.'.join(part for part in (test, group, case.get('name')) if part)
                found[test].append(result_of_case(name, case))
    return found


def result_of_case(name, case):
    for tag in ('failure', 'error'):
        bad = case.find(tag)
        if bad is not None:
            return Result(name, 'fail', bad.get('message') or bad.text or '')
    skipped = case.find('skipped')
    if skipped is not None:
        return Result(name, 'skip', (skipped.get('message') or skipped.text or '').strip())
    if case.get('status') == 'notrun':
        return Result(name, 'skip', 'disabled')
    return Result(name, 'pass', '')


def results_of_meson(path):
    cases = cases_of(os.path.splitext(path)[0] + '.junit.xml')
    seen = set()
    with open(path, encoding='utf-8') as file:
        for run in map(json.loads, file):
            test = run['name'].rpartition(' / ')[2]
            if test in seen:
                yield Result(test, 'fail', 'two tests have this name, so their reports overwrite')
                continue
            seen.add(test)
            yield from results_of_run(test, run, cases.get(test, []))


def results_of_run(test, run, cases):
    passed = run['result'] in PASSED_WORDS
    if not passed and run['result'] != 'SKIP' and all(c.verdict != 'fail' for c in cases):
        # It crashed or hung; its case report, if there is one, is that of an earlier run.
        yield Result(test, 'fail', f"{run['result']}, exit status {run['returncode']}")
    elif cases:
        yield from cases
    else:
        yield Result(test, 'pass' if passed else 'skip', 'skipped by the test itself')


def results_of_gates(path):
    with open(path, encoding='utf-8') as file:
        for line in file:
            verdict, name, reason = (line.rstrip('\n').split('\t') + ['', ''])[:3]
            yield Result(name, verdict, reason)


def allowed_skips():
    with open(ALLOWED_SKIPS, encoding='utf-8') as file:
        lines = [line.split('#')[0].strip() for line in file]
    return [line.partition(':')[0].strip() for line in lines if line]


def judged(result, allowed):
    if result.verdict == 'skip' and not any(fnmatch.fnmatchcase(result.name, a) for a in allowed):
        return result._replace(verdict='fail', reason=f'skipped without leave: {result.reason}')
    return result


def main():
    allowed = allowed_skips()
    results = []
    for path in sys.argv[1:]:
        read = results_of_gates if path.endswith('.gates') else results_of_meson
        results += [judged(result, allowed) for result in read(path)]
    if not results:
        results = [Result('tests', 'fail', 'nothing was tested')]
    for result in results:
        if result.verdict != 'pass':
            print(f'{result.verdict}: {result.name}: {" ".join(result.reason.split())[:200]}')
    count = collections.Counter(result.verdict for result in results)
    print(f"{count['pass']} passed, {count['fail']} failed, {count['skip']} skipped")
    sys.exit(bool(count['fail']))


if __name__ == '__main__':
    main()

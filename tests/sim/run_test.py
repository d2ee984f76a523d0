#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The verb run of penstock-sim, as a user sees it.

usage: run_test.py SCENARIOS PROGRAM
"""

import csv
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest

SCENARIOS, PROGRAM = sys.argv[1:3]


def run(*words):
    return subprocess.run([PROGRAM, 'run', *words], capture_output=True, text=True, check=False)


def scenario(name):
    return os.path.join(SCENARIOS, name + '.conf')


class Run(unittest.TestCase):
    def test_same_seed_same_bytes_and_another_seed_others(self):
        words = [scenario('p11_serving'), '--policy=native,k-edf', '--until=2s', '--json']
        first = run(*words)
        self.assertEqual(first.returncode, 0, first.stderr)
        self.assertEqual(first.stdout, run(*words).stdout)
        self.assertNotEqual(first.stdout, run(*words, '--seed=2').stdout)

    def test_json_and_csv_tell_the_same(self):
        words = [scenario('p1_priority'), '--policy=quick', '--until=1s']
        told = json.loads(run(*words, '--json').stdout)
        self.assertTrue(told['simulated'])
        rows = list(csv.DictReader(io.StringIO(run(*words, '--csv').stdout)))
        self.assertEqual(len(rows), 2)
        for row, job in zip(rows, told['runs'][0]['jobs']):
            self.assertEqual(row['job'], job['name'])
            self.assertAlmostEqual(float(row['mean_ms']), job['mean_ms'], places=3)

    def test_policies_stand_side_by_side(self):
        ran = run(scenario('p1_priority'), '--policy', 'native,quick', '--until=1s', '--compare')
        self.assertEqual(ran.returncode, 0, ran.stderr)
        head = next(line for line in ran.stdout.splitlines() if line.startswith('job'))
        self.assertEqual(head.split(), ['job', 'metric', 'native', 'quick'])

    def test_objections_name_file_and_line(self):
        with tempfile.NamedTemporaryFile('w', suffix='.conf') as file:
            file.write('[Device gpu]\nSharin=processor\n[Job a]\nPriority=0\n')
            file.flush()
            ran = run(file.name, '--policy=native')
        self.assertEqual(ran.returncode, 1)
        self.assertIn(f'{file.name}:2: Sharin= is not known here; did you mean Sharing?', ran.stderr)
        self.assertEqual(ran.stdout, '')

    def test_an_unknown_policy_is_refused_with_those_there_are(self):
        ran = run(scenario('p1_priority'), '--policy=lottery')
        self.assertEqual(ran.returncode, 1)
        self.assertIn('fixed-priority', ran.stderr)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The verbs run and paper of penstock-sim, as a user sees them.

usage: run_test.py SCENARIOS PROGRAM
"""

import csv
import io
import json
import os
import shutil
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

    def test_a_fleet_tells_the_same_in_any_number_of_threads(self):
        words = [scenario('fleet'), '--policy=quick', '--until=200ms', '--nodes=4', '--json']
        first = run(*words)
        self.assertEqual(first.returncode, 0, first.stderr)
        self.assertEqual(first.stdout, run(*words, '--threads=3').stdout)
        fleet = json.loads(first.stdout)
        self.assertEqual((fleet['nodes'], fleet['devices']), (4, 32))
        self.assertEqual(fleet['runs'][0]['queues'], 3200)
        self.assertEqual(fleet['runs'][0]['requests_lost'], 0)
        self.assertGreater(fleet['runs'][0]['requests_completed'], 1000)

    def test_a_fleet_has_no_lines_for_each_node(self):
        ran = run(scenario('fleet'), '--policy=quick', '--nodes=2', '--csv')
        self.assertEqual(ran.returncode, 1)
        self.assertIn('of a fleet there are tables, and --json', ran.stderr)

    def test_objections_name_file_and_line(self):
        with tempfile.NamedTemporaryFile('w', suffix='.conf') as file:
            file.write('[Device gpu]\nSharin=processor\n[Job a]\nPriority=0\n')
            file.flush()
            ran = run(file.name, '--policy=native')
        self.assertEqual(ran.returncode, 1)
        self.assertIn(f'{file.name}:2: Sharin= is not known here; did you mean Sharing?', ran.stderr)
        self.assertEqual(ran.stdout, '')

    def test_who_ran_when_can_be_drawn(self):
        with tempfile.TemporaryDirectory() as folder:
            trace, plots = os.path.join(folder, 'trace.json'), os.path.join(folder, 'plots')
            ran = run(scenario('p1_priority'), '--policy=native,quick', '--until=1s',
                      '--chrome-trace', trace, '--gnuplot', plots)
            self.assertEqual((ran.returncode, ran.stderr), (0, ''))
            with open(trace, encoding='utf-8') as file:
                events = json.load(file)['traceEvents']
            self.assertEqual(sorted(os.listdir(plots)), ['latency.dat', 'plot.gp', 'shares.dat'])
        names = [event['args']['name'] for event in events if event['name'] == 'process_name']
        self.assertEqual(names, ['native: gpu', 'quick: gpu'])

    def test_what_can_not_be_written_is_told(self):
        words = [scenario('p1_priority'), '--policy=native', '--until=100ms']
        for option in ('--chrome-trace', '--gnuplot'):
            ran = run(*words, option, '/proc/nowhere/here')
            self.assertEqual(ran.returncode, 1)
            self.assertIn('/proc/nowhere/here', ran.stderr)

    def test_an_unknown_policy_is_refused_with_those_there_are(self):
        ran = run(scenario('p1_priority'), '--policy=lottery')
        self.assertEqual(ran.returncode, 1)
        self.assertIn('fixed-priority', ran.stderr)


def paper(*words, scenarios=SCENARIOS):
    return subprocess.run([PROGRAM, 'paper', '--scenarios', scenarios, *words], capture_output=True,
                          text=True, check=False)


class Paper(unittest.TestCase):
    def test_rows_are_in_their_bands_and_the_same_in_every_form(self):
        ran = paper('--only=fig11c.1ms', '--json')
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertEqual(ran.stderr, '', 'no progress where there is no terminal')
        told = json.loads(ran.stdout)
        self.assertEqual(told['in_band'], 4)
        rows = list(csv.DictReader(io.StringIO(paper('--only=fig11c.1ms', '--csv').stdout)))
        self.assertEqual([row['id'] for row in rows], [row['id'] for row in told['rows']])
        table = paper('--only=fig11c.1ms').stdout
        for column in ('figure', 'paper', 'simulated', 'emulated', 'band', 'verdict'):
            self.assertIn(column, table)
        self.assertIn('4 of 4 in band', table)

    def test_a_machine_that_is_not_the_described_one_is_out_of_band(self):
        with tempfile.TemporaryDirectory() as folder:
            name = 'p5_threshold_1ms.conf'
            shutil.copy(os.path.join(SCENARIOS, name), folder)
            with open(os.path.join(folder, name), 'r+', encoding='utf-8') as file:
                text = file.read().replace('WakeSec=12us', 'WakeSec=90us')
                file.seek(0)
                file.write(text)
            ran = paper('--only=fig11c.1ms.h1', scenarios=folder)
        self.assertEqual(ran.returncode, 1)
        self.assertIn('OUT OF BAND', ran.stdout)
        self.assertIn('1 of 1 experiments are out of their bands', ran.stderr)

    def test_what_was_measured_stands_beside(self):
        with tempfile.NamedTemporaryFile('w', suffix='.json') as file:
            file.write('{"fig11c.1ms.h1": 0.02}')
            file.flush()
            told = json.loads(paper('--only=fig11c.1ms', '--json', '--emulated', file.name).stdout)
        self.assertEqual([row['emulated'] for row in told['rows']], [0.02, None, None, None])

    def test_what_makes_no_sense_is_told(self):
        for words, told in ((('--only=fig0',), 'no experiment'),
                            (('--emulated=/nonexistent',), 'open /nonexistent')):
            ran = paper(*words)
            self.assertEqual(ran.returncode, 1)
            self.assertIn(told, ran.stderr)
        self.assertIn('open /nonexistent', paper(scenarios='/nonexistent').stderr)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])

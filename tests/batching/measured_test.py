#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""From a device to a simulation: calibrate-grid measures, calibrate fits, batching uses the fit.

usage: measured_test.py PROGRAM
"""

import csv
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv[1]
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EXAMPLE = os.path.join(ROOT, 'sim', 'examples', 'batch_on_cpu.py')
# A device that follows the linear law to the digit.
DEVICE = 'import sys; b, l = map(int, sys.argv[1:]); print(0.02 + l * (1e-4 + 5e-6 * b))'


def run(*words):
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True, check=False)


class Measured(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.grid = self.path('grid.csv')

    def path(self, name):
        return os.path.join(self.folder, name)

    def measure(self, *words, command):
        return run('calibrate-grid', self.grid, '--repeats=1', '--warm-ups=0', *words, '--',
                   *command)

    def rows(self):
        with open(self.grid, encoding='utf-8', newline='') as file:
            return list(csv.DictReader(file))

    def test_the_whole_chain_comes_to_the_device_that_was_measured(self):
        ran = self.measure('--batches=1,2,4', '--lengths=100,400',
                           command=(sys.executable, '-c', DEVICE))
        self.assertEqual((ran.returncode, ran.stdout, ran.stderr), (0, '', ''))
        self.assertEqual(len(self.rows()), 6)
        fitted = json.loads(run('calibrate', self.grid, '--kind', 'linear').stdout)
        self.assertAlmostEqual(fitted['latency']['alpha'], 0.02, 9)
        self.assertAlmostEqual(fitted['latency']['beta'], 1e-4, 9)
        self.assertAlmostEqual(fitted['latency']['beta_b'], 5e-6, 9)
        with open(self.path('r.csv'), 'w', encoding='utf-8') as file:
            file.write('id,arrival_us,prompt_tokens,output_tokens\n1,0,150,50\n2,0,200,100\n')
        with open(self.path('c.json'), 'w', encoding='utf-8') as file:
            file.write('{"mode": "static_fifo", "latency": {"kind": "linear", "alpha": 1, '
                       '"beta": 1, "beta_b": 1}}')
        ran = run('batching', self.path('r.csv'), self.path('c.json'), '--calibration', self.grid)
        self.assertEqual((ran.returncode, ran.stderr), (0, ''))
        expected = 0.02 + 300 * (1e-4 + 5e-6 * 2)
        self.assertAlmostEqual(json.loads(ran.stdout)['makespan_ns'] / 1e9, expected, 7)

    def test_the_example_measures_this_processor(self):
        ran = self.measure('--batches=1,2', '--lengths=2,8', command=(sys.executable, EXAMPLE))
        self.assertEqual((ran.returncode, ran.stderr), (0, ''))
        self.assertEqual([(row['batch_size'], row['max_seq_len']) for row in self.rows()],
                         [('1', '2'), ('2', '2'), ('1', '8'), ('2', '8')])
        self.assertTrue(all(float(row['mean_latency_sec']) > 0 for row in self.rows()))

    def test_commands_that_misbehave_are_told_of_and_nothing_is_written(self):
        for script, sentence in (('exit 7', 'sh, for 1 requests of 64 tokens: it ended with'),
                                 ('echo nan', 'it prints: nan: no number of seconds'),
                                 ('echo fast', 'it prints: fast: no number of seconds'),
                                 ('yes', 'it prints more than 4096 bytes'),
                                 ('sleep 100', 'it runs for longer than 0.05 s')):
            ran = self.measure('--longest=0.05' if 'sleep' in script else '--longest=60',
                               command=('sh', '-c', script))
            self.assertEqual(ran.returncode, 1, script)
            self.assertIn(sentence, ran.stderr)
            self.assertFalse(os.path.exists(self.grid))
        ran = self.measure(command=('penstock-nowhere',))
        self.assertEqual(ran.returncode, 1)
        self.assertIn('start it: No such file', ran.stderr)

    def test_points_before_one_that_fails_are_kept(self):
        ran = self.measure('--batches=1,2,4', '--lengths=64',
                           command=('sh', '-c', 'test {batch} -lt 4 && echo 0.{length}'))
        self.assertEqual((ran.returncode, ran.stdout), (1, ''))
        self.assertIn('sh, for 4 requests of 64 tokens: it ended with status 1; '
                      f'{self.grid} has the 2 points before it', ran.stderr)
        self.assertEqual([(row['batch_size'], row['mean_latency_sec']) for row in self.rows()],
                         [('1', '0.64'), ('2', '0.64')])

    def end_by(self, number):
        """The command's pidfd, and what was said, after the signal has ended the program."""
        script = f'echo $$ > {self.path("pid")}.part; mv {self.path("pid")}.part {self.path("pid")}'
        with subprocess.Popen([PROGRAM, 'calibrate-grid', self.grid, '--', 'sh', '-c',
                               f'{script}; exec sleep 1000'], stderr=subprocess.PIPE) as child:
            while not os.path.exists(self.path('pid')) and child.poll() is None:
                os.sched_yield()
            with open(self.path('pid'), encoding='utf-8') as file:
                command = os.pidfd_open(int(file.read()))
            self.addCleanup(os.close, command)
            child.send_signal(number)
            errors = child.stderr.read().decode()
        return child.returncode, command, errors

    def test_a_signal_ends_the_command_too(self):
        status, command, errors = self.end_by(signal.SIGINT)
        self.assertEqual(status, 1)
        self.assertIn('it was interrupted', errors)
        self.assertTrue(select.select([command], [], [], 20)[0], 'the command has ended')

    def test_the_command_ends_also_when_the_program_is_killed(self):
        status, command, _ = self.end_by(signal.SIGKILL)
        self.assertEqual(status, -signal.SIGKILL)
        self.assertTrue(select.select([command], [], [], 20)[0], 'the command has ended')

    def test_only_a_terminal_sees_how_far_it_is(self):
        ran = self.measure('--batches=1', '--lengths=1', command=('sh', '-c', 'echo 1'))
        self.assertEqual(ran.stderr, '')


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])

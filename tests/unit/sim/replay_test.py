#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`penstock-sim replay` on a recording, and its lines against the schema of `penstockctl tail`.

usage: replay_test.py SCHEMA RECORDING RECORD PENSTOCK_SIM [unittest's arguments]
"""

import json
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../ctl'))
from json_schema import Schema  # pylint: disable=wrong-import-position

SCHEMA, RECORDING, RECORD, PENSTOCK_SIM = sys.argv[1:5]


def replay(*words, text=None):
    return subprocess.run([PENSTOCK_SIM, 'replay', *words], input=text, capture_output=True,
                          text=True, check=False)


def lines(*words):
    return [json.loads(line) for line in replay(RECORDING, '--json', *words).stdout.splitlines()]


class Replay(unittest.TestCase):
    def test_every_line_is_as_the_schema_of_tail_says(self):
        with open(SCHEMA, encoding='utf-8') as file:
            schema = Schema(json.load(file))
        self.assertEqual(len(lines()), 5)
        for line in lines():
            self.assertEqual(list(schema.complaints(line)), [])

    def test_the_recorded_rates_are_shown_in_recorded_time(self):
        memory = [line['memory'][0] for line in lines()]
        self.assertEqual([m['read_bytes_per_second'] for m in memory],
                         [1e9, 2e9, 3e9, 2e9, 2e9])
        self.assertEqual([m['write_bytes_per_second'] for m in memory],
                         [5e8, 5e8, None, 1.5e9, 1.5e9])
        self.assertEqual([round(line['time'] - 1.7e9, 3) for line in lines()],
                         [0, 0.1, 0.2, 0.3, 0.4])

    def test_what_is_unknown_says_why(self):
        origin = lines()[2]['memory'][0]['origins']['write_bytes_per_second']
        self.assertIsNone(origin['confidence'])
        self.assertTrue(origin['source'])

    def test_two_replays_are_the_same(self):
        self.assertEqual(replay(RECORDING, '--json').stdout, replay(RECORDING, '--json').stdout)
        self.assertEqual(replay(RECORDING).stdout, replay(RECORDING).stdout)

    def test_lines_come_as_far_apart_as_asked(self):
        self.assertEqual([round(line['time'] - 1.7e9, 3) for line in lines('--interval=200')],
                         [0, 0.2, 0.4])

    def test_the_table_has_each_figure_s_range(self):
        table = replay(RECORDING).stdout
        self.assertRegex(table, r'memory 0 +read_bytes_per_second +1e\+09 +2e\+09 +3e\+09 +100 %')
        self.assertRegex(table, r'memory 0 +write_bytes_per_second .* 80 %')
        self.assertIn('\n5 ticks, 0 odd readings\n', table)

    def test_a_recording_may_come_by_standard_input(self):
        with open(RECORDING, encoding='utf-8') as file:
            text = file.read()
        self.assertEqual(replay('-', text=text).stdout, replay(RECORDING).stdout)

    def test_what_came_before_nonsense_is_shown_and_the_line_is_named(self):
        with open(RECORDING, encoding='utf-8') as file:
            text = file.read()
        ended = replay('-', '--json', text=text + 'nonsense\n')
        self.assertEqual(ended.returncode, 1)
        self.assertEqual(len(ended.stdout.splitlines()), 4)
        self.assertRegex(ended.stderr, r'^penstock-sim: line \d+: it is not a JSON object\n$')

    def test_an_unknown_policy_is_answered_with_those_there_are(self):
        ended = replay(RECORDING, '--policy=dice')
        self.assertEqual(ended.returncode, 1)
        self.assertIn('fixed-priority', ended.stderr)

    def test_a_file_that_is_not_there_is_named(self):
        ended = replay('/nonexistent')
        self.assertEqual(ended.returncode, 1)
        self.assertIn('open /nonexistent: No such file', ended.stderr)


class Decisions(unittest.TestCase):
    def told(self, *words):
        return json.loads(replay(RECORD, '--json', *words).stdout)

    def test_of_a_record_are_decided_again_to_the_last_bit(self):
        ended = replay(RECORD)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        told = self.told()
        self.assertEqual(told['differences'], 0)
        self.assertIsNone(told['first_difference_line'])
        self.assertEqual(told['recorded_policy'], 'fixed-priority, fair-share, fixed-priority')
        self.assertGreater(told['ticks'], 50)
        self.assertGreater(told['decisions'], 10)

    def test_of_another_policy_are_compared(self):
        told = self.told('--policy=round-robin', '--set=QuantumSec=4ms')
        self.assertGreater(told['differences'], told['ticks'] / 2)
        background = told['owners'][0]
        self.assertEqual(background['command'], 'background')
        self.assertGreater(background['recorded']['yields_seconds'], 0)
        self.assertEqual(background['replayed']['yields_seconds'], 0)

    def test_that_differ_are_counted_and_fail(self):
        with open(RECORD, encoding='utf-8') as file:
            text = file.read()
        changed = replay('-', text=text.replace('"rank":10', '"rank":9', 1))
        self.assertEqual(changed.returncode, 1)
        self.assertRegex(changed.stderr, r'the recorded policy decides otherwise at \d+ of \d+ ticks')
        self.assertRegex(changed.stdout, r'the first is in line \d+')

    def test_of_a_record_that_was_cut_short_are_compared_up_to_there(self):
        with open(RECORD, encoding='utf-8') as file:
            text = file.read()
        ended = replay('-', text=text[:len(text) // 2])
        self.assertEqual(ended.returncode, 1)
        self.assertRegex(ended.stderr, r'^penstock-sim: line \d+: it is cut short\n$')
        self.assertIn('decides otherwise at 0\n', ended.stdout)

    def test_are_explained(self):
        ended = subprocess.run([PENSTOCK_SIM, 'report', RECORD, '--json'], capture_output=True,
                               text=True, check=False)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        background, foreground = json.loads(ended.stdout)['owners']
        self.assertGreater(background['preemptions'], 10)
        self.assertGreater(foreground['gained_seconds'], 0)
        self.assertIn(foreground['pid'], [s['cause_pid'] for s in background['suspensions']])
        self.assertAlmostEqual(sum(s['seconds'] for s in background['suspensions']),
                               background['suspended_seconds'])
        with open(RECORDING, encoding='utf-8') as file:
            other = subprocess.run([PENSTOCK_SIM, 'report', '-'], stdin=file, capture_output=True,
                                   text=True, check=False)
        self.assertEqual(other.returncode, 1)
        self.assertIn('a record of decisions begins with', other.stderr)


if __name__ == '__main__':
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]])

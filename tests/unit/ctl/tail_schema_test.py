#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The shipped schema of `penstockctl tail --json` against lines that it really prints.

usage: tail_schema_test.py SCHEMA PENSTOCKCTL FAKE_AGENT [unittest's arguments]
"""

import copy
import json
import subprocess
import sys
import unittest

from json_schema import Schema

SCHEMA, PENSTOCKCTL, FAKE_AGENT = sys.argv[1:4]
UNITS = ('bytes', 'second', 'watts', 'joules', 'celsius', 'degrees', 'number', 'no unit', 'share',
         'whether', 'name', 'text', 'time', '-20', '1970', 'calibrated', 'itself', 'measured')


def tailed():
    """Two lines of an agent of our own, on a bus of our own."""
    bus = subprocess.Popen(['dbus-daemon', '--session', '--nofork', '--print-address'],
                           stdout=subprocess.PIPE, text=True)
    agent = None
    try:
        address = bus.stdout.readline().strip()
        agent = subprocess.Popen([FAKE_AGENT, address], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, text=True)
        assert agent.stdout.readline() == 'ready\n'
        output = subprocess.run(
            [PENSTOCKCTL, f'--bus={address}', 'tail', '--json', '--count=2', '--interval=1ms'],
            stdout=subprocess.PIPE, text=True, check=True).stdout
        return [json.loads(line) for line in output.splitlines()]
    finally:
        for process in filter(None, (agent, bus)):
            process.kill()
            process.communicate()


class TailSchema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with open(SCHEMA, encoding='utf-8') as file:
            cls.schema = Schema(json.load(file))
        cls.lines = tailed()

    def wrong(self, change):
        """What the schema says of a line with one thing changed."""
        line = copy.deepcopy(self.lines[0])
        change(line)
        return list(self.schema.complaints(line))

    def test_every_line_is_as_the_schema_says(self):
        self.assertEqual(len(self.lines), 2)
        for line in self.lines:
            self.assertEqual(list(self.schema.complaints(line)), [])
            for part in ('memory', 'packages', 'gpus', 'processes'):
                self.assertTrue(line[part], f'{part} is empty, so nothing of it was checked')

    def test_every_field_is_described_with_its_unit(self):
        self.assertEqual(list(self.schema.undescribed()), [])
        for name, part in self.schema.whole['$defs'].items():
            for field, rule in part.get('properties', {}).items():
                self.assertTrue(any(unit in rule['description'].lower() for unit in UNITS)
                                or '$ref' in rule or rule.get('enum') or field == 'source',
                                f'{name}.{field}: {rule["description"]}')

    def test_every_figure_says_where_it_comes_from(self):
        for part in ('memory', 'packages', 'gpus', 'processes'):
            for entry in self.lines[0][part]:
                for field, origin in entry['origins'].items():
                    self.assertIn(field, entry)
                    self.assertEqual(entry[field] is None, origin['confidence'] is None, field)

    def test_unknown_is_null(self):
        memory = self.lines[0]['memory'][0]
        self.assertIsNone(memory['write_bytes_per_second'])
        self.assertEqual(memory['origins']['write_bytes_per_second']['source'],
                         'no counter of writes')

    def test_lines_that_are_missing_are_told_by_their_number(self):
        self.assertEqual(list(self.schema.complaints({'dropped': 3})), [])
        for wrong in ({'dropped': 0}, {'dropped': -1}, {'dropped': '3'}, {'dropped': 3, 'time': 1}):
            self.assertTrue(list(self.schema.complaints(wrong)), wrong)

    def test_minus_one_is_no_rate(self):
        def minus_one(line):
            line['memory'][0]['read_bytes_per_second'] = -1
        self.assertTrue(self.wrong(minus_one))

    def test_a_number_with_its_unit_as_text_is_no_number(self):
        def text(line):
            line['packages'][0]['power_watts'] = '35 W'
        self.assertTrue(self.wrong(text))

    def test_a_field_that_is_missing_or_new_is_told(self):
        self.assertTrue(self.wrong(lambda line: line.pop('gpus')))
        self.assertTrue(self.wrong(lambda line: line['gpus'][0].update(speed=1)))


if __name__ == '__main__':
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]])

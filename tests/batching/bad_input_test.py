#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What somebody gets who hands the program nonsense: a sentence that says where, and no figure.

usage: bad_input_test.py PROGRAM
"""

import os
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv[1]
HEADER = 'id,arrival_us,prompt_tokens,output_tokens\n'
REQUESTS = HEADER + '1,0,10,5\n2,10,20,5\n3,20,30,5\n4,30,40,5\n'
CONFIG = '{"mode": "multi_bin_dynamic"}'
GRID = 'batch_size,max_seq_len,mean_latency_sec\n'

BAD_REQUESTS = (
    ('', 'r.csv:1: the file is empty'),
    (HEADER, 'r.csv:1: no request follows'),
    ('id,arrival_us,prompt_tokens\n1,0,3\n', 'r.csv:1: no column output_tokens'),
    ('red,green\n1,2\n', "which Penstock's traces have"),
    (HEADER + '1,0,3\n', 'r.csv:2: 3 fields, where the header has 4'),
    (HEADER + '1,0,3,-4\n', 'r.csv:2: output_tokens is -4'),
    (HEADER + '1,0,3,4\n2,0,2000000000,4\n', 'r.csv:3: prompt_tokens is 2000000000'),
    (HEADER + '1,0,99999999999999999999,4\n', 'r.csv:2: prompt_tokens is 99999999999999999999'),
    (HEADER + '1,0,3,nan\n', 'r.csv:2: output_tokens is nan'),
    (HEADER + '1,inf,3,4\n', 'r.csv:2: arrival_us is inf'),
    (HEADER + '1,0,3,4\n2,0,3,4\n1,0,3,4\n', 'r.csv:4: the id 1 stands in line 2 already'),
    (HEADER + '1,0,3,"4\n', 'r.csv:2: a quote is not closed'),
)

BAD_CONFIGS = (
    ('', 'c.json:1: this is no JSON'),
    ('{}', 'c.json:1: mode is missing'),
    ('{"mode": "multi_bin_dynamic",\n"k_bins": 5}', 'c.json:2: there are 5 bins for 4 requests'),
    ('{"mode": "multi_bin_fixed",\n"k_bins": 0}', 'c.json:2: k_bins is no whole number from 1'),
    ('{"mode": "continuous",\n"kv_capacity_tokens": 14}',
     'c.json:2: kv_capacity_tokens is 14, and no request needs less than 15'),
    ('{"mode": "static_fifo",\n"latency": {"alpha": NaN}}', 'c.json:2: this is no JSON'),
    ('{"mode": "static_fifo",\n"latency": 0.2}', 'c.json:2: latency is no object'),
    ('{"mode": "static_fifo",\n"batch": 3}', 'c.json:2: batch is not known here'),
)

BAD_GRIDS = (
    ('', 'g.csv:1: the file is empty'),
    (GRID, 'g.csv:1: no measurement follows'),
    ('batch_size,max_seq_len\n1,2\n', 'g.csv:1: no column mean_latency_sec'),
    (GRID + '1,100,0.1\n2,100,nan\n', 'g.csv:3: mean_latency_sec: nan'),
    (GRID + '1,100,-0.1\n', 'g.csv:2: mean_latency_sec: -0.1'),
    (GRID + '1,100,0.1\n1,200,0.2\n1,300,0.3\n', 'g.csv: the points do not determine'),
    (GRID + '1,100,0.5\n1,200,0.3\n2,100,0.4\n4,300,0.1\n',
     'g.csv: the best fit has a coefficient that no device can have'),
)


class BadInput(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name, text=None):
        path = os.path.join(self.folder, name)
        if text is not None:
            with open(path, 'w', encoding='utf-8') as file:
                file.write(text)
        return path

    def ask(self, *words):
        return subprocess.run([PROGRAM, *words], capture_output=True, text=True, check=False)

    def assert_refused(self, sentence, *words):
        ran = self.ask(*words)
        self.assertEqual((ran.returncode, ran.stdout), (1, ''), sentence)
        self.assertIn(sentence, ran.stderr)
        self.assertEqual(ran.stderr.count('\n'), 1, ran.stderr)

    def test_requests(self):
        config, out = self.path('c.json', CONFIG), self.path('out.csv')
        for text, sentence in BAD_REQUESTS:
            self.assert_refused(sentence, 'batching', self.path('r.csv', text), config,
                                f'--out-requests={out}')
            self.assertFalse(os.path.exists(out))

    def test_configurations(self):
        requests = self.path('r.csv', REQUESTS)
        for text, sentence in BAD_CONFIGS:
            self.assert_refused(sentence, 'batching', requests, self.path('c.json', text))

    def test_grids(self):
        requests, config = self.path('r.csv', REQUESTS), self.path('c.json', CONFIG)
        for text, sentence in BAD_GRIDS:
            grid = self.path('g.csv', text)
            self.assert_refused(sentence, 'calibrate', grid)
            self.assert_refused(sentence, 'batching', requests, config, '--calibration', grid)

    def test_files_that_can_not_be_read(self):
        config = self.path('c.json', CONFIG)
        self.assert_refused('open ', 'batching', self.path('absent'), config)
        self.assert_refused('Is a directory', 'batching', self.folder, config)

    def test_rows_in_any_order_are_no_mistake(self):
        config = self.path('c.json', CONFIG)
        sorted_ones = self.ask('batching', self.path('r.csv', REQUESTS), config)
        rows = REQUESTS.splitlines(keepends=True)
        shuffled = self.path('r.csv', rows[0] + ''.join(reversed(rows[1:])))
        turned = self.ask('batching', shuffled, config)
        self.assertEqual((turned.returncode, turned.stdout), (0, sorted_ones.stdout))


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])

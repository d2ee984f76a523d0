#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What penstock-sim batching shows beside its figures: plots, a trace, and how far it is.

usage: shown_test.py PROGRAM
"""

import json
import os
import pty
import random
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

PROGRAM = sys.argv[1]
SVG = '{http://www.w3.org/2000/svg}'


def on_a_terminal(command):
    """The exit status, what was printed, and what the terminal saw of standard error."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs) as child:
        os.close(theirs)
        output = child.stdout.read()
        seen = b''
        try:
            while piece := os.read(ours, 4096):
                seen += piece
        except OSError:
            pass  # The other end is closed.
    os.close(ours)
    return child.returncode, output.decode(), seen.decode()


class Shown(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        dice = random.Random(1)
        self.requests = self.write('r.csv', 'id,arrival_us,prompt_tokens,output_tokens\n' + ''.join(
            f'{number},{number * 20_000},{dice.randint(1, 900)},{dice.randint(1, 300)}\n'
            for number in range(400)))
        self.config = self.write('c.json', '{"mode": "multi_bin_dynamic", "num_gpus": 3}')

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), 'w', encoding='utf-8') as file:
            file.write(text)
        return self.path(name)

    def run_with(self, *words, warned=False):
        ran = subprocess.run([PROGRAM, 'batching', self.requests, self.config, *words],
                             capture_output=True, text=True, check=False)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertEqual('warning: ' in ran.stderr, warned)
        return ran.stdout

    def drawn(self, form='svg'):
        """{name: its bytes} of what gnuplot makes of the folder."""
        subprocess.run(['gnuplot', '-e', f'form="{form}"', 'plot.gp'], cwd=self.path('plots'),
                       check=True, stdin=subprocess.DEVNULL)
        drawn = {}
        for name in os.listdir(self.path('plots')):
            if name.endswith('.' + form):
                with open(os.path.join(self.path('plots'), name), 'rb') as file:
                    drawn[name] = file.read()
        return drawn

    def curves(self, svg):
        """The titles in the key of a plot, each of which has a path of its own."""
        root = ElementTree.fromstring(svg)
        paths = [path for path in root.iter(SVG + 'path') if path.get('d', '').count('L') > 20]
        return [text.text for text in root.iter(SVG + 'text')], len(paths)

    def test_the_latency_of_one_run_is_drawn(self):
        self.run_with('--gnuplot', self.path('plots'))
        drawn = self.drawn()
        self.assertEqual(sorted(drawn), ['latency.svg'])
        texts, curves = self.curves(drawn['latency.svg'])
        self.assertIn('share of requests', texts)
        self.assertGreaterEqual(curves, 1)

    def test_a_sweep_has_a_curve_for_each_value(self):
        self.run_with('--sweep', 'k_bins=1,2,4,8', '--gnuplot', self.path('plots'))
        drawn = self.drawn()
        self.assertEqual(sorted(drawn), ['latency.svg', 'runs.svg', 'throughput.svg'])
        texts, curves = self.curves(drawn['latency.svg'])
        for bins in (1, 2, 4, 8):
            self.assertIn(f'k_bins={bins}', texts)
        self.assertGreaterEqual(curves, 4)
        texts, _ = self.curves(drawn['runs.svg'])
        for title in ('mean', 'p95', 'p99', 'late, %', 'k_bins=8'):
            self.assertIn(title, texts)

    def test_throughput_and_latency_of_modes_at_several_rates(self):
        table = self.run_with('--compare', '--modes=continuous', '--rates=0.5,1,2',
                              '--gnuplot', self.path('plots'),
                              warned=True)  # Of batches that are the same.
        self.assertEqual(table.count('\n'), 13)
        texts, _ = self.curves(self.drawn()['throughput.svg'])
        for title in ('static_fifo B=8', 'static_fifo B=64', 'continuous'):
            self.assertIn(title, texts)
        self.assertEqual([png[:4] for png in self.drawn('png').values()], [b'\x89PNG'] * 3)

    def test_a_trace_has_as_many_slices_as_there_are_batches(self):
        figures = json.loads(self.run_with('--chrome-trace', self.path('t.json')))
        with open(self.path('t.json'), encoding='utf-8') as file:
            events = json.load(file)['traceEvents']
        self.assertEqual(sum(event['ph'] == 'X' for event in events), figures['batches'])
        rows = [event['args']['name'] for event in events if event['name'] == 'thread_name']
        self.assertEqual(rows, ['gpu0', 'gpu1', 'gpu2'])

    def test_what_can_not_be_written_is_told(self):
        for option in ('--chrome-trace', '--gnuplot'):
            ran = subprocess.run([PROGRAM, 'batching', self.requests, self.config, option,
                                  '/proc/nowhere/here'], capture_output=True, text=True,
                                 check=False)
            self.assertEqual(ran.returncode, 1)
            self.assertIn('/proc/nowhere/here', ran.stderr)

    def test_rates_that_no_trace_has_are_refused(self):
        for rate in ('0', '-1', 'nan', 'inf', '1,nan', '1e300', '1e-300'):
            ran = subprocess.run([PROGRAM, 'batching', self.requests, self.config,
                                  f'--rates={rate}'], capture_output=True, text=True, check=False)
            self.assertEqual((ran.returncode, ran.stdout), (1, ''), rate)
            self.assertIn('rps_scale', ran.stderr)

    def test_a_terminal_sees_how_far_it_is_and_nothing_of_it_stays(self):
        command = [PROGRAM, 'batching', self.requests, self.config]
        for words, what in (((), '400/400 requests'), (('--sweep', 'k_bins=1,2'), '2/2 runs')):
            status, output, seen = on_a_terminal([*command, *words])
            self.assertEqual(status, 0)
            self.assertIn(what, seen)
            self.assertTrue(seen.endswith('\r\033[K'), seen[-80:])
            self.assertEqual(output, self.run_with(*words))


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])

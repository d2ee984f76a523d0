#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The simulator against the literal program of model.py, on random requests and configurations.

usage: model_test.py PROGRAM [CASES [SEED]]
"""

import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import unittest

import model

PROGRAM = sys.argv[1]
CASES = int(sys.argv[2]) if len(sys.argv) > 2 else 400
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 1
MODES = ('static_fifo', 'dynamic_no_bins', 'multi_bin_dynamic', 'multi_bin_fixed', 'continuous')
COLUMNS = ('id', 'arrival_us', 'prompt_tokens', 'output_tokens', 'predicted_output_tokens')


def some_requests(dice):
    """Few or many, of like or unlike lengths, often at one time, in any order."""
    count = dice.choice((1, 2, 5, 30, 120))
    apart = dice.choice((0, 1, 2000, 40_000, 400_000))
    most_prompt, most_output = dice.choice((1, 40, 600)), dice.choice((1, 30, 200))
    now = dice.randrange(-10**9, 10**12)
    rows = []
    for number in dice.sample(range(-50, 1000), count):
        if dice.random() < 0.6:
            now += dice.randrange(apart + 1)
        output = dice.randrange(most_output + 1)
        predicted = dice.choice((output, '', dice.randrange(2 * most_output + 1)))
        rows.append((number, now, dice.randrange(most_prompt + 1), output, predicted))
    if dice.random() < 0.3:
        dice.shuffle(rows)
    return rows


def some_latency(dice):
    if dice.random() < 0.5:
        return {'kind': 'seed', 'alpha': dice.choice((0, 0.01, 0.0123)),
                'beta': dice.choice((1e-10, 0.0002, 0.00037)), 'gamma': dice.choice((0, 0.3, 1.7))}
    return {'kind': 'linear', 'alpha': dice.choice((0, 0.02)), 'beta': dice.choice((0, 0.00011)),
            'beta_b': dice.choice((0, 4e-6, 3.3e-5))}


def some_step(dice):
    if dice.random() < 0.3:
        return {'kind': 'token'}
    step = {'kind': 'chunked', 'token_budget': dice.choice((1, 7, 64, 512)),
            'c0': dice.choice((0, 0.003)), 'w': dice.choice((0, 0.0152)),
            'c_tok': dice.choice((0, 8.85e-5)), 'c_kv': dice.choice((0, 1.5e-7))}
    if dice.random() < 0.8:
        step['kv'] = dice.choice(('reserve', 'paged', 'paged'))
    if dice.random() < 0.6:
        step['block'] = dice.choice((1, 4, 16, 100))
    return step


def some_control(dice):
    return {'target_s': dice.choice((0.02, 0.1, 1.0)), 'eps_s': dice.choice((0, 0.005, 0.05)),
            'alpha': dice.choice((0, 1, 4, 9)), 'delta': dice.choice((0, 1, 4)),
            'window': dice.choice((1, 2, 4, 9)), 'scope': dice.choice(('per_bin', 'shared'))}


def some_config(dice, rows):
    least = min(max(1, row[2]) + max(1, row[3] if row[4] == '' else row[4]) for row in rows)
    config = {'mode': dice.choice(MODES + ('continuous',) * 3)}
    b_min = dice.choice((1, 1, 2, 8))
    choices = {
        'num_gpus': dice.choice((1, 2, 3, 70)), 'rps_scale': dice.choice((0.5, 3.0, 7.7)),
        'd_sla_s': dice.choice((0.0, 0.05, 2.5)), 'latency': some_latency(dice),
        'b_fixed': dice.choice((1, 3, 8)), 'b_min': b_min,
        'b_max': b_min + dice.choice((0, 1, 6, 120)),
        'kv_capacity_tokens': least + dice.choice((0, 1, 90, 700, 5000)),
        'mem_theta': dice.choice((0.0, 1.2, -0.7)), 'ctl': some_control(dice),
        'bin_key': dice.choice(('total', 'output')),
        'bin_policy': dice.choice(('round_robin', 'oldest', 'longest')), 'step': some_step(dice)}
    config.update({key: value for key, value in choices.items() if dice.random() < 0.7})
    if 'b_min' in config and 'b_max' not in config:
        config['b_max'] = choices['b_max']
    bins = dice.choice((1, 2, 4, 9))
    if bins > len(rows) or dice.random() < 0.3:
        config['bin_boundaries'] = sorted(dice.randrange(500) for _ in range(bins - 1))
    config['k_bins'] = bins
    return config


def some_scales(dice):
    """As words: in most runs nobody holds back."""
    if dice.random() < 0.6:
        return []
    now, scales = 0.0, []
    for _ in range(dice.choice((1, 2, 9))):
        now += dice.choice((0.001, 0.02, 0.3))
        scales.append((f'{now:.6f}', dice.choice(('0', '0.25', '0.3333333', '0.5', '0.87', '1'))))
    return scales


class AgainstTheModel(unittest.TestCase):
    def compare(self, folder, seed):
        dice = random.Random(seed)
        rows = some_requests(dice)
        config = some_config(dice, rows)
        requests, settings = os.path.join(folder, 'r.csv'), os.path.join(folder, 'c.json')
        with open(requests, 'w', encoding='utf-8', newline='') as file:
            csv.writer(file).writerows((COLUMNS, *rows))
        with open(settings, 'w', encoding='utf-8') as file:
            json.dump(config, file)
        scales = some_scales(dice)
        held = ['--scale-at=' + ','.join(map(':'.join, scales))] if scales else []
        ran = subprocess.run([PROGRAM, 'batching', requests, settings, *held],
                             capture_output=True, text=True, check=False)
        self.assertEqual(ran.returncode, 0, f'seed {seed}: {ran.stderr} {config}')
        expected = model.figures_of(requests, settings, scales)
        told = json.loads(ran.stdout)
        same = {key: told[key] for key in expected} == expected
        if not same:
            print(f'seed {seed}: {config} {held}: {told} and not {expected}', file=sys.stderr)
        return same, expected

    def test_whole_numbers_and_digests_are_equal(self):
        evictions = overflows = agreeing = 0
        with tempfile.TemporaryDirectory() as folder:
            for case in range(CASES):
                same, figures = self.compare(folder, SEED * 1_000_000 + case)
                agreeing += same
                evictions += figures.get('preemptions', 0)
                overflows += figures['mem_overflow_batches']
        print(json.dumps({'cases': CASES, 'agreeing': agreeing}))
        self.assertEqual(agreeing, CASES)
        # What is rare must have been met for the comparison to mean something.
        self.assertGreater(evictions, CASES // 20)
        self.assertGreater(overflows, CASES // 10)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])

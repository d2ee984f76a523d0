# SPDX-License-Identifier: Apache-2.0
"""Request files: requests drawn at random, as the CSV files that the batching simulator reads."""

import csv
import math
import random

COLUMNS = ("id", "arrival_us", "prompt_tokens", "output_tokens", "predicted_output_tokens")


def write(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows((COLUMNS, *rows))


def steady(count, per_second, seed):
    """Poisson, with lengths like a conversation's; the predictions are right."""
    dice = random.Random(seed)
    now_s = 0
    for number in range(count):
        now_s += dice.expovariate(per_second)
        output = 1 + int(dice.gammavariate(2, 100))
        yield number, int(now_s * 1e6), 1 + int(dice.expovariate(1 / 1000)), output, output


def _prompt(dice):
    low, high = dice.choices(((16, 128), (128, 512), (512, 2048)), (0.6, 0.3, 0.1))[0]
    return dice.randint(low, high)


def bursts(count, seed):
    """The shape of a service that is asked in bursts: 100 requests a second while it is on, nothing
    while it is off, and prompts of three kinds, to which answers and their predictions are loosely
    bound. Off comes first."""
    dice = random.Random(seed)
    now_s = dice.lognormvariate(math.log(5), 0.8)
    until_s = now_s + dice.lognormvariate(math.log(2), 0.5)
    for number in range(count):
        now_s += dice.expovariate(100)
        while now_s > until_s:
            pause_s = dice.lognormvariate(math.log(5), 0.8)
            now_s += pause_s
            until_s += pause_s + dice.lognormvariate(math.log(2), 0.5)
        prompt = _prompt(dice)
        output = dice.gammavariate(2, 50) + 0.3 * prompt * dice.uniform(0.2, 0.8)
        predicted = 1.5 * prompt ** 0.7 * dice.lognormvariate(0, 0.1)
        yield (number, int(now_s * 1e6), prompt, min(max(int(output), 1), 4096),
               max(int(predicted), 1))

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Serves one batch of pretended requests on this processor, and prints the seconds it took.

usage: batch_on_cpu.py BATCH LENGTH

For penstock-sim calibrate-grid, as an example of what it runs, where there is no other device:

    penstock-sim calibrate-grid grid.csv -- python3 batch_on_cpu.py

Each token of the longest request is one step; in a step, the vector of each request is multiplied
by the same small matrix. So a step costs something by itself, and something for each request.
"""

import sys
import time

WIDTH = 12
MATRIX = [[(row * column) % 7 / 50 for column in range(WIDTH)] for row in range(WIDTH)]


def step(vectors):
    return [[sum(map(lambda a, b: a * b, row, vector)) for row in MATRIX] for vector in vectors]


def main():
    if len(sys.argv) != 3 or not all(word.isdecimal() and int(word) > 0 for word in sys.argv[1:]):
        sys.exit(f"usage: {sys.argv[0]} BATCH LENGTH")
    batch, length = map(int, sys.argv[1:])
    vectors = [[1.0] * WIDTH for _ in range(batch)]
    begin = time.perf_counter()
    for _ in range(length):
        vectors = step(vectors)
    print(time.perf_counter() - begin)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""The pure parts of the batching figures."""

import csv
import os
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(os.path.dirname(HERE)), "packaging",
                                   "quickstart")]

import batching_bench
import bursts_bench
import fit
import request_files
import simpy_bench
from child import StandError


class Recorded(unittest.TestCase):
    def test_is_nothing_of_tests_that_failed(self):
        with self.assertRaisesRegex(StandError, "2 of the tests"):
            batching_bench.recorded({"failures": 2, "testsuites": []})

    def test_is_found_by_suite_and_name(self):
        report = {"failures": 0, "testsuites": [{"name": "A", "testsuite": [
            {"name": "x", "cases": "7"}]}]}
        self.assertEqual(batching_bench.recorded(report)["A.x"]["cases"], "7")

    def test_means_have_signed_errors(self):
        told = {f"{mean}_{kind}_s": value for mean in ("ttft", "tpot", "e2e", "makespan")
                for kind, value in (("measured", "2"), ("simulated", "1.9"))}
        rows = batching_bench.means_of(told)
        self.assertEqual(len(rows), 4)
        self.assertAlmostEqual(rows[0]["error_percent"], -5)


class Simpy(unittest.TestCase):
    def test_differs_where_a_request_ends_at_another_time_or_not_at_all(self):
        self.assertEqual(simpy_bench.differences({"1": 5, "2": 6}, {"1": 5, "2": 6}), 0)
        self.assertEqual(simpy_bench.differences({"1": 5, "2": 6}, {"1": 4, "3": 6}), 3)

    def test_without_requests_tells_nothing(self):
        with self.assertRaises(StandError):
            simpy_bench.differences({}, {})


class Requests(unittest.TestCase):
    def test_are_the_same_for_a_seed(self):
        self.assertEqual(list(request_files.bursts(50, 7)), list(request_files.bursts(50, 7)))
        self.assertNotEqual(list(request_files.bursts(50, 7)), list(request_files.bursts(50, 8)))

    def test_are_in_order_and_within_their_bounds(self):
        for rows in (list(request_files.bursts(2000, 1)), list(request_files.steady(2000, 60, 1))):
            times = [row[1] for row in rows]
            self.assertEqual(times, sorted(times))
            self.assertTrue(all(1 <= row[3] <= 4096 and row[2] >= 1 and row[4] >= 1
                                for row in rows))

    def test_come_in_bursts(self):
        times = [row[1] for row in request_files.bursts(3000, 2)]
        gaps = sorted(after - before for before, after in zip(times, times[1:]))
        self.assertLess(gaps[len(gaps) // 2], 20_000)
        self.assertGreater(gaps[-1], 1_000_000)

    def test_survive_the_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "r.csv")
            request_files.write(path, [(0, 5, 6, 7, 8)])
            with open(path, encoding="utf-8", newline="") as file:
                self.assertEqual(next(csv.DictReader(file))["predicted_output_tokens"], "8")


class Bursts(unittest.TestCase):
    @staticmethod
    def run_of(late, digest="a"):
        return {"sla_violation_pct": late, "avg_latency_s": 1, "p99_ns": 2e9, "throughput_rps": 3,
                "mean_batch": 4, "digest": digest}

    def test_rows_have_each_drawing_and_the_mean(self):
        row = bursts_bench.row_of("x", [self.run_of(late) for late in (1, 2, 3, 4, 5)])
        self.assertEqual((row["late_percent_42"], row["late_percent_4"], row["late_percent"]),
                         (1, 5, 3))

    def test_gains_are_told_by_the_least(self):
        found = {"a": [self.run_of(5), self.run_of(9)], "b": [self.run_of(8), self.run_of(10)]}
        self.assertEqual(bursts_bench.least_gain(found, "a", "b"), 1)

    def test_the_same_runs_have_the_same_digest(self):
        found = {"a": [self.run_of(1, "x"), self.run_of(1, "y")],
                 "b": [self.run_of(1, "x"), self.run_of(1, "z")]}
        self.assertEqual(bursts_bench.same_runs(found, "a", "b"), 1)

    def test_means_of_what_is_unknown_are_unknown(self):
        self.assertIsNone(fit.mean([1, None]))
        self.assertIsNone(fit.mean([]))


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: Apache-2.0
"""The pure parts of the demonstration and of the figures: no root, no processes."""

import os
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(os.path.dirname(HERE)), "packaging",
                                   "quickstart")]

import bus_client
import figure
import figures_page
import measure
import table


def suspend(**fields):
    return {"verb": "suspend", "error": 0, "pid": 2, "cause_pid": 1, "written": 4, "seen_ns": 110,
            "entered_ns": 130} | fields


class Percentiles(unittest.TestCase):
    def test_of_nothing_are_unknown(self):
        self.assertIsNone(measure.percentile([], 0.5))

    def test_are_values_that_occurred(self):
        values = list(range(100, 0, -1))
        self.assertEqual(measure.percentile(values, 0.5), 50)
        self.assertEqual(measure.percentile(values, 0.99), 99)
        self.assertEqual(measure.percentile([7], 0.99), 7)


class Joins(unittest.TestCase):
    STORES = [{"queue": 1, "written": 4, "stored_ns": 100}]

    def test_store_and_suspend_by_the_value_of_the_pointer(self):
        self.assertEqual(measure.pointer_to_ioctl_ns([suspend()], 1, self.STORES), [30])

    def test_leave_out_what_another_client_caused(self):
        self.assertEqual(measure.pointer_to_ioctl_ns([suspend(cause_pid=9)], 1, self.STORES), [])

    def test_leave_out_suspends_that_no_move_led_to(self):
        self.assertEqual(measure.pointer_to_ioctl_ns([suspend(seen_ns=0)], 1, self.STORES), [])

    def test_leave_out_stores_that_are_not_logged(self):
        self.assertEqual(measure.pointer_to_ioctl_ns([suspend(written=8)], 1, self.STORES), [])

    def test_find_the_first_suspend_after_a_moment(self):
        suspends = [suspend(entered_ns=50), suspend(entered_ns=90), suspend(entered_ns=70),
                    suspend(entered_ns=65, pid=3)]
        self.assertEqual(measure.first_suspend_after(suspends, 2, 60), 70)
        self.assertIsNone(measure.first_suspend_after(suspends, 2, 100))


class Windows(unittest.TestCase):
    ACTIVITY = measure.Activity([
        {"queue": 1, "written": 4, "stored_ns": 1},
        {"arrival_ns": 0, "completed_ns": 10},
        {"arrival_ns": 10, "completed_ns": 40},
        {"arrival_ns": 20, "completed_ns": 50}])

    def test_count_waiting_by_arrival(self):
        self.assertEqual(self.ACTIVITY.times_ns(10, 20), [30])

    def test_count_throughput_by_completion(self):
        self.assertEqual(self.ACTIVITY.requests_per_second(0, 50), 2 / 50e-9)

    def test_of_the_trace_leave_out_failures(self):
        trace = measure.Trace([suspend(error=3), suspend(), {"request": "set-priority"}])
        self.assertEqual(len(trace.suspends()), 1)
        self.assertEqual(len(trace.failures()), 1)
        self.assertEqual(len(trace.requests), 1)


class Figures(unittest.TestCase):
    UPPER = figure.Figure("run.x_us", "us", "<=", 40)

    def test_hold_at_their_bar(self):
        self.assertTrue(self.UPPER.holds(40))
        self.assertFalse(self.UPPER.holds(40.1))
        self.assertTrue(figure.Figure("x", "", ">=", 2).holds(2))
        self.assertFalse(figure.Figure("x", "", ">=", 2).holds(1.9))

    def test_hold_nothing_when_unknown(self):
        self.assertFalse(self.UPPER.holds(None))
        self.assertFalse(figure.Figure("told", "").holds(None))

    def test_replace_only_their_own_ids(self):
        old = [{"id": "b", "value": 1}, {"id": "a", "value": 2}]
        self.assertEqual(figure.merge(old, [{"id": "b", "value": 3}]),
                         [{"id": "a", "value": 2}, {"id": "b", "value": 3}])

    def test_survive_the_file(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "figures.json")
            self.assertEqual(figure.read_records(path), [])
            records = [self.UPPER.record(12.5, "./dev figures run")]
            figure.write_records(path, records)
            self.assertEqual(figure.read_records(path), records)
            self.assertEqual(os.listdir(directory), ["figures.json"])

    def test_page_shows_missed_bars_and_curves(self):
        records = [self.UPPER.record(99, "./dev figures run"),
                   figure.Figure("run.curve", "list").record([{"period_us": 100, "p50_us": 51.0}],
                                                             "./dev figures run")]
        page = figures_page.page(records)
        self.assertIn("| `run.x_us` | 99 | us | <= 40 | **no** | yes |", page)
        self.assertIn("| period_us | p50_us |", page)


class Promises(unittest.TestCase):
    def report(self, native, penstock, share):
        return {"p99_ratio_native": native, "p99_ratio_penstock": penstock,
                "penstock": {"background_share_of_leftover": share}}

    def test_hold_at_their_bounds(self):
        self.assertEqual(table.broken_promises(self.report(1.6, 1.3, 0.6)), [])

    def test_are_each_told_when_broken(self):
        self.assertEqual(len(table.broken_promises(self.report(1.5, 1.31, 0.59))), 3)

    def test_are_broken_by_the_unknown(self):
        self.assertEqual(len(table.broken_promises(self.report(None, None, None))), 3)


class Messages(unittest.TestCase):
    def test_fields_are_found_behind_others(self):
        fields = bus_client._encoded_fields([(bus_client._DESTINATION, "s", ":1.7"),
                                             (bus_client._SIGNATURE, "g", "ssv")])[4:]
        fields += bytes(-len(fields) % 8) + b"\x05\x01u\0\x2a\0\0\0"
        self.assertEqual(bus_client._reply_serial(fields), 42)

    def test_without_a_reply_serial_answer_nothing(self):
        fields = bus_client._encoded_fields([(bus_client._MEMBER, "s", "NameAcquired")])[4:]
        self.assertIsNone(bus_client._reply_serial(fields))


if __name__ == "__main__":
    unittest.main()

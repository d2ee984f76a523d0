# SPDX-License-Identifier: Apache-2.0
"""The pure parts of the demonstration and of the figures: no root, no processes."""

import contextlib
import io
import os
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(os.path.dirname(HERE)), "packaging",
                                   "quickstart")]

import bound_bench
import bus_client
import figure
import figures
import figures_page
import fit
import gate_bench
import latency_bench
import measure
import own_cost_bench
import paper_bench
import policies_bench
import preempt_bench
import real_time
import split_bench
import table
import validation_bench
import verdicts
from child import StandError


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

    def test_hold_between_both_of_their_bars(self):
        both = figure.Figure("run.x", "ratio", ">=", 0.5, opposite=1.2)
        self.assertEqual(both.bar, ">= 0.5 and <= 1.2")
        self.assertEqual([both.holds(value) for value in (0.4, 0.5, 1.2, 1.3)],
                         [False, True, True, False])

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

    def test_print_their_curves_below_the_table(self):
        points = [{"level": "debug-suspend", "p50_ms": 0.2}, {"level": "launch-limit", "p50_ms": 4}]
        record = figure.Figure("kfd.x", "list").record(points, "./dev figures kfd")
        self.assertEqual(list(figures.table([record]))[2:],
                         ["\nkfd.x:", "level          p50_ms", "debug-suspend  0.2",
                          "launch-limit   4"])
        self.assertIn("| launch-limit | 4 |", figures_page.page([record]))

    def test_page_does_not_lose_what_was_measured_elsewhere(self):
        measured = [self.UPPER.record(1, "./dev figures run")]
        self.assertEqual(figures_page.lost_groups("# Figures\n\n## kfd\n\n## run\n", measured),
                         ["kfd"])
        self.assertEqual(figures_page.lost_groups("## run\n", measured), [])

    def test_page_shows_missed_bars_and_curves(self):
        records = [self.UPPER.record(99, "./dev figures run"),
                   figure.Figure("run.curve", "list").record([{"period_us": 100, "p50_us": 51.0}],
                                                             "./dev figures run")]
        page = figures_page.page(records)
        self.assertIn("| `run.x_us` | 99 | us | <= 40 | **no** | yes |", page)
        self.assertIn("| period_us | p50_us |", page)


class Parts(unittest.TestCase):
    PART = figure.Part(lambda build: {"a.x": 1, "a.y": 2},
                       (figure.Figure("a.x", "us"), figure.Figure("a.y", "us", "<=", 1)))

    def test_give_only_the_figures_below_the_prefix(self):
        records = figures.measured(self.PART, "a", "a.y", "build")
        self.assertEqual([(record["id"], record["holds"]) for record in records],
                         [("a.y", False)])

    def test_that_fail_leave_their_figures_unknown(self):
        def measure_in_vain(_):
            raise ConnectionError("the bus hung up")
        with contextlib.redirect_stdout(io.StringIO()) as told:
            records = figures.measured(figure.Part(measure_in_vain, self.PART.figures), "a", "", "")
        self.assertEqual([record["value"] for record in records], [None, None])
        self.assertEqual(told.getvalue(), "error: the bus hung up\n")

    def test_of_all_groups_have_ids_of_their_own(self):
        ids = [each.id for group in figures.groups() for part in figures.parts_of(group, "")
               for each in part.figures]
        self.assertEqual(len(ids), len(set(ids)))
        for group in figures.groups():
            self.assertTrue(figures.parts_of(group, f"{group}."))
            self.assertEqual(figures.parts_of(group, "nothing"), [])


class Fits(unittest.TestCase):
    def test_find_the_slope_of_a_line(self):
        self.assertAlmostEqual(fit.slope([(1, 10), (2, 12), (4, 16)]), 2)

    def test_of_too_little_are_unknown(self):
        self.assertIsNone(fit.slope([(1, 10)]))
        self.assertIsNone(fit.slope([(1, 10), (2, None)]))
        self.assertIsNone(fit.median([]))
        self.assertIsNone(fit.median([1, None]))

    def test_find_the_median(self):
        self.assertEqual(fit.median([3, 1, 2]), 2)


class GateCosts(unittest.TestCase):
    def test_are_the_pair_its_ratio_and_the_slope_over_the_queues(self):
        spans = lambda p50: {"p50_us": p50, "p99_us": 90}
        batch = lambda queues, p50: {"queues": queues, "pair": spans(p50), "gate": spans(1),
                                     "bare": spans(10), "idle_driver": spans(21)}
        self.assertEqual(gate_bench.costs_of([batch(1, 40), batch(3, 41)]),
                         {"p50_us": 40, "p99_us": 90, "gate_p50_us": 1, "idle_driver_p50_us": 21,
                          "idle_driver_p99_us": 90, "over_ioctl": 2, "per_extra_queue_us": 0.5})


class Latencies(unittest.TestCase):
    PAIRS = [({"entered_ns": 100, "done_ns": 110}, {"entered_ns": 200}),
             ({"entered_ns": 300, "done_ns": 330}, {"entered_ns": 400})]

    def test_of_debug_suspend_are_those_of_the_ioctl(self):
        self.assertEqual(latency_bench.ioctl_latencies_ns(self.PAIRS), [10, 30])

    def test_of_launch_limit_end_with_the_last_completion_before_the_resume(self):
        self.assertEqual(latency_bench.drain_latencies_ns(self.PAIRS, [90, 120, 150, 200, 290]),
                         [50, 0])
        self.assertEqual(latency_bench.drain_latencies_ns(self.PAIRS, []), [0, 0])

    def test_leave_out_failures_and_what_never_ended(self):
        act = lambda verb, error=0: {"verb": verb, "error": error}
        acts = [act("resume"), act("suspend"), act("resume"), act("suspend", 5), act("resume"),
                act("suspend")]
        self.assertEqual(latency_bench.suspensions(acts), [(acts[1], acts[2])])

    def test_see_progress_only_within_a_suspension(self):
        looks = [(110, 200, 5), (90, 120, 5), (150, 210, 5), (330, 350, 0)]
        self.assertEqual(latency_bench.progress(self.PAIRS, looks), 1)

    def test_slopes_are_over_the_kernel_and_over_all_that_may_be_in_flight(self):
        points = [{"kernel_ms": 1, "p50_ms": 8}, {"kernel_ms": 2, "p50_ms": 16}]
        self.assertAlmostEqual(latency_bench.slope_over_kernel(points), 8)
        self.assertAlmostEqual(latency_bench.slope_over_threshold(points), 1)
        self.assertIsNone(latency_bench.slope_over_threshold([]))

    def test_of_a_run_without_preemptions_are_unknown(self):
        told = preempt_bench.latencies([], 1, [])
        self.assertEqual(told["preemptions"], 0)
        self.assertIsNone(told["pointer_to_ioctl_p99_us"])


class Policies(unittest.TestCase):
    def test_cost_what_the_slowest_takes(self):
        runs = {"decide/a/64": {"cpu_time": 900}, "decide/b/64": {"cpu_time": 1500},
                "decide/a/4096": {"cpu_time": 40_000}, "event/a/64": {"cpu_time": 700}}
        self.assertEqual(policies_bench.slowest(runs),
                         {"decide_64_us": 1.5, "decide_4096_us": 40, "event_64_us": 0.7})

    def test_are_mapped_where_a_row_about_xsched_names_one(self):
        page = ("| `patience` | XSched |\n\n## Of XSched\n\n| there | here |\n|---|---|\n"
                "| HPF | `fixed-priority` |\n| UP | `lottery` |\n| LAX | `patience`, half |\n\n"
                "| `fixed-priority` | `patience` |\n")
        self.assertEqual(policies_bench.mapped_rows(page, ["fixed-priority", "patience"]), 2)
        self.assertEqual(policies_bench.mapped_rows("", ["patience"]), 0)

    def test_count_no_scenarios_when_a_property_does_not_hold(self):
        suite = {"testsuite": [{"scenarios": "144"}, {}, {"scenarios": "6"}]}
        self.assertEqual(policies_bench.counted_scenarios({"failures": 0, "testsuites": [suite]}),
                         150)
        self.assertEqual(policies_bench.counted_scenarios({"failures": 1, "testsuites": [suite]}), 0)

    def test_that_are_simulated_say_so(self):
        record = figure.Figure("a.x", "us", emulated=False, simulated=True).record(1, "./dev figures a")
        self.assertIn("| simulated |", figures_page.page([record]))


class Validation(unittest.TestCase):
    def test_plays_what_the_scenario_says(self):
        scenario = real_time.Scenario("v3_harvest")
        self.assertEqual(scenario.jobs, ["production", "opportunistic"])
        self.assertEqual(scenario.options("production"),
                         ["--kernel-us=1000", "--kernels-per-request=40", "--arrivals=periodic",
                          "--load=0.500000"])
        self.assertEqual(scenario.options("opportunistic"),
                         ["--kernel-us=1000", "--kernels-per-request=4", "--closed", "--depth=8"])

    def test_cuts_long_requests_of_who_never_pauses(self):
        scenario = real_time.Scenario("p2_priority_save")
        self.assertEqual(scenario.kernels("background"), 250)
        self.assertEqual(scenario.kernels("foreground"), 200)
        self.assertEqual(scenario.policy("quick"), ("fixed-priority", {"SettleUSec": 100}))
        self.assertEqual(scenario.policy("harvest"), ("harvest", {}))

    def test_tells_how_even_parts_are(self):
        self.assertAlmostEqual(paper_bench.fairness([0.25] * 4), 1)
        self.assertAlmostEqual(paper_bench.fairness([1, 0, 0, 0]), 0.25)

    def test_tells_the_largest_error_and_of_nothing_unmeasured(self):
        near = validation_bench._point("s", "share", 0.5, 0.45)
        self.assertAlmostEqual(near["error_percent"], 10)
        far = validation_bench._point("s", "share", 0.5, 0.6)
        self.assertAlmostEqual(validation_bench.worst([near, far]), 20)
        unknown = validation_bench._point("s", "share", 0.5, None)
        self.assertIsNone(validation_bench.worst([near, unknown]))


class Split(unittest.TestCase):
    @staticmethod
    def row(scenario, loss, control, p99, total, ratio):
        return {"scenario": scenario, "loss": loss, "control": control, "critical_p99_ratio": p99,
                "total_gb_per_s": total, "total_ratio": ratio}

    def test_tells_the_worst_of_the_rows_with_leases(self):
        rows = []
        for loss, ratio in ((0.0, 0.95), (0.1, 1.05), (0.3, 1.3)):
            rows += [self.row("45_25", loss, "none", 1.5, 60, 1), self.row("45_25", loss, "token",
                                                                          2, 35, 0.6),
                     self.row("45_25", loss, "leases", 1 + loss / 10, 57, ratio),
                     self.row("30_20", loss, "leases", 1, 50, 0.99),
                     self.row("30_20", loss, "token", 2, 51, 0.5)]
        worst = split_bench.worst(rows)
        self.assertAlmostEqual(worst["critical_p99"], 1.03)
        self.assertEqual((worst["total_loss0"], worst["total_loss10"], worst["total_loss30"]),
                         (0.95, 1.05, 1.3))
        self.assertEqual(worst["total_fits"], 0.99)
        self.assertEqual(worst["below_token"], 3)

    def test_knows_what_fits(self):
        self.assertTrue(split_bench.fits("30_20"))
        self.assertFalse(split_bench.fits("45_20_20"))


class Bounds(unittest.TestCase):
    def test_count_suspends_and_resumes_that_began_in_the_window(self):
        acts = [{"entered_ns": 90, "done_ns": 99}, {"entered_ns": 100, "done_ns": 102},
                {"entered_ns": 190, "done_ns": 201}, {"entered_ns": 200, "done_ns": 250}]
        self.assertEqual(bound_bench.ioctl_share_percent(acts, 100, 200), 13)
        self.assertAlmostEqual(bound_bench.device_share_percent(acts, 100, 200, 0.004), 8)


class Verdicts(unittest.TestCase):
    def test_are_the_last_object_of_the_output(self):
        self.assertEqual(verdicts.last_json('seed 1\n{"violations": 1}\n{"violations": 0}\nend'),
                         {"violations": 0})

    def test_are_kept_until_what_they_judge_is_built_anew(self):
        with tempfile.TemporaryDirectory() as directory:
            report, program = (os.path.join(directory, name) for name in ("report", "program"))
            for path, when in ((program, 100), (report, 100)):
                self.assertFalse(verdicts.is_newer(report, program))
                with open(path, "w", encoding="utf-8"):
                    os.utime(path, (when, when))
            self.assertTrue(verdicts.is_newer(report, program))
            os.utime(program, (101, 101))
            self.assertFalse(verdicts.is_newer(report, program))

    def test_may_be_missing(self):
        self.assertIsNone(verdicts.last_json("Traceback\n"))


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

    def test_say_little_where_others_used_the_machine(self):
        for alone, disturbed in ((4.9, False), (11.2, True), (None, False)):
            self.assertIs(table.is_disturbed({"alone": {"p99_ms": alone}}), disturbed)


class Messages(unittest.TestCase):
    def test_fields_are_found_behind_others(self):
        fields = bus_client._encoded_fields([(bus_client._DESTINATION, "s", ":1.7"),
                                             (bus_client._SIGNATURE, "g", "ssv")])[4:]
        fields += bytes(-len(fields) % 8) + b"\x05\x01u\0\x2a\0\0\0"
        self.assertEqual(bus_client._reply_serial(fields), 42)

    def test_without_a_reply_serial_answer_nothing(self):
        fields = bus_client._encoded_fields([(bus_client._MEMBER, "s", "NameAcquired")])[4:]
        self.assertIsNone(bus_client._reply_serial(fields))


class OwnCost(unittest.TestCase):
    @staticmethod
    def window(rate, others=0.0):
        return {"bytes_per_second": rate, "others": others}

    def pairs(self, *costs, others=0.0):
        return [{"cost_percent": cost, "others": others} for cost in costs]

    def test_is_told_beside_the_windows_around_it_so_that_drift_cancels(self):
        pair = own_cost_bench.pair_of(self.window(100), self.window(108.9), self.window(120))
        self.assertAlmostEqual(pair["cost_percent"], 1)

    def test_of_a_faster_window_is_negative(self):
        pair = own_cost_bench.pair_of(self.window(100), self.window(101), self.window(100))
        self.assertAlmostEqual(pair["cost_percent"], -1)

    def test_pairs_are_as_disturbed_as_their_worst_window(self):
        pair = own_cost_bench.pair_of(self.window(1, 0.1), self.window(1, 0.3), self.window(1, 0.2))
        self.assertEqual(pair["others"], 0.3)

    def test_is_the_median_of_quiet_pairs(self):
        wanted = own_cost_bench.PAIRS
        told = own_cost_bench.cost_of(self.pairs(*range(wanted + 1)) +
                                      self.pairs(900, 910, others=0.2))
        self.assertEqual(told["cost_percent"], wanted / 2)
        self.assertEqual(told["others_percent"], 0)

    def test_is_of_the_quietest_pairs_where_none_is_quiet_and_says_so(self):
        wanted = own_cost_bench.PAIRS
        told = own_cost_bench.cost_of(self.pairs(*[2] * wanted, others=0.4) +
                                      self.pairs(*[50] * wanted, others=0.9))
        self.assertEqual(told, {"cost_percent": 2, "error_percent": 0, "others_percent": 40})

    def test_has_an_error_by_the_ranks_around_the_median(self):
        """Of 100 the 41st and the 60th: 100 / 2 -+ 1.96 * 10 / 2."""
        told = own_cost_bench.cost_of(self.pairs(*range(100)))
        self.assertEqual(told["error_percent"], (59 - 40) / 2)

    def test_keeps_others_at_the_bound(self):
        bound = own_cost_bench.OTHERS_ALLOWED
        self.assertEqual(len(own_cost_bench.quiet(self.pairs(1, others=bound))), 1)
        self.assertEqual(own_cost_bench.quiet(self.pairs(1, others=bound + 0.01)), [])


if __name__ == "__main__":
    unittest.main()

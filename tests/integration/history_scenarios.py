#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""History: what the agent remembers of the last hour, asked for with busctl and penstockctl."""

import json
import time

import scenario  # First: it says where the modules below are.

from bus import MANAGER

SECOND = 1_000_000


def monotonic_usec():
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000


class History(scenario.Scenario):
    def setUp(self):
        super().setUp()
        self.started = monotonic_usec()
        self.stand.start_agent()

    def points(self, series, begin=0, end=0, step=0):
        """Rows of time, least, mean, most."""
        return self.stand.bus.call("GetHistory", "sttta{sv}", series, begin, end, step, 0)[0]

    def names(self):
        return [name for name, *_ in self.stand.bus.get(MANAGER, "Manager", "HistorySeries")]

    def wait_for_points(self, series, count):
        self.eventually(lambda: len(self.points(series)) >= count, f"{count} points of {series}",
                        timeout_s=count + 5.0)

    def ctl_json(self, *arguments):
        answer = self.stand.ctl("history", *arguments, "--json")
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return json.loads(answer.stdout)


class Kept(History):
    def test_has_a_point_a_second_with_the_times_of_the_machine(self):
        self.wait_for_points("queues", 3)
        rows = self.points("queues")
        times = [row[0] for row in rows]
        self.assertEqual(times, sorted(set(times)))
        self.assertEqual({time % SECOND for time in times}, {0})
        self.assertGreater(times[0], self.started - 2 * SECOND)
        self.assertLessEqual(times[-1], monotonic_usec())
        self.assertEqual({tuple(row[1:]) for row in rows}, {(0, 0, 0)})

    def test_shows_when_queues_came(self):
        self.wait_for_points("queues", 2)
        client = self.stand.start_workload("client", *scenario.BUSY)
        self.stand.wait_until_known(client)
        known = monotonic_usec()
        queues = len(self.stand.list_queues())
        self.wait_for_points("queues", len(self.points("queues")) + 2)
        rows = self.points("queues")
        self.assertEqual(rows[0][1:], [0, 0, 0])
        later = [row for row in rows if row[0] > known]
        self.assertTrue(later)
        for row in later:
            self.assertEqual(row[1:], [queues, queues, queues])
        _, least, mean, most = self.points("queues", step=3600 * SECOND)[0]
        self.assertEqual((least, most), (0, queues))
        self.assertTrue(0 < mean < queues)

    def test_has_the_traffic_of_the_memory(self):
        self.stand.start_workload("client", *scenario.BUSY)
        wanted = {"memory/0/read", "memory/0/write", "memory/0/total"}
        self.eventually(lambda: wanted <= set(self.names()), f"there are {wanted}")
        self.eventually(lambda: self.points("memory/0/total")[-1][3] > 0, "something is read")
        for series in wanted:
            for _, least, mean, most in self.points(series):
                self.assertTrue(least <= mean <= most)

    def test_answers_for_the_time_that_is_asked_for(self):
        self.wait_for_points("queues", 4)
        times = [row[0] for row in self.points("queues")]
        some = self.points("queues", begin=times[1], end=times[3])
        self.assertEqual([row[0] for row in some], times[1:3])
        self.assertEqual(self.points("queues", begin=times[0] + 3600 * SECOND), [])

    def test_begins_anew_with_the_agent(self):
        self.wait_for_points("queues", 2)
        self.stand.stop_agent()
        restarted = monotonic_usec()
        self.stand.start_agent()
        self.wait_for_points("queues", 1)
        self.assertGreater(self.points("queues")[0][0], restarted - 2 * SECOND)


class RefusedHistory(History):
    def refused(self, series, *times):
        return self.refusal("call", "org.penstock1", MANAGER, "org.penstock1.Manager",
                            "GetHistory", "sttta{sv}", series, *times, 0)

    def test_says_what_would_be_accepted(self):
        self.assertIn("HistorySeries", self.refused("dreams", 0, 0, 0))
        self.assertIn("whole seconds", self.refused("queues", 0, 0, 1500))
        self.assertIn("is not before", self.refused("queues", 20, 10, 0))
        if monotonic_usec() > 4100 * SECOND:
            self.assertIn("would do", self.refused("queues", 1, 0, 0))
        self.assert_agent_serves()


class Command(History):
    def test_lists_the_series(self):
        self.wait_for_points("queues", 1)
        self.assertIn("queues-suspended", self.stand.ctl("history").stdout)
        listed = self.ctl_json()
        self.assertEqual(listed["left_out"], 0)
        self.assertLessEqual({"queues", "queues-suspended"},
                             {row["name"] for row in listed["series"]})

    def test_prints_points_with_the_time_of_day(self):
        self.wait_for_points("queues", 3)
        told = self.ctl_json("queues", "--since=1min")
        self.assertEqual((told["series"], told["unit"]), ("queues", "1"))
        self.assertGreaterEqual(len(told["points"]), 3)
        self.assertAlmostEqual(told["points"][-1]["time"], time.time(), delta=3)
        table = self.stand.ctl("history", "queues", "--since=2s", "--step=1s")
        self.assertRegex(table.stdout, r"^TIME +MIN +AVG +MAX\n\d\d:\d\d:\d\d  ")
        self.assertLessEqual(len(table.stdout.splitlines()), 1 + 3)

    def test_prints_all_figures_for_programs(self):
        self.wait_for_points("queues", 3)
        printed = self.stand.ctl("history", "--all", "--since=1min")
        self.assertEqual(printed.returncode, 0, printed.stderr)
        first, *rest = map(json.loads, printed.stdout.splitlines())
        self.assertEqual(first["format"], "penstock-history-1")
        self.assertAlmostEqual(first["monotonic_usec"], monotonic_usec(), delta=10 * SECOND)
        self.assertLessEqual({"queues", "queues-suspended"}, {line["series"] for line in rest})
        points, = (line["points"] for line in rest if line["series"] == "queues")
        told = self.points("queues")
        self.assertLessEqual([point[0] for point in points][:2], [row[0] for row in told])
        self.assertGreaterEqual(len(points), 3)

    def test_says_no_as_the_agent_does(self):
        answer = self.stand.ctl("history", "dreams")
        self.assertEqual(answer.returncode, 1)
        self.assertIn('there is no series "dreams"', answer.stderr)


if __name__ == "__main__":
    scenario.main()

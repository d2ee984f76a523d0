#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A cooperating client obeys orders about its own queues, without an agent in between."""

import errno
import time

import scenario  # First: it says where the modules below are.

import kill_bench
import measure
import order_desk

SPAN_S = 0.5


class Obedience(scenario.Scenario):
    def setUp(self):
        super().setUp()
        self.desk = order_desk.OrderDesk(self.stand.path("client.sock"))
        self.addCleanup(self.desk.close)

    def start_client(self, *more):
        client = self.stand.start_workload("client", *scenario.BUSY,
                                           f"--cooperate={self.desk.path}", *more)
        self.gpu = client.ready["gpu_id"]
        self.desk.receive_client()
        return client

    def assert_stands_still(self, client):
        kill_bench.wait_for_standstill(client)

    def packets_per_second(self, client):
        before = client.consumed()
        time.sleep(SPAN_S)  # Not a wait for something: the span of a measurement.
        return (client.consumed() - before) / SPAN_S

    def written_ahead(self, client):
        """The most packets that were seen written and not consumed."""
        queue = client.ready["queues"][0]
        end = time.monotonic() + SPAN_S
        most = 0
        while time.monotonic() < end:
            # Written first: what happens in between makes the difference smaller, never larger.
            written = measure.read_word(client.pid, queue["write_address"])
            most = max(most, written - measure.read_word(client.pid, queue["read_address"]))
        return most

    def test_suspends_and_resumes_all_queues(self):
        client = self.start_client("--queues=3")
        self.assertEqual(self.desk.order(order_desk.SUSPEND, self.gpu), (0, 3))
        self.assert_stands_still(client)
        self.assertEqual(self.desk.order(order_desk.RESUME, self.gpu), (0, 3))
        self.assert_runs(client)

    def test_has_no_queues_on_another_device(self):
        client = self.start_client()
        self.assertEqual(self.desk.order(order_desk.SUSPEND, self.gpu + 1), (0, 0))
        self.assert_runs(client)

    def test_runs_again_when_the_desk_dies(self):
        client = self.start_client()
        self.desk.order(order_desk.SUSPEND, self.gpu)
        self.assert_stands_still(client)
        took_ms = kill_bench.until_progress_ms(client, self.desk.hang_up)
        print(f"resumed after {took_ms:.1f} ms")
        self.assertLess(took_ms, 1000)
        self.desk.receive_client()
        self.assertEqual(self.desk.order(order_desk.SUSPEND, self.gpu), (0, 1))
        self.assert_stands_still(client)

    def test_holds_launches_where_it_is_not_able_to_save(self):
        client = self.start_client("--abilities=limit")
        self.assertEqual(self.desk.order(order_desk.SUSPEND, self.gpu), (0, 1))
        self.assert_stands_still(client)
        self.assertEqual(self.desk.order(order_desk.RESUME, self.gpu), (0, 1))
        self.assert_runs(client)

    def test_limits_what_is_in_flight(self):
        client = self.start_client("--abilities=limit")
        free = self.packets_per_second(client)
        for limit in (1, 2, 8):
            self.assertEqual(self.desk.order(order_desk.LIMIT_LAUNCHES, self.gpu, limit), (0, 1))
            time.sleep(0.1)  # What was launched before still has to run.
            self.assertLessEqual(self.written_ahead(client), limit)
        self.assertGreater(self.packets_per_second(client), 0.5 * free)
        self.assertEqual(self.desk.order(order_desk.LIMIT_LAUNCHES, self.gpu, 0), (0, 1))
        self.eventually(lambda: self.written_ahead(client) > 8, "the limit is lifted")

    def test_takes_priorities_and_units(self):
        client = self.start_client()
        free = self.packets_per_second(client)
        self.assertEqual(self.desk.order(order_desk.SET_PRIORITY, self.gpu, 15), (0, 1))
        self.assertEqual(
            self.desk.order(order_desk.SET_PRIORITY, self.gpu, order_desk.OWN_PRIORITY), (0, 1))
        self.assertEqual(self.desk.order(order_desk.SET_UNITS, self.gpu, 0, 4), (0, 1))
        self.assertLess(self.packets_per_second(client), 0.8 * free)
        self.desk.hang_up()
        self.eventually(lambda: self.packets_per_second(client) > 0.8 * free,
                        "all units are its own again")

    def test_refuses_what_it_is_not_able_to(self):
        client = self.start_client("--abilities=save")
        for verb in (order_desk.LIMIT_LAUNCHES, order_desk.SET_PRIORITY, order_desk.SET_UNITS, 77):
            self.assertEqual(self.desk.order(verb, self.gpu, 3), (errno.EOPNOTSUPP, 0))
        self.assert_runs(client)

    def test_disobeys_when_told_to(self):
        client = self.start_client("--disobey=error")
        self.assertEqual(self.desk.order(order_desk.SUSPEND, self.gpu), (errno.EIO, 0))
        self.assert_runs(client)

    def test_lies_when_told_to(self):
        client = self.start_client("--disobey=lie")
        self.assertEqual(self.desk.order(order_desk.SUSPEND, self.gpu), (0, 1))
        self.assert_runs(client)

    def test_is_silent_when_told_to(self):
        client = self.start_client("--disobey=silent")
        self.desk.send(order_desk.SUSPEND, self.gpu)
        self.assertFalse(self.desk.answered_within(0.3))
        self.assert_runs(client)
        client.finish()  # Even so it ends when it is asked to.


if __name__ == "__main__":
    scenario.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The comparison behind ./dev check-kernel, tried on what it must reject."""

import unittest

from compare import ExceptionError, compare, listed_exceptions, outcomes


class Compare(unittest.TestCase):
    def test_equal_outcomes_hold(self):
        same = outcomes("a EPERM\nb 0 id=1\n")
        verdict = compare(same, same, {})
        self.assertTrue(verdict.holds)
        self.assertEqual((verdict.calls, verdict.exceptions), (2, 0))

    def test_a_difference_fails_and_an_exception_excuses_it(self):
        real, emulated = outcomes("a EPERM\nb 0\n"), outcomes("a EACCES\nb 0\n")
        self.assertEqual(compare(real, emulated, {}).differences, {"a": ("EPERM", "EACCES")})
        verdict = compare(real, emulated, {"a": "because"})
        self.assertTrue(verdict.holds)
        self.assertEqual(verdict.exceptions, 1)

    def test_an_exception_that_no_longer_differs_fails(self):
        same = outcomes("a EPERM\n")
        self.assertEqual(compare(same, same, {"a": "because"}).stale, ["a"])
        self.assertEqual(compare(same, same, {"gone": "because"}).stale, ["gone"])

    def test_a_call_that_only_one_of_them_has_differs(self):
        self.assertEqual(list(compare({"a": "0"}, {}, {}).differences), ["a"])
        self.assertEqual(list(compare({}, {"b": "0"}, {}).differences), ["b"])

    def test_names_are_unique(self):
        with self.assertRaises(ExceptionError):
            outcomes("a 0\na 1\n")

    def test_an_exception_needs_a_reason(self):
        self.assertEqual(listed_exceptions("# why\na\nb\n\n# other\nc\n"),
                         {"a": "why", "b": "why", "c": "other"})
        for text in ("a\n", "# why\na\n\nb\n", "# why\na\na\n"):
            with self.assertRaises(ExceptionError):
                listed_exceptions(text)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What abi.py takes for a break: the description in the tree, beside ones with a change.

usage: abi_test.py SOURCE_ROOT
"""

import os
import re
import sys
import unittest

import abi

ROOT = sys.argv.pop()


def described():
    with open(abi.place(ROOT, "libpenstock.so.1.abi"), encoding="utf-8") as file:
        return file.read()


def without_member(text, structure, member):
    """The structure as if it had never had the member."""
    head, body, rest = re.split(rf"(<class-decl name='{structure}'.*?</class-decl>)", text,
                                flags=re.DOTALL)
    cut = re.sub(rf"\s*<data-member [^>]*>\s*<var-decl name='{member}'.*?</data-member>", "", body,
                 flags=re.DOTALL)
    if cut == body:
        raise ValueError(f"{structure} has no {member}")
    return head + cut + rest


def resized(text, structure, bits):
    old = rf"(<class-decl name='{structure}' size-in-bits=')(\d+)"
    return re.sub(old, lambda found: f"{found[1]}{int(found[2]) + bits}", text, count=1)


def without_function(text, name):
    text = re.sub(rf"\s*<elf-symbol name='{name}'[^>]*/>", "", text)
    return re.sub(rf"\s*<function-decl name='{name}'.*?</function-decl>", "", text, flags=re.DOTALL)


def other_parameter(text, function, old, new):
    """The function as if its first parameter of the type `old` were of the type `new`."""
    found = re.search(rf"<function-decl name='{function}'.*?</function-decl>", text, re.DOTALL)
    changed = found[0].replace(f"<parameter type-id='{type_id(text, old)}'",
                               f"<parameter type-id='{type_id(text, new)}'", 1)
    return text.replace(found[0], changed)


def type_id(text, name):
    return re.search(rf"<typedef-decl name='{name}' type-id='\w+' id='(\w+)'", text)[1]


class Break(unittest.TestCase):
    def setUp(self):
        self.now = described()

    def assert_breaks(self, old, new, *words):
        self.assertNotEqual(old, new)
        report = abi.breaking(old, new, ROOT)
        for word in words:
            self.assertIn(word, report)
        self.assertTrue(report)

    def assert_only_adds(self, old, new):
        self.assertEqual(abi.breaking(old, new, ROOT), "")
        self.assertTrue(abi.differences(old, new))

    def test_is_not_what_stays_the_same(self):
        self.assertEqual(abi.breaking(self.now, self.now, ROOT), "")
        self.assertEqual(abi.differences(self.now, self.now), "")

    def test_is_a_function_that_is_gone_and_not_a_new_one(self):
        fewer = without_function(self.now, "penstock_op_name")
        self.assert_breaks(self.now, fewer, "penstock_op_name")
        self.assert_only_adds(fewer, self.now)

    def test_is_a_parameter_of_another_type(self):
        self.assert_breaks(self.now,
                           other_parameter(self.now, "penstock_batch", "uint64_t", "uint32_t"),
                           "penstock_batch", "uint32_t")

    def test_is_a_member_that_is_gone(self):
        self.assert_breaks(self.now, without_member(self.now, "penstock_costs", "cpu_bytes"),
                           "cpu_bytes")

    def test_is_a_structure_without_its_size_that_grows(self):
        smaller = resized(without_member(self.now, "penstock_advice", "valid_until_ns"),
                          "penstock_advice", -64)
        self.assert_breaks(smaller, self.now, "valid_until_ns")

    def test_is_no_member_at_the_end_of_a_structure_that_begins_with_its_size(self):
        smaller = resized(without_member(self.now, "penstock_lease_options", "why"),
                          "penstock_lease_options", -64)
        self.assert_only_adds(smaller, self.now)
        self.assert_breaks(self.now, smaller, "why")

    def test_is_a_member_amid_others(self):
        smaller = without_member(self.now, "penstock_lease_options", "target")
        self.assert_breaks(smaller, self.now, "target")


class Description(unittest.TestCase):
    def test_of_names_alone_is_refused(self):
        names = re.sub(r"\s*<function-decl.*?</function-decl>", "", described(), flags=re.DOTALL)
        with self.assertRaisesRegex(abi.AbiError, "of 32 functions the types of 0 are known"):
            abi.check_whole(names)

    def test_without_functions_is_refused(self):
        with self.assertRaisesRegex(abi.AbiError, "of 0 functions"):
            abi.check_whole("<abi-corpus/>")

    def test_names_no_place_of_a_machine(self):
        self.assertEqual(re.findall(r"='\S*/\S*'", described()), [])
        self.assertTrue(os.path.exists(abi.place(ROOT, "growth.abignore")))

    def test_that_is_none_is_told(self):
        with self.assertRaisesRegex(abi.AbiError, "abidiff"):
            abi.differences("<no", described())


if __name__ == "__main__":
    unittest.main()

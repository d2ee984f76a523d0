#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The style tests and the result counter, tried on what they must reject."""

import importlib.util
import json
import os
import tempfile
import unittest

import commits
import layers
import purity
import repository
import shape


def load(path):
    """A module that lies outside this folder."""
    name = os.path.basename(path).removesuffix('.py')
    spec = importlib.util.spec_from_file_location(name, os.path.join(repository.ROOT, path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


results = load('packaging/dev/results.py')


class Layers(unittest.TestCase):
    def test_ends_of_the_agent_never_include_each_other(self):
        self.assertEqual(layers.table_complaints(), [])
        for end in layers.NEVER_TOGETHER:
            others = [o for o in layers.NEVER_TOGETHER if o != end]
            for other in others:
                self.assertIn('must not include', layers.complaint(f'{end}/x.cpp', f'{other}/y.h'))

    def test_a_policy_may_use_base_but_no_probe(self):
        self.assertIsNone(layers.complaint('policies/x.cpp', 'base/text.h'))
        self.assertIsNotNone(layers.complaint('policies/x.cpp', 'agent/probes/x.h'))

    def test_an_include_beside_the_file_is_refused(self):
        self.assertIn('root of the repository', layers.complaint('base/fd.cpp', 'fd.h'))

    def test_a_generated_skeleton_is_let_pass(self):
        self.assertIsNone(layers.complaint('agent/probes/x.cpp', 'queue_discovery.skel.h'))


class Shape(unittest.TestCase):
    def complaints(self, path, text):
        return '\n'.join(shape.complaints_about(path, text))

    def test_a_header_needs_a_purpose(self):
        licence = '// SPDX-License-Identifier: Apache-2.0\n'
        self.assertIn('what it is for', self.complaints('a.h', licence + '#pragma once\n'))
        purpose = licence + '//\n// Turns packets into gold, slowly.\n'
        self.assertEqual(self.complaints('a.h', purpose + '#pragma once\n'), '')

    def test_long_files_and_lines_are_refused(self):
        self.assertIn('401 lines', self.complaints('a.cpp', 'int x;\n' * 401))
        self.assertIn('101 columns', self.complaints('a.cpp', 'x' * 101))

    def test_vague_names_are_refused(self):
        for name in ('util.cpp', 'queue_helpers.cpp', 'handle_queue.cpp', 'bus_manager.cpp'):
            self.assertIn('says nothing', self.complaints(name, ''), name)
        for name in ('process_object.cpp', 'database.cpp', 'domain.cpp'):
            self.assertEqual(self.complaints(name, ''), '', name)

    def test_left_over_work_needs_a_number(self):
        left_over = 'TO' + 'DO'
        self.assertIn('left over', self.complaints('a.cpp', f'// {left_over}: later\n'))
        self.assertEqual(self.complaints('a.cpp', f'// {left_over}(#12): later\n'), '')


class Commits(unittest.TestCase):
    def complaints(self, message):
        return list(commits.complaints('0123456789abcdef', message))

    def test_the_form_of_hacking_passes(self):
        self.assertEqual(self.complaints(
            'policies: wait for counters to settle\n\n'
            'DRAM counters lag one tick, so a second queue was preempted.\n\nTested: unit'), [])

    def test_each_missing_part_is_named(self):
        self.assertEqual(len(self.complaints('fix stuff')), 3)
        self.assertEqual(len(self.complaints('policies: ' + 'x' * 80)), 3)


class Purity(unittest.TestCase):
    def reaches_out(self, name):
        return bool(purity.REACHES_OUT.search(name) or not purity.ALLOWED.match(name))

    def test_the_system_is_out_of_reach(self):
        for name in ('open', 'getenv', 'clock_gettime', 'std::chrono::_V2::steady_clock::now()',
                     'std::basic_ifstream<char, std::char_traits<char> >::open(char const*)',
                     'std::thread::join()', 'ioctl', 'penstock::monotonic_now()'):
            self.assertTrue(self.reaches_out(name), name)

    def test_computing_and_allocating_are_allowed(self):
        for name in ('memcpy', 'operator new(unsigned long)', 'std::__throw_bad_alloc()',
                     '__asan_report_load8', '__ubsan_handle_type_mismatch_v1', '_Unwind_Resume'):
            self.assertFalse(self.reaches_out(name), name)


class Results(unittest.TestCase):
    def read(self, runs, junit=None):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'testlog.json')
            with open(path, 'w', encoding='utf-8') as file:
                file.writelines(json.dumps(run) + '\n' for run in runs)
            if junit:
                with open(os.path.join(folder, 'testlog.junit.xml'), 'w', encoding='utf-8') as file:
                    file.write(junit)
            return list(results.results_of_meson(path))

    def run_of(self, name, result='OK', status=0):
        return {'name': f'penstock:unit / {name}', 'result': result, 'returncode': status}

    def test_a_program_without_cases_counts_once(self):
        read = self.read([self.run_of('a'), self.run_of('b', 'FAIL', 1)])
        self.assertEqual([r.verdict for r in read], ['pass', 'fail'])

    def test_cases_of_a_program_count_each(self):
        read = self.read([self.run_of('a', 'FAIL', 1)], '''<testsuites>
            <testsuite name="penstock.a.Group"><testcase name="good"/>
            <testcase name="bad"><failure message="no"/></testcase>
            <testcase name="left"><skipped message="no device"/></testcase>
            </testsuite></testsuites>''')
        self.assertEqual([r.verdict for r in read], ['pass', 'fail', 'skip'])
        self.assertEqual(read[2].name, 'a.Group.left')

    def test_a_crash_fails_whatever_an_old_report_says(self):
        read = self.read([self.run_of('a', 'FAIL', -11)],
                         '<testsuites><testsuite name="penstock.a.Group"><testcase name="good"/>'
                         '</testsuite></testsuites>')
        self.assertEqual([r.verdict for r in read], ['fail'])

    def test_two_tests_of_one_name_fail(self):
        self.assertEqual(self.read([self.run_of('a'), self.run_of('a')])[1].verdict, 'fail')

    def test_a_skip_without_leave_is_a_failure(self):
        skip = results.Result('bpf.Load.loads', 'skip', 'no CAP_BPF')
        self.assertEqual(results.judged(skip, []).verdict, 'fail')
        self.assertEqual(results.judged(skip, ['bpf.*']).verdict, 'skip')


if __name__ == '__main__':
    unittest.main()

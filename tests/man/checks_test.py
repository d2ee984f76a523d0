#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The checks of the manual pages, tried on what they must reject."""

import os
import subprocess
import sys
import unittest

import built_page
import bus
import completions
import keys
import options
import pages
import page_source
import program_help
import rules

sys.path.append(page_source.PAGES)
import contracts  # noqa: E402 - it lies beside what it makes.
import make_page  # noqa: E402

HELP = """A program
Usage: program [OPTIONS] SUBCOMMAND

Options:
  -h,--help                   Print this help message and exit
  --poll-us UINT:UINT in [1 - 500]=100
                              how often
  --kernel TEXT:{6.1,6.5}=6.5 which

Subcommands:
  go                          Goes
"""
HELP_OF_GO = """Goes
Usage: program go [OPTIONS] PID

Positionals:
  PID TEXT REQUIRED

Options:
  -h,--help                   Print this help message and exit
  --far Excludes: PID         Farther
"""
SOURCE = """program(1)

# OPTIONS

*-h*, *--help*
	Prints it.

*--poll-us*=_N_
	From 1 to 500; *100* by default.

*--kernel*=_RELEASE_
	*6.1* or *6.5*, the default.

# COMMANDS

## go

*go* _PID_ [*--far*]

*--far*
	Farther.

# SEE ALSO

*other*(1)
"""
CONTRACT = """<!-- SPDX-License-Identifier: Apache-2.0

     x.Y: a thing. -->
<node><interface name="x.Y">
  <!-- Waits `never`. -->
  <method name="Go"><arg type="u" name="pid" direction="in"/></method>
  <property name="Far" type="a(ss)" access="readwrite"/>
</interface></node>
"""
PAGE_OF_CONTRACT = r""".SH INTERFACE x.\&Y
x.\&Y: a thing.\&
.SS Methods
\fBGo\fR(in u \fIpid\fR)
.RS 4
Waits \fBnever\fR.\&
.RE
.P
\fBFar\fR (a(ss), writable, announced)
"""
PAGE_OF_KEYS = r""".SH SECTION [A]
\fBTick=\fR
.RS 4
Ticks.\& A time span from 1ms to 1s; the default is \fB10ms\fR.\&
.RE
.SH READING THE FILES AGAIN
\fBTick=\fR then hold at once.\&
"""
TABLE = 'Key{.section = "A", .name = "Tick", .about = "Ticks.", .live = true},'


class Options(unittest.TestCase):
    helps = {"": program_help.parsed(HELP), "go": program_help.parsed(HELP_OF_GO)}

    def complaints(self, old="", new=""):
        self.assertIn(old, SOURCE)
        return "\n".join(options.complaints(self.helps, SOURCE.replace(old, new, 1)))

    def test_a_page_that_says_all_passes(self):
        self.assertEqual(self.complaints(), "")

    def test_what_is_missing_is_named(self):
        self.assertIn("--poll-us is not in the page", self.complaints("*--poll-us*", "*poll*"))
        self.assertIn("does not say 500", self.complaints("500", "50"))
        self.assertIn("does not say 100", self.complaints("*100*", "*10*"))
        self.assertIn("does not say 6.1", self.complaints("*6.1*", "*6.10*"))
        self.assertIn("go: the argument PID", self.complaints("_PID_", "_NUMBER_"))
        self.assertIn("the command go is not", self.complaints("## go", "## went"))

    def test_what_is_too_much_is_named(self):
        self.assertIn("go: --farther is in the page", self.complaints("\n*--far*", "\n*--farther*"))
        self.assertIn("went is in the page", self.complaints("## go", "## went"))


class Bus(unittest.TestCase):
    def complaints(self, old="", new=""):
        page = PAGE_OF_CONTRACT.replace(old, new, 1)
        return "\n".join(bus.complaints(CONTRACT, built_page.sections(page)))

    def test_a_page_that_says_all_passes(self):
        self.assertEqual(self.complaints(), "")

    def test_what_is_missing_or_wrong_is_named(self):
        self.assertIn("x.Y is not in the page", self.complaints("x", "z"))
        self.assertIn("Go is not in the page", self.complaints("Go", "Went"))
        self.assertIn("Went is in the page, and in no", self.complaints("Go", "Went"))
        self.assertIn("Go takes (in u pid)", self.complaints("in u", "in i"))
        self.assertIn("Far is of type a(ss)", self.complaints("a(ss)", "a(s)"))
        self.assertIn("Far is readwrite", self.complaints(", writable", ""))
        self.assertIn("does not say: Waits", self.complaints("Waits", "Sleeps"))

    def test_a_table_in_a_comment_becomes_entries(self):
        found = contracts.paragraphs_of("Errors:\n       x.Gone      it is gone\n     Every one.")
        self.assertEqual(found, ["Errors:", "*x.Gone*\n\tit is gone", "Every one."])


class Keys(unittest.TestCase):
    known = {"A": {"Tick": "10ms"}}
    bounds = {"Tick": {"from 1ms to 1s"}}

    def complaints(self, old="", new="", table=TABLE):
        sections = built_page.sections(PAGE_OF_KEYS.replace(old, new, 1))
        return "\n".join((*keys.key_complaints(keys.documented(sections), self.known, self.bounds),
                          *keys.live_complaints(sections, table)))

    def test_a_page_that_says_all_passes(self):
        self.assertEqual(self.complaints(), "")

    def test_what_is_missing_or_wrong_is_named(self):
        self.assertIn("[A] Tick= is not in the page", self.complaints("Tick=", "Tock="))
        self.assertIn("[A] Tock= is in the page", self.complaints("Tick=", "Tock="))
        self.assertIn('say "the default is 10ms."', self.complaints("10ms", "20ms"))
        self.assertIn('say "from 1ms to 1s"', self.complaints("1s", "2s"))
        self.assertIn("from the next start", self.complaints(table=TABLE.replace("true", "false")))


class Rules(unittest.TestCase):
    page = "*Unit=*\n\tA unit.\n\n*Priority=*\n\tFrom it: from -2 to 2.\n"
    reader = 'MatchKey{.name = "Unit", .of = x}; if (each.key == "Priority")'

    def complaints(self, page=page, reader=reader, refusal="is not from -2 to 2"):
        return "\n".join(rules.complaints(page, reader, refusal))

    def test_a_page_that_says_all_passes(self):
        self.assertEqual(self.complaints(), "")

    def test_what_is_missing_or_wrong_is_named(self):
        novel = self.reader + 'each.key == "Slice"'
        self.assertIn("Slice= is not in", self.complaints(reader=novel))
        self.assertIn("User= is in the page", self.complaints(page=self.page + "*User=*\n"))
        self.assertIn("not say from -3 to 2", self.complaints(refusal="from -3 to 2"))
        self.assertIn("not named in a refusal", self.complaints(refusal=""))


class Pages(unittest.TestCase):
    def test_a_reference_to_no_page_is_named(self):
        found = pages.reference_complaints({"a": "penstock.conf(5), penstockd(1), ls(1)"},
                                           {"penstock.conf.5", "penstockd.8"})
        self.assertEqual(list(found), ["a: there is no page penstockd(1)"])

    def test_paragraphs_that_begin_nothing_are_dropped(self):
        lines = [".P", ".SH A", ".P", "x", ".P", ".RS 4", "y", ".P", ".RE", "z", ".P"]
        self.assertEqual(list(make_page.with_paragraphs(lines)),
                         [".SH A", "x", ".P", ".RS 4", "y", ".RE", ".P", "z"])

    def test_dashes_to_be_typed_are_dashes(self):
        self.assertEqual(make_page.with_dashes(r"so-so \fB--x-y\fR", False),
                         r"so-so \fB\-\-x\-y\fR")

    def test_a_placeholder_without_a_text_ends_the_build(self):
        program = os.path.join(page_source.PAGES, "keys_page.py")
        template = os.path.join(page_source.PAGES, "penstock.conf.5.scd.in")
        ran = subprocess.run([sys.executable, program, template, "/dev/stdin"], text=True,
                             input="[Agent]\n# Ticks. Expected: yes or no.\nNovel=yes\n",
                             capture_output=True, check=False)
        self.assertNotEqual(ran.returncode, 0)
        self.assertIn("is a placeholder", ran.stderr)


class Completions(unittest.TestCase):
    helps = {"": program_help.parsed(HELP)._replace(options=[]),
             "go": program_help.parsed(HELP_OF_GO)}
    text = """    commands=(
        'go:goes'
    )
__penstockctl_arguments() {
        go) _arguments $help '--far[farther]' ;;
}
    '(- *)'{-h,--help}'[help]'
"""

    def complaints(self, old="", new=""):
        return "\n".join(completions.zsh_complaints(self.helps, [], self.text.replace(old, new, 1)))

    def test_zsh_must_offer_what_there_is(self):
        self.assertEqual(self.complaints(), "")
        self.assertIn("offers ['--near'] for \"go\"", self.complaints("--far", "--near"))
        self.assertIn("offers the commands ['went']", self.complaints("'go", "'went"))
        self.assertIn('no --help for "go"', self.complaints("$help ", ""))

    def test_bash_must_offer_what_there_is(self):
        class Silent:
            def offers(self, _line):
                return ["--near"]
        found = "\n".join(completions.bash_complaints(self.helps, [], Silent()))
        self.assertIn("bash offers ['--near'] behind \"penstockctl go -\"", found)
        self.assertIn("expected ['go']", found)


if __name__ == "__main__":
    unittest.main()

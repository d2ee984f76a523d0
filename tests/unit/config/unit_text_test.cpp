// SPDX-License-Identifier: Apache-2.0

#include "agent/config/unit_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace penstock::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct Parsed {
    std::vector<Assignment> found{};
    Remarks remarks{};
};

Parsed parse(std::string_view text) {
    Parsed parsed;
    parsed.found = parse_unit_text("/a.conf", text, parsed.remarks);
    return parsed;
}

std::vector<std::string> told(const Parsed& parsed) {
    std::vector<std::string> texts;
    for (const Assignment& each : parsed.found) {
        texts.push_back(each.section + " " + each.key + "=" + each.value);
    }
    return texts;
}

TEST(UnitText, is_sections_with_assignments_and_comments) {
    const Parsed parsed = parse(
        "# a comment\n"
        "; another one\n"
        "[Agent]\n"
        "Policy = weighted-fair  \n"
        "\n"
        "TickSec=5ms\n"
        "[Preemption]\n"
        "MayEvict=a b # c\n");
    EXPECT_THAT(
        told(parsed),
        ElementsAre(
            "Agent Policy=weighted-fair", "Agent TickSec=5ms", "Preemption MayEvict=a b # c"));
    EXPECT_THAT(parsed.remarks.all(), IsEmpty());
    EXPECT_EQ(to_text(parsed.found[1].place), "/a.conf:6");
}

TEST(UnitText, keeps_an_empty_value_because_it_means_something) {
    EXPECT_THAT(told(parse("[A]\nB=\n")), ElementsAre("A B="));
}

TEST(UnitText, goes_on_behind_a_backslash_and_skips_comments_in_between) {
    const Parsed parsed = parse("[A]\nB=one \\\n# not this\ntwo\\\nthree\nC=4");
    EXPECT_THAT(told(parsed), ElementsAre("A B=one  two three", "A C=4"));
    EXPECT_EQ(parsed.found[0].place.line, 2U) << "where it begins";
}

TEST(UnitText, ends_a_continued_line_at_an_empty_one_and_at_the_end) {
    EXPECT_THAT(told(parse("[A]\nB=1\\\n\nC=2\\")), ElementsAre("A B=1", "A C=2"));
}

// Nothing but blanks is left of it, which is no line.
TEST(UnitText, makes_nothing_of_a_backslash_alone) {
    const Parsed parsed = parse("[A]\n\\\n\n\\\n\t\\\n\nB=1\n\\");
    EXPECT_THAT(told(parsed), ElementsAre("A B=1"));
    EXPECT_EQ(parsed.remarks.errors(), 0U);
}

TEST(UnitText, reads_carriage_returns_as_blanks_at_the_end) {
    EXPECT_THAT(told(parse("[A]\r\nB=1\r\n")), ElementsAre("A B=1"));
}

TEST(UnitText, objects_to_each_line_that_makes_no_sense_and_reads_the_others) {
    const Parsed parsed = parse(
        "Early=1\n"
        "[A]\n"
        "no assignment\n"
        "we ird=1\n"
        "=1\n"
        "B=\x01\n"
        "C=2\n");
    EXPECT_THAT(told(parsed), ElementsAre("A C=2"));
    ASSERT_THAT(parsed.remarks.all(), SizeIs(5));
    EXPECT_EQ(parsed.remarks.errors(), 5U);
    EXPECT_THAT(parsed.remarks.all()[0].sentence, HasSubstr("before the first [Section]"));
    EXPECT_THAT(parsed.remarks.all()[1].sentence, HasSubstr("is not Key=value"));
    EXPECT_THAT(parsed.remarks.all()[4].sentence, HasSubstr("control characters"));
    EXPECT_EQ(parsed.remarks.all()[4].place.line, 6U);
}

TEST(UnitText, ignores_what_stands_in_a_section_that_it_does_not_understand) {
    for (const char* wrong :
         {"[A\nB=1\n", "[]\nB=1\n", "[a b]\nB=1\n", "[\nB=1\n", "[A] x\nB=1\n"}) {
        const Parsed parsed = parse(wrong);
        EXPECT_THAT(told(parsed), IsEmpty()) << wrong;
        EXPECT_EQ(parsed.remarks.errors(), 1U) << wrong;
    }
}

TEST(UnitText, has_named_sections_where_they_are_asked_for) {
    Remarks remarks;
    const auto found =
        parse_unit_text("/a.conf",
                        "[Job a-1]\nB=1\n[Job]\nB=2\n[Job a b]\nB=3\n[ a]\nB=4\n[Job ]\nB=5\n",
                        remarks,
                        Sections::named);
    ASSERT_THAT(found, SizeIs(2));
    EXPECT_EQ(found[0].section, "Job a-1");
    EXPECT_EQ(found[1].section, "Job");
    EXPECT_EQ(remarks.errors(), 3U);
}

TEST(UnitText, never_repeats_a_terminal_s_control_sequences) {
    const Parsed parsed = parse("[A]\n\x1b[31mred\n");
    ASSERT_THAT(parsed.remarks.all(), SizeIs(1));
    EXPECT_EQ(parsed.remarks.all()[0].sentence.find('\x1b'), std::string::npos);
}

TEST(UnitText, is_bounded_in_its_lines_and_as_a_whole) {
    const Parsed line = parse("[A]\nB=" + std::string(most_line_bytes, 'x') + "\nC=1\n");
    EXPECT_THAT(told(line), ElementsAre("A C=1"));
    EXPECT_EQ(line.remarks.errors(), 1U);

    std::string endless = "[A]\nB=";
    for (std::size_t part = 0; part < most_line_bytes; ++part) {
        endless += "xy\\\n";
    }
    EXPECT_EQ(parse(endless + "\nC=1\n").remarks.errors(), 1U);

    const Parsed whole = parse(std::string(most_file_bytes + 1, '\n'));
    ASSERT_THAT(whole.remarks.all(), SizeIs(1));
    EXPECT_EQ(whole.remarks.all()[0].place.line, 0U);
}

TEST(Remarks, are_counted_when_they_are_too_many_to_be_kept) {
    Remarks remarks;
    for (std::size_t each = 0; each < most_remarks + 10; ++each) {
        remarks.warn({.file = "/a.conf", .line = 1}, "so");
    }
    remarks.object({.file = "/a.conf"}, "not so");
    EXPECT_THAT(remarks.all(), SizeIs(most_remarks));
    EXPECT_EQ(remarks.warnings(), most_remarks + 10);
    EXPECT_EQ(remarks.errors(), 1U);
}

TEST(Place, of_a_whole_file_has_no_line) {
    EXPECT_EQ(to_text(Place{.file = "/a.conf"}), "/a.conf");
}

}  // namespace
}  // namespace penstock::config

// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/perf/event_terms.h"

#include <gmock/gmock.h>

#include "tests/fakes/pmu_tree.h"

namespace penstock {
namespace {

using fakes::NamedTexts;
using testing::HasSubstr;

// What the terms ask for where sysfs shows these formats; a failed one asks for type 0.
Result<PerfEvent> encoded(std::string_view terms, const NamedTexts& formats) {
    const auto parsed = parse_event_terms(terms);
    if (!parsed) {
        return std::unexpected(parsed.error());
    }
    PerfEvent event;
    for (const EventTerm& term : *parsed) {
        const auto format = std::ranges::find(formats, term.name, &NamedTexts::value_type::first);
        if (format == formats.end()) {
            return fail("no format");
        }
        const auto where = parse_term_bits(format->second);
        if (!where) {
            return std::unexpected(where.error());
        }
        if (auto placed = place_term(term, *where, event); !placed) {
            return std::unexpected(placed.error());
        }
    }
    return event;
}

std::uint64_t config(std::string_view terms, const NamedTexts& formats) {
    const auto event = encoded(terms, formats);
    EXPECT_TRUE(event) << event.error().message();
    return event ? event->config : 0;
}

std::string refusal(std::string_view terms, const NamedTexts& formats = {}) {
    const auto event = encoded(terms, formats);
    return event ? "" : event.error().message();
}

// The formats and the result are those of the kernel's own test, tools/perf/tests/pmu.c.
TEST(EventTerms, encode_the_kernels_test_vector) {
    const NamedTexts krava{
        {"krava01", "config:0-1,62-63\n"},
        {"krava02", "config:10-17\n"},
        {"krava03", "config:5\n"},
        {"krava11", "config1:0,2,4,6,8,20-28\n"},
        {"krava12", "config1:63\n"},
        {"krava13", "config1:45-47\n"},
        {"krava21", "config2:0-3,10-13,20-23,30-33,40-43,50-53,60-63\n"},
        {"krava22", "config2:8,18,48,58\n"},
        {"krava23", "config2:28-29,38\n"},
    };
    const auto event = encoded(
        "krava01=15,krava02=170,krava03=1,krava11=27,krava12=1,krava13=2,krava21=119,krava22=11,"
        "krava23=2",
        krava);
    ASSERT_TRUE(event);
    EXPECT_EQ(event->config, 0xc00000000002a823U);
    EXPECT_EQ(event->config1, 0x8000400000000145U);
    EXPECT_EQ(event->config2, 0x0400000020041d07U);
}

const NamedTexts intel{{"event", "config:0-7"}, {"umask", "config:8-15"}};
const NamedTexts skylake_io{{"event", "config:0-7"},
                            {"umask", "config:8-15"},
                            {"ch_mask", "config:36-43"},
                            {"fc_mask", "config:44-46"}};
const NamedTexts later_io{{"event", "config:0-7"},
                          {"umask", "config:8-15"},
                          {"ch_mask", "config:36-47"},
                          {"fc_mask", "config:48-50"}};
const NamedTexts cache{{"event", "config:0-7"}, {"umask", "config:8-15,32-57"}};
const NamedTexts zen2{{"event", "config:0-7,32-35,59-60"}, {"umask", "config:8-15"}};
const NamedTexts zen4{{"event", "config:0-7,32-37"}, {"umask", "config:8-15,24-27"}};
const NamedTexts umc{{"event", "config:0-7"}, {"rdwrmask", "config:8-9"}};

TEST(EventTerms, encode_memory_controllers_of_intel_servers) {
    EXPECT_EQ(config("event=0x04,umask=0x03", intel), 0x304U);
    EXPECT_EQ(config("event=0x04,umask=0x0c", intel), 0xc04U);
    EXPECT_EQ(config("event=0x04,umask=0x0f", intel), 0xf04U);
    EXPECT_EQ(config("event=0x04,umask=0x30", intel), 0x3004U);
    EXPECT_EQ(config("event=0x05,umask=0xcf", intel), 0xcf05U);
    EXPECT_EQ(config("event=0x05,umask=0xf0", intel), 0xf005U);
    EXPECT_EQ(config("event=0x06,umask=0xcf", intel), 0xcf06U);
    EXPECT_EQ(config("event=0x06,umask=0xf0", intel), 0xf006U);
}

TEST(EventTerms, encode_free_running_counters) {
    EXPECT_EQ(config("event=0xff,umask=0x20", intel), 0x20ffU);
    EXPECT_EQ(config("event=0xff,umask=0x21", intel), 0x21ffU);
    EXPECT_EQ(config("event=0xff,umask=0x10", intel), 0x10ffU);
    EXPECT_EQ(config("event=0xff,umask=0x30", intel), 0x30ffU);
}

TEST(EventTerms, encode_events_of_the_io_stacks) {
    EXPECT_EQ(config("event=0x83,umask=0x4,ch_mask=0x1,fc_mask=0x7", skylake_io), 0x701000000483U);
    EXPECT_EQ(config("event=0x83,umask=0x4,ch_mask=0x1,fc_mask=0x7", later_io), 0x7001000000483U);
    EXPECT_EQ(config("event=0x83,umask=0x1,ch_mask=0x1,fc_mask=0x7", later_io), 0x7001000000183U);
    EXPECT_EQ(config("event=0x83,umask=0x4,ch_mask=0xff,fc_mask=0x7", later_io), 0x70ff000000483U);
}

TEST(EventTerms, encode_a_mask_in_two_parts) {
    EXPECT_EQ(config("event=0x35,umask=0xc8f3ff04", cache), 0xc8f3ff00000435U);
    EXPECT_EQ(config("event=0x35,umask=0xcc43ff04", cache), 0xcc43ff00000435U);
    EXPECT_EQ(config("event=0x35,umask=0xcd43ff04", cache), 0xcd43ff00000435U);
}

TEST(EventTerms, encode_the_data_fabric) {
    EXPECT_EQ(config("event=0x007,umask=0x38", zen2), 0x3807U);
    EXPECT_EQ(config("event=0x0c7,umask=0x38", zen2), 0x38c7U);
    EXPECT_EQ(config("event=0x107,umask=0x38", zen2), 0x100003807U);
    EXPECT_EQ(config("event=0x1c7,umask=0x38", zen2), 0x1000038c7U);
    EXPECT_EQ(config("event=0x81f,umask=0x7fe", zen4), 0x80700fe1fU);
    EXPECT_EQ(config("event=0x81f,umask=0x7ff", zen4), 0x80700ff1fU);
}

TEST(EventTerms, encode_memory_controllers_of_amd) {
    EXPECT_EQ(config("event=0x0a,rdwrmask=1", umc), 0x10aU);
    EXPECT_EQ(config("event=0x0a,rdwrmask=2", umc), 0x20aU);
    EXPECT_EQ(config("event=0x14", umc), 0x14U);
    EXPECT_EQ(config("event=0x00", umc), 0U);
}

TEST(EventTerms, take_a_term_without_a_value_for_a_flag) {
    EXPECT_EQ(config("event=0x01,edge", {{"event", "config:0-7"}, {"edge", "config:18"}}),
              0x40001U);
}

TEST(EventTerms, read_decimal_numbers_too) {
    EXPECT_EQ(config("event=10\n", intel), 10U);
}

TEST(EventTerms, refuse_a_value_that_does_not_fit) {
    EXPECT_THAT(refusal("umask=0x100", intel),
                HasSubstr("the value of umask does not fit into 8 bits"));
    EXPECT_THAT(refusal("event=0x14,rdwrmask=4", umc), HasSubstr("does not fit into 2 bits"));
}

TEST(EventTerms, let_a_whole_word_be_filled) {
    EXPECT_EQ(config("event=0xffffffffffffffff", {{"event", "config:0-63"}}), ~std::uint64_t{0});
}

TEST(EventTerms, refuse_what_is_no_list_of_terms) {
    for (const std::string_view text : {"",
                                        "event=",
                                        "=1",
                                        "event=0x",
                                        "event=-1",
                                        "event=?",
                                        "event=1,",
                                        ",event=1",
                                        "event=1,,umask=2",
                                        "event=0x10000000000000000",
                                        "../type=1",
                                        "event=1 umask=2",
                                        "event=0x1g"}) {
        EXPECT_NE(refusal(text, intel), "") << text;
    }
}

TEST(EventTerms, refuse_a_term_that_comes_twice) {
    EXPECT_THAT(refusal("event=1,event=2", intel), HasSubstr("the term event comes twice"));
}

TEST(EventTerms, bound_their_number) {
    std::string text = "t0";
    for (std::size_t term = 1; term < most_terms; ++term) {
        text += ",t" + std::to_string(term);
    }
    EXPECT_TRUE(parse_event_terms(text));
    EXPECT_THAT(refusal(text + ",more"), HasSubstr("more than 16 terms"));
}

TEST(TermBits, refuse_what_is_no_list_of_bits) {
    for (const std::string_view text : {"",
                                        "config",
                                        "config:",
                                        "config:64",
                                        "config:0-64",
                                        "config:7-0",
                                        "config:0-7,",
                                        "config:0-7,7",
                                        "config:300",
                                        "config:-1",
                                        "config3:0-7",
                                        "attr:0-7",
                                        "0-7"}) {
        EXPECT_FALSE(parse_term_bits(text)) << text;
    }
}

TEST(Scale, is_a_positive_number) {
    EXPECT_EQ(parse_scale("6.103515625e-5\n").value(), 6.103515625e-5);
    EXPECT_EQ(parse_scale("2.3283064365386962890625e-10").value(), 2.3283064365386962890625e-10);
}

TEST(Scale, refuses_what_can_be_no_unit) {
    for (const std::string_view text :
         {"", "0", "-1", "nan", "inf", "1e999", "1e-5 MiB", "0x1p3x", "one"}) {
        EXPECT_FALSE(parse_scale(text)) << text;
    }
}

}  // namespace
}  // namespace penstock

// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/cpu_list.h"

#include <gmock/gmock.h>

namespace penstock {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string refusal(std::string_view text) {
    const auto parsed = parse_cpu_list(text);
    return parsed ? "" : parsed.error().message();
}

TEST(CpuList, reads_numbers_and_ranges) {
    EXPECT_THAT(parse_cpu_list("0,48\n").value(), ElementsAre(0, 48));
    EXPECT_THAT(parse_cpu_list("0-3,7").value(), ElementsAre(0, 1, 2, 3, 7));
    EXPECT_THAT(parse_cpu_list("5").value(), ElementsAre(5));
}

TEST(CpuList, takes_an_empty_text_for_an_empty_list) {
    EXPECT_THAT(parse_cpu_list("").value(), IsEmpty());
    EXPECT_THAT(parse_cpu_list("\n").value(), IsEmpty());
}

TEST(CpuList, holds_as_many_processors_as_linux_can_have) {
    EXPECT_THAT(parse_cpu_list("0-8191").value(), SizeIs(most_cpus));
}

TEST(CpuList, refuses_numbers_beyond_the_largest_machine) {
    EXPECT_THAT(refusal("8192"), HasSubstr("\"8192\" is no range of processors below 8192"));
    EXPECT_THAT(refusal("0-8192"), HasSubstr("no range"));
    EXPECT_THAT(refusal("0-4294967295"), HasSubstr("no range"));
    EXPECT_THAT(refusal("99999999999999999999"), HasSubstr("no range"));
}

TEST(CpuList, refuses_what_would_count_a_processor_twice) {
    EXPECT_THAT(refusal("0,0"), HasSubstr("does not ascend"));
    EXPECT_THAT(refusal("0-3,2"), HasSubstr("does not ascend"));
    EXPECT_THAT(refusal("7,0"), HasSubstr("does not ascend"));
}

TEST(CpuList, refuses_garbage) {
    for (const std::string_view text :
         {"x", "-1", "1-", "3-1", "0,,1", ",", "0,", "0 1", "0-7:2/8", "0x1", "ff,ff"}) {
        EXPECT_NE(refusal(text), "") << text;
    }
}

}  // namespace
}  // namespace penstock

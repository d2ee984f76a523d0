// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>

#include <cstring>

#include "kmod-helpers/vendor_ioctl.h"

namespace penstock::kfd {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view whole =
    "preempt=0x90,resume=0x91,size=24,queue_id=0,pid=12,preempt_type=4:2,timeout_ms=8:100";

std::string refusal(std::string_view spec) {
    const Result<VendorIoctl> layout = VendorIoctl::parse(spec);
    return layout ? "" : layout.error().message();
}

std::uint32_t word_at(const VendorArgument& argument, std::size_t offset) {
    std::uint32_t word = 0;
    std::memcpy(&word, argument.data() + offset, sizeof(word));
    return word;
}

TEST(VendorSpec, says_numbers_size_and_fields) {
    const Result<VendorIoctl> layout = VendorIoctl::parse(whole);
    ASSERT_TRUE(layout) << layout.error().message();
    const VendorIoctl expected{.preempt = 0x90,
                               .resume = 0x91,
                               .size = 24,
                               .queue_offset = 0,
                               .pid_offset = 12,
                               .preempt_type = VendorIoctl::Constant{.offset = 4, .value = 2},
                               .timeout_ms = VendorIoctl::Constant{.offset = 8, .value = 100},
                               .flags = std::nullopt};
    EXPECT_EQ(*layout, expected);
}

TEST(VendorSpec, needs_no_constants_and_no_order) {
    const auto layout = VendorIoctl::parse("pid=4,queue_id=0,size=8,resume=201,preempt=200");
    ASSERT_TRUE(layout);
    EXPECT_EQ(layout->preempt, 200U);
    EXPECT_FALSE(layout->timeout_ms);
    EXPECT_TRUE(VendorIoctl::parse("preempt=255,resume=0x29,size=256,queue_id=252,pid=0xf8"));
}

TEST(VendorSpec, never_takes_the_numbers_of_linux) {
    for (const char* number : {"1", "0x01", "0x22", "0x28", "40"}) {
        const std::string tail = std::string(",size=8,queue_id=0,pid=4,override=yes");
        EXPECT_THAT(refusal("preempt=" + std::string(number) + ",resume=0x91" + tail),
                    HasSubstr("which Linux uses itself"));
        EXPECT_THAT(refusal("resume=" + std::string(number) + ",preempt=0x91" + tail),
                    HasSubstr("which Linux uses itself"));
    }
}

TEST(VendorSpec, takes_the_numbers_of_amds_packages_only_on_insistence) {
    const std::string spec = "preempt=0x87,resume=0x88,size=8,queue_id=0,pid=4";
    EXPECT_THAT(refusal(spec), HasSubstr("preempt is 135, which AMD's own driver packages use"));
    EXPECT_EQ(refusal(spec + ",override=yes"), "");
    EXPECT_THAT(refusal(spec + ",override=1"), HasSubstr("override is \"1\", expected yes"));
    EXPECT_THAT(refusal("preempt=0x90,resume=0x80,size=8,queue_id=0,pid=4"),
                HasSubstr("resume is 128"));
}

TEST(VendorSpec, names_what_is_wrong_with_a_number) {
    const auto with = [](const std::string& text) {
        return refusal(text + ",size=8,queue_id=0,pid=4");
    };
    EXPECT_THAT(with("preempt=256,resume=0x91"), HasSubstr("preempt is 256, expected 0 to 255"));
    EXPECT_THAT(with("preempt=0x90,resume=144"), HasSubstr("preempt and resume are both 144"));
    EXPECT_THAT(with("preempt=ninety,resume=0x91"), HasSubstr("preempt is \"ninety\""));
    EXPECT_THAT(with("preempt=,resume=0x91"), HasSubstr("preempt is \"\""));
    EXPECT_THAT(with("preempt=-1,resume=0x91"), HasSubstr("preempt is \"-1\""));
    EXPECT_THAT(with("preempt=0x90"), HasSubstr("resume is missing"));
}

TEST(VendorSpec, names_what_is_wrong_with_the_words) {
    EXPECT_THAT(refusal(""), StartsWith("the vendor's requests: \"\" is not KEY=VALUE"));
    EXPECT_THAT(refusal("preempt"), HasSubstr("is not KEY=VALUE"));
    EXPECT_THAT(refusal(std::string(whole) + ","), HasSubstr("is not KEY=VALUE"));
    EXPECT_THAT(refusal(std::string(whole) + ",gpu=16"),
                HasSubstr("there is no key \"gpu\", expected one of preempt, resume, size"));
    EXPECT_THAT(refusal(std::string(whole) + ",pid=16"), HasSubstr("pid is given twice"));
    EXPECT_THAT(refusal(std::string(600, 'x')), HasSubstr("longer than 512"));
}

TEST(VendorSpec, insists_on_a_queue_and_a_process) {
    EXPECT_THAT(refusal("preempt=0x90,resume=0x91,size=8,pid=4"), HasSubstr("queue_id is missing"));
    EXPECT_THAT(refusal("preempt=0x90,resume=0x91,size=8,queue_id=4"),
                HasSubstr("only reaches the caller's own queues"));
}

TEST(VendorSpec, keeps_every_field_within_the_argument_and_apart) {
    const auto with = [](const std::string& text) {
        return refusal("preempt=0x90,resume=0x91," + text);
    };
    EXPECT_THAT(with("queue_id=0,pid=4"), HasSubstr("size is missing"));
    for (const char* size : {"0", "4", "10", "260", "4294967295"}) {
        EXPECT_THAT(with(std::string("queue_id=0,pid=4,size=") + size),
                    HasSubstr(std::string("size is ") + size + ", expected a multiple of 4"));
    }
    EXPECT_THAT(with("size=8,queue_id=8,pid=4"), HasSubstr("queue_id lies at \"8\""));
    EXPECT_THAT(with("size=8,queue_id=0,pid=2"), HasSubstr("pid lies at \"2\""));
    EXPECT_THAT(with("size=8,queue_id=4,pid=4"), HasSubstr("pid and queue_id both lie at byte 4"));
    EXPECT_THAT(with("size=16,queue_id=0,pid=4,flags=0:1"),
                HasSubstr("flags and queue_id both lie at byte 0"));
    EXPECT_THAT(with("size=16,queue_id=0,pid=4,flags=8"), HasSubstr("expected OFFSET:VALUE"));
    EXPECT_THAT(with("size=16,queue_id=0,pid=4,flags=8:x"), HasSubstr("expected OFFSET:VALUE"));
    EXPECT_THAT(with("size=16,queue_id=0,pid=4:7"), HasSubstr("pid lies at \"4:7\""));
}

TEST(VendorArgument, has_the_queue_the_process_and_the_constants) {
    const VendorArgument argument = preempt_argument(VendorIoctl::parse(whole).value(), 1000, 7);
    EXPECT_EQ(word_at(argument, 0), 7U);
    EXPECT_EQ(word_at(argument, 4), 2U);
    EXPECT_EQ(word_at(argument, 8), 100U);
    EXPECT_EQ(word_at(argument, 12), 1000U);
    EXPECT_EQ(word_at(argument, 16), 0U);
}

TEST(VendorArgument, of_a_resume_has_nothing_but_the_queue_and_the_process) {
    const VendorArgument argument = resume_argument(VendorIoctl::parse(whole).value(), 1000, 7);
    EXPECT_EQ(word_at(argument, 0), 7U);
    EXPECT_EQ(word_at(argument, 4), 0U);
    EXPECT_EQ(word_at(argument, 8), 0U);
    EXPECT_EQ(word_at(argument, 12), 1000U);
}

}  // namespace
}  // namespace penstock::kfd

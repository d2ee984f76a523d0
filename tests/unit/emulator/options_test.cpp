// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <vector>

#include "tests/fakes/command_line.h"

namespace penstock::emulator {
namespace {

using testing::HasSubstr;

fakes::Parsed<Options> parsed(std::initializer_list<const char*> given) {
    std::vector<std::string> words{"penstock-kfd-emulator", "--mount=/m"};
    words.insert(words.end(), given.begin(), given.end());
    return fakes::parsed_by(&parse_options, std::move(words));
}

TEST(EmulatorMemory, is_always_enough_unless_its_peak_is_said) {
    const auto options = parsed({}).options;
    ASSERT_TRUE(options);
    EXPECT_EQ(options->driver.dram.peak, 0U);
    EXPECT_EQ(options->driver.dram.contention_loss, 0);
}

TEST(EmulatorMemory, has_a_peak_and_a_loss) {
    const auto options = parsed({"--dram-peak=60G", "--dram-loss=0.1"}).options;
    ASSERT_TRUE(options);
    EXPECT_EQ(options->driver.dram.peak, 60'000'000'000U);
    EXPECT_EQ(options->driver.dram.contention_loss, 0.1);
    EXPECT_EQ(parsed({"--dram-peak=7"}).options->driver.dram.peak, 7U);
}

TEST(EmulatorMemory, is_refused_where_its_peak_is_no_bandwidth) {
    for (const char* peak : {"--dram-peak=0", "--dram-peak=fast", "--dram-peak=-1G"}) {
        const auto refused = parsed({peak});
        ASSERT_FALSE(refused.options) << peak;
        EXPECT_NE(refused.options.error(), 0) << peak;
        EXPECT_THAT(refused.said,
                    HasSubstr("--dram-peak is not a number of bytes per second such as 60G"));
    }
}

TEST(EmulatorMemory, loses_a_part_of_a_peak_only) {
    const auto peakless = parsed({"--dram-loss=0.1"});
    EXPECT_FALSE(peakless.options);
    EXPECT_THAT(peakless.said, HasSubstr("--dram-loss requires --dram-peak"));
    for (const char* loss : {"--dram-loss=-0.1", "--dram-loss=0.91", "--dram-loss=nan"}) {
        EXPECT_FALSE(parsed({"--dram-peak=60G", loss}).options) << loss;
    }
    EXPECT_EQ(parsed({"--dram-peak=60G", "--dram-loss=0.9"}).options->driver.dram.contention_loss,
              0.9);
}

TEST(EmulatorOptions, bound_what_suspending_costs) {
    EXPECT_FALSE(parsed({"--save-us=10000001"}).options);
    EXPECT_FALSE(parsed({"--restore-us=-1"}).options);
    EXPECT_FALSE(parsed({"--poll-us=0"}).options) << "it would look all the time";
    const auto options = parsed({"--save-us=0", "--restore-us=10000000", "--poll-us=1"}).options;
    ASSERT_TRUE(options);
    EXPECT_EQ(options->save_us, 0U);
    EXPECT_EQ(options->restore_us, 10'000'000U);
}

TEST(EmulatorOptions, take_vendor_numbers_in_pairs_and_beyond_the_stock_ones) {
    EXPECT_FALSE(parsed({"--vendor-resume=41"}).options);
    EXPECT_FALSE(parsed({"--vendor-preempt=39", "--vendor-resume=41"}).options);
    EXPECT_FALSE(parsed({"--vendor-preempt=40", "--vendor-resume=256"}).options);
    const auto options = parsed({"--vendor-preempt=40", "--vendor-resume=255"}).options;
    ASSERT_TRUE(options);
    ASSERT_TRUE(options->driver.vendor);
    EXPECT_EQ(options->driver.vendor->preempt, 40U);
    EXPECT_EQ(options->driver.vendor->resume, 255U);
    EXPECT_FALSE(parsed({}).options->driver.vendor);
}

TEST(EmulatorOptions, know_generations_of_five_and_six_digits) {
    EXPECT_FALSE(parsed({"--gfx=69999"}).options);
    EXPECT_FALSE(parsed({"--gfx=1000000"}).options);
    EXPECT_EQ(parsed({"--gfx=110501"}).options->gfx_target_version, 110501U);
    EXPECT_FALSE(parsed({}).options->gfx_target_version);
}

TEST(EmulatorOptions, leave_with_success_after_they_have_explained_themselves) {
    const auto help = parsed({"--help"});
    ASSERT_FALSE(help.options);
    EXPECT_EQ(help.options.error(), 0);
    EXPECT_THAT(help.said, HasSubstr("Stands in for the amdgpu module"));
    EXPECT_THAT(help.said, HasSubstr("--dram-peak"));
}

}  // namespace
}  // namespace penstock::emulator

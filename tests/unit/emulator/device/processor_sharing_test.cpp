// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/device/processor_sharing.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

namespace penstock::emulator {
namespace {

using Rates = std::vector<Rate>;

TEST(ProcessorSharing, gives_one_kernel_the_whole_device) {
    EXPECT_EQ(shared_rates(Rates{whole_device}), Rates{whole_device});
}

TEST(ProcessorSharing, gives_nobody_anything_when_nobody_runs) {
    EXPECT_TRUE(shared_rates({}).empty());
}

TEST(ProcessorSharing, divides_exactly_among_up_to_22_kernels) {
    for (std::size_t sharers = 1; sharers <= 22; ++sharers) {
        const Rates rates = shared_rates(Rates(sharers, whole_device));
        EXPECT_EQ(std::accumulate(rates.begin(), rates.end(), Rate{0}), whole_device);
        EXPECT_EQ(rates.front(), rates.back());
    }
}

TEST(ProcessorSharing, bounds_a_kernel_by_its_mask_even_when_it_is_alone) {
    EXPECT_EQ(shared_rates(Rates{whole_device / 4}), Rates{whole_device / 4});
}

TEST(ProcessorSharing, gives_what_a_masked_kernel_leaves_to_the_others) {
    const Rates rates = shared_rates(Rates{whole_device, whole_device / 5, whole_device});
    EXPECT_EQ(rates, (Rates{whole_device / 5 * 2, whole_device / 5, whole_device / 5 * 2}));
}

TEST(ProcessorSharing, ignores_a_mask_that_is_wider_than_the_equal_share) {
    const Rates rates = shared_rates(Rates{whole_device / 4 * 3, whole_device});
    EXPECT_EQ(rates, (Rates{whole_device / 2, whole_device / 2}));
}

TEST(ProcessorSharing, takes_the_cap_from_the_number_of_enabled_units) {
    EXPECT_EQ(cap_of(52, 104), whole_device / 2);
    EXPECT_EQ(cap_of(104, 104), whole_device);
}

TEST(ProcessorSharing, treats_no_mask_and_a_too_wide_mask_as_the_whole_device) {
    EXPECT_EQ(cap_of(0, 104), whole_device);
    EXPECT_EQ(cap_of(4000, 104), whole_device);
}

TEST(ProcessorSharing, never_stops_a_kernel_by_rounding) {
    EXPECT_GE(cap_of(1, 0xffffffff), 1);
}

TEST(ProcessorSharing, never_exceeds_the_device_or_a_cap_whatever_the_caps) {
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 2000; ++round) {
        Rates caps(1 + random() % 40);
        for (Rate& cap : caps) {
            cap = cap_of(static_cast<std::uint32_t>(random() % 105), 104);
        }
        const Rates rates = shared_rates(caps);
        Rate sum = 0;
        Rate wanted = 0;
        for (std::size_t i = 0; i < caps.size(); ++i) {
            EXPECT_LE(rates[i], caps[i]);
            EXPECT_GT(rates[i], 0);
            sum += rates[i];
            wanted += caps[i];
        }
        EXPECT_LE(sum, whole_device);
        // Nothing is left over while somebody could use it, but for rounding.
        EXPECT_GE(sum, std::min(wanted, whole_device) - static_cast<Rate>(caps.size()));
    }
}

}  // namespace
}  // namespace penstock::emulator

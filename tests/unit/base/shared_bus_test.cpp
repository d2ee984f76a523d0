// SPDX-License-Identifier: Apache-2.0

#include "base/shared_bus.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

constexpr std::uint64_t gb = 1'000'000'000;

TEST(Bus, slows_nobody_down_up_to_its_peak) {
    const SharedBus bus{.peak = 60 * gb, .contention_loss = 0.3};
    EXPECT_EQ(bus_speed(bus, 60 * gb), full_bus_speed);
    EXPECT_EQ(bus_speed({}, 1000 * gb), full_bus_speed) << "it is not modelled";
}

TEST(Bus, gives_everybody_the_same_part_beyond_it) {
    EXPECT_EQ(bus_speed({.peak = 60 * gb}, 120 * gb), full_bus_speed / 2);
    EXPECT_EQ(bus_speed({.peak = 60 * gb, .contention_loss = 0.5}, 120 * gb), full_bus_speed / 4);
    EXPECT_EQ(bus_speed({.peak = 1, .contention_loss = 0.9}, 1000 * gb), 1) << "never nothing";
}

}  // namespace
}  // namespace penstock

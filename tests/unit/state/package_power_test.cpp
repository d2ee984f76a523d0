// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "agent/state/measured.h"
#include "tests/fakes/readings.h"

namespace penstock {
namespace {

using fakes::counter;
using fakes::level;

TEST(MeasuredPackage, has_the_power_of_its_parts_from_who_only_knows_levels) {
    QuantityBook book;
    book.absorb(level(Quantity::power_cores, package(0), 2.5, from_ns(1)));
    book.absorb(level(Quantity::power_graphics, package(0), 1.5, from_ns(1)));
    Snapshot snapshot;

    write_measurements(book, snapshot);

    ASSERT_EQ(snapshot.packages.size(), 1U);
    EXPECT_EQ(snapshot.packages[0].cores_power.value, 2.5);
    EXPECT_EQ(snapshot.packages[0].graphics_power.value, 1.5);
    EXPECT_EQ(snapshot.packages[0].power.value, std::nullopt);
}

TEST(MeasuredPackage, has_the_power_of_its_parts_rather_from_who_counts) {
    QuantityBook book;
    book.absorb(level(Quantity::power_cores, package(0), 99, from_ns(1)));
    book.absorb(counter(Quantity::energy_cores, package(0), 10, from_ns(0)));
    book.absorb(counter(Quantity::energy_cores, package(0), 14, from_ns(1'000'000'000)));
    Snapshot snapshot;

    write_measurements(book, snapshot);

    ASSERT_EQ(snapshot.packages.size(), 1U);
    EXPECT_EQ(snapshot.packages[0].cores_power.value, 4);
}

}  // namespace
}  // namespace penstock

// SPDX-License-Identifier: Apache-2.0

#include "policies/seat_table.h"

#include <gtest/gtest.h>

#include "policies/lookup.h"

namespace penstock {
namespace {

std::vector<RankedOwner> places(const std::vector<std::uint64_t>& owners) {
    std::vector<RankedOwner> all;
    for (const std::uint64_t owner : owners) {
        all.push_back({.owner = OwnerId{owner}});
    }
    return all;
}

TEST(SeatTable, finds_everybody_whom_an_unsorted_order_names) {
    SeatTable seats;
    seats.name(places({30, 10, 20, 10}));
    EXPECT_EQ(seats.size(), 3U);
    for (const std::uint64_t owner : {10U, 20U, 30U}) {
        const Seat* seat = seats.find(OwnerId{owner});
        ASSERT_NE(seat, nullptr);
        EXPECT_TRUE(seat->named);
        EXPECT_EQ(seat->place.owner, OwnerId{owner});
    }
    EXPECT_EQ(seats.find(OwnerId{15}), nullptr);
}

TEST(SeatTable, takes_the_name_from_those_whom_a_new_order_leaves_out) {
    SeatTable seats;
    seats.name(places({1, 2}));
    seats.name(places({2}));
    EXPECT_FALSE(seats.find(OwnerId{1})->named);
    EXPECT_TRUE(seats.find(OwnerId{2})->named);
}

TEST(SeatTable, forgives_failures_of_those_whose_place_changed) {
    SeatTable seats;
    seats.name(places({1, 2, 3}));
    for (Seat& seat : seats) {
        seat.failures = 4;
    }
    seats.name({{.owner = OwnerId{1}}, {.owner = OwnerId{2}, .rank = 9}});
    EXPECT_EQ(seats.find(OwnerId{1})->failures, 4U);
    EXPECT_EQ(seats.find(OwnerId{2})->failures, 0U);
    EXPECT_EQ(seats.find(OwnerId{3})->failures, 0U) << "left out of the order";
}

TEST(SeatTable, remembers_unnamed_owners_up_to_its_limit) {
    SeatTable seats;
    for (std::uint64_t owner = 1; owner <= SeatTable::most_unnamed; ++owner) {
        ASSERT_NE(seats.find_or_remember(OwnerId{owner}), nullptr);
    }
    EXPECT_EQ(seats.find_or_remember(OwnerId{9999}), nullptr);
    EXPECT_NE(seats.find_or_remember(OwnerId{1}), nullptr) << "already known";

    seats.remove(OwnerId{1});
    EXPECT_NE(seats.find_or_remember(OwnerId{9999}), nullptr);
}

TEST(SeatTable, does_not_count_named_owners_against_the_limit) {
    SeatTable seats;
    for (std::uint64_t owner = 1; owner <= SeatTable::most_unnamed; ++owner) {
        seats.find_or_remember(OwnerId{owner})->busy = true;
    }
    seats.name(places({1}));
    EXPECT_NE(seats.find_or_remember(OwnerId{9999}), nullptr);
}

TEST(SeatTable, forgets_only_those_of_whom_nothing_is_left_to_be_known) {
    SeatTable seats;
    seats.name(places({1, 2, 3, 4, 5}));
    seats.find(OwnerId{2})->busy = true;
    seats.find(OwnerId{3})->suspended = true;
    seats.find(OwnerId{4})->window_end = from_ns(100);
    seats.name(places({5}));

    seats.forget_unneeded(from_ns(99));
    EXPECT_EQ(seats.size(), 4U) << "all but owner 1";
    seats.forget_unneeded(from_ns(100));
    EXPECT_EQ(seats.find(OwnerId{4}), nullptr);
    EXPECT_NE(seats.find(OwnerId{2}), nullptr);
    EXPECT_NE(seats.find(OwnerId{3}), nullptr);
    EXPECT_NE(seats.find(OwnerId{5}), nullptr);
}

TEST(SeatTable, removes_unknown_owners_without_complaint) {
    SeatTable seats;
    seats.remove(OwnerId{1});
    EXPECT_EQ(seats.size(), 0U);
}

TEST(Lookup, knows_on_which_rungs_a_suspension_has_an_effect) {
    EXPECT_TRUE(can_preempt(PreemptionLevel::cooperative_save));
    EXPECT_TRUE(can_preempt(PreemptionLevel::debug_suspend));
    EXPECT_TRUE(can_preempt(PreemptionLevel::vendor_ioctl));
    EXPECT_TRUE(can_preempt(PreemptionLevel::process_evict));
    EXPECT_TRUE(can_preempt(PreemptionLevel::launch_limit));
    EXPECT_FALSE(can_preempt(PreemptionLevel::none));
}

TEST(Lookup, knows_on_which_rungs_a_suspension_costs_device_time) {
    EXPECT_TRUE(costs_device_time(PreemptionLevel::cooperative_save));
    EXPECT_TRUE(costs_device_time(PreemptionLevel::process_evict));
    EXPECT_FALSE(costs_device_time(PreemptionLevel::launch_limit));
    EXPECT_FALSE(costs_device_time(PreemptionLevel::none));
}

TEST(Lookup, finds_devices_by_their_gpu_id) {
    Snapshot seen;
    seen.devices = {{.gpu = GpuId{7}}, {.gpu = GpuId{9}}};
    EXPECT_EQ(find_device(seen, GpuId{9}), &seen.devices[1]);
    EXPECT_EQ(find_device(seen, GpuId{8}), nullptr);
}

TEST(Snapshot, knows_no_occupancy_when_the_pointers_make_no_sense) {
    EXPECT_EQ(Queue{}.occupied_bytes(), std::nullopt);
    EXPECT_EQ((Queue{.ring_bytes = 4096, .written = 3, .read = 5}.occupied_bytes()), std::nullopt);
    EXPECT_EQ((Queue{.ring_bytes = 4096, .written = 5, .read = 3}.occupied_bytes()), 2U * 64);
}

}  // namespace
}  // namespace penstock

// SPDX-License-Identifier: Apache-2.0

#include "client/cooperation/obey.h"

#include <gmock/gmock.h>

#include <cerrno>

#include "client/protocol/records.h"
#include "tests/unit/cooperation/recording_keeper.h"

namespace penstock::client {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint32_t everything = 0xf;

Order order(Verb verb, std::uint32_t value = 0, std::uint32_t count = 0) {
    return {.serial = 9,
            .verb = static_cast<std::uint32_t>(verb),
            .gpu_id = 51,
            .value = value,
            .count = count};
}

TEST(Obey, carries_each_order_out_and_says_how_far_it_reached) {
    RecordingKeeper keeper;
    for (const Order& each : {order(Verb::suspend),
                              order(Verb::resume),
                              order(Verb::limit_launches, 8),
                              order(Verb::set_priority, 15),
                              order(Verb::set_priority, own_priority),
                              order(Verb::set_units, 4, 8)}) {
        const Done done = obey(each, everything, keeper);
        EXPECT_EQ(done.serial, 9U);
        EXPECT_EQ(done.error, 0);
        EXPECT_EQ(done.reached, 2U);
    }
    EXPECT_THAT(keeper.told,
                ElementsAre("suspend 51/all",
                            "resume 51/all",
                            "limit 8 51/all",
                            "priority 15 51/all",
                            "priority 255 51/all",
                            "units 4+8 51/all"));
}

TEST(Obey, passes_a_single_queue_on) {
    RecordingKeeper keeper;
    Order single = order(Verb::suspend);
    single.queue = 3;
    EXPECT_EQ(obey(single, everything, keeper).error, 0);
    EXPECT_THAT(keeper.told, ElementsAre("suspend 51/3"));
}

TEST(Obey, refuses_what_the_keeper_is_not_able_to) {
    RecordingKeeper keeper;
    for (const Verb verb :
         {Verb::suspend, Verb::resume, Verb::limit_launches, Verb::set_priority, Verb::set_units}) {
        EXPECT_EQ(obey(order(verb), 0, keeper).error, EOPNOTSUPP) << name_of(verb);
    }
    EXPECT_THAT(keeper.told, IsEmpty());
}

TEST(Obey, suspends_with_either_way_of_stopping) {
    RecordingKeeper keeper;
    for (const Ability ability : {Ability::save, Ability::limit_launches}) {
        EXPECT_EQ(obey(order(Verb::suspend), static_cast<std::uint32_t>(ability), keeper).error, 0);
    }
}

TEST(Obey, refuses_verbs_of_later_versions) {
    RecordingKeeper keeper;
    EXPECT_EQ(obey(Order{.verb = 6}, everything, keeper).error, EOPNOTSUPP);
    EXPECT_EQ(obey(Order{.verb = 0}, everything, keeper).error, EOPNOTSUPP);
}

TEST(Obey, refuses_values_out_of_range) {
    RecordingKeeper keeper;
    for (const Order& wrong : {order(Verb::set_priority, 16),
                               order(Verb::set_priority, 256),
                               order(Verb::set_units, most_units, 0),
                               order(Verb::set_units, 0, most_units + 1),
                               order(Verb::set_units, 1, most_units),
                               order(Verb::set_units, 1, 0xffff'ffff)}) {
        EXPECT_EQ(obey(wrong, everything, keeper).error, EINVAL) << wrong.value;
    }
    EXPECT_THAT(keeper.told, IsEmpty());
    EXPECT_EQ(obey(order(Verb::set_units, 0, most_units), everything, keeper).error, 0);
}

TEST(Obey, reports_the_keepers_failure) {
    RecordingKeeper keeper;
    keeper.error = EACCES;
    const Done done = obey(order(Verb::suspend), everything, keeper);
    EXPECT_EQ(done.error, EACCES);
    EXPECT_EQ(done.reached, 0U);
}

}  // namespace
}  // namespace penstock::client

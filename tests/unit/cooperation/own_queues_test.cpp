// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/own_queues.h"

#include <gmock/gmock.h>

#include <cerrno>
#include <thread>

#include "kmod-helpers/workload/disobedience.h"
#include "tests/unit/cooperation/recording_keeper.h"

namespace penstock::workload {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::SizeIs;

constexpr client::Place place{.gpu_id = 1, .queue = 2};

TEST(UnitMask, has_whole_words) {
    EXPECT_THAT(unit_mask(0, 8), ElementsAre(0xffU));
    EXPECT_THAT(unit_mask(4, 4), ElementsAre(0xf0U));
    EXPECT_THAT(unit_mask(30, 4), ElementsAre(0xc000'0000U, 0x3U));
    EXPECT_THAT(unit_mask(0, 32), ElementsAre(~0U));
}

TEST(UnitMask, tells_both_units_of_a_pair_the_same) {
    EXPECT_THAT(unit_mask(1, 1), ElementsAre(0x3U));
    EXPECT_THAT(unit_mask(3, 4), ElementsAre(0xfcU));
}

TEST(UnitMask, of_none_is_all) {
    EXPECT_THAT(unit_mask(5, 0), SizeIs(32));
    EXPECT_THAT(unit_mask(5, 0), Each(~0U));
}

TEST(Disobedience, of_nobody_obeys) {
    client::RecordingKeeper keeper;
    Disobedient obedient(Disobedience::none, keeper);
    EXPECT_EQ(obedient.suspend(place), 2U);
    EXPECT_EQ(obedient.resume(place), 2U);
    EXPECT_EQ(obedient.limit_launches(place, 8), 2U);
    EXPECT_EQ(obedient.set_priority(place, 3), 2U);
    EXPECT_EQ(obedient.set_units(place, 0, 8), 2U);
    EXPECT_TRUE(obedient.undo());
    EXPECT_THAT(
        keeper.told,
        ElementsAre("suspend 1/2", "resume 1/2", "limit 8 1/2", "priority 3 1/2", "units 0+8 1/2"));
    EXPECT_EQ(keeper.undone, 1);
}

TEST(Disobedience, lies) {
    client::RecordingKeeper keeper;
    Disobedient liar(Disobedience::lie, keeper);
    EXPECT_EQ(liar.suspend(place), 1U);
    EXPECT_THAT(keeper.told, SizeIs(0));
}

TEST(Disobedience, fails) {
    client::RecordingKeeper keeper;
    Disobedient failing(Disobedience::error, keeper);
    const auto reached = failing.suspend(place);
    ASSERT_FALSE(reached);
    EXPECT_EQ(reached.error().code, EIO);
}

TEST(Disobedience, is_silent_until_it_gives_up) {
    client::RecordingKeeper keeper;
    Disobedient silent(Disobedience::silent, keeper);
    std::jthread order([&] { EXPECT_FALSE(silent.suspend(place)); });
    silent.give_up();
    order.join();
    EXPECT_THAT(keeper.told, SizeIs(0));
}

}  // namespace
}  // namespace penstock::workload

// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/units/unit_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/scratch_tree.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class UnitWatching : public testing::Test {
  protected:
    void use(const std::string& group, std::uint64_t usec) {
        tree.write("c" + group + "/cpu.stat",
                   "usage_usec " + std::to_string(usec) + "\nuser_usec 1\nsystem_usec 2\n");
    }

    void turns(int count, Duration apart = 10ms) {
        for (int turn = 0; turn < count; ++turn) {
            now += apart;
            watch.turn(now);
        }
    }

    [[nodiscard]] std::vector<std::string> found() const {
        std::vector<std::string> groups;
        for (const UnitUse& use : watch.units()) {
            groups.push_back(use.control_group);
        }
        return groups;
    }

    TimePoint now = from_ns(1'000'000'000'000);
    fakes::ScratchTree tree{};
    UnitWatch watch{tree.root() + "/c",
                    [](const std::string& unit) { return unit.starts_with("batch"); }};
};

TEST_F(UnitWatching, finds_units_by_their_names_in_all_slices) {
    use("/system.slice/batch-1.service", 0);
    use("/system.slice/other.service", 0);
    use("/batch.slice/batch-deep.slice/batch-2.scope", 0);
    use("/batch-3.scope", 0);
    turns(5);
    EXPECT_THAT(found(),
                UnorderedElementsAre("/system.slice/batch-1.service",
                                     "/batch.slice/batch-deep.slice/batch-2.scope",
                                     "/batch-3.scope"));
}

// What a user's manager calls units is not systemd's to limit.
TEST_F(UnitWatching, does_not_look_below_a_unit) {
    use("/user.slice/user-1000.slice/user@1000.service/app.slice/batch.service", 0);
    use("/system.slice/batch.service/batch-inner.service", 0);
    turns(10);
    EXPECT_THAT(found(), ElementsAre("/system.slice/batch.service"));
}

TEST_F(UnitWatching, measures_the_processors_that_a_unit_uses) {
    use("/system.slice/batch.service", 1'000'000);
    turns(3);
    ASSERT_THAT(watch.units(), SizeIs(1));
    EXPECT_EQ(watch.units().front().processors, std::nullopt);
    use("/system.slice/batch.service", 2'000'000);
    turns(1, 500ms);
    ASSERT_TRUE(watch.units().front().processors);
    EXPECT_NEAR(*watch.units().front().processors, 2.0, 0.1);
    // Too soon to tell more.
    use("/system.slice/batch.service", 99'000'000);
    turns(1, 10ms);
    EXPECT_NEAR(*watch.units().front().processors, 2.0, 0.1);
}

TEST_F(UnitWatching, keeps_measurements_over_walks) {
    use("/system.slice/batch.service", 0);
    turns(3);
    use("/system.slice/batch.service", 500'000);
    turns(1, 500ms);
    ASSERT_TRUE(watch.units().front().processors);
    use("/a.slice/batch-2.service", 0);
    now += UnitWatch::walks_apart;
    watch.turn(now);
    turns(3, 1ms);
    ASSERT_THAT(watch.units(), SizeIs(2));
    EXPECT_TRUE(std::ranges::find(watch.units(), "batch.service", &UnitUse::unit)->processors);
}

TEST_F(UnitWatching, does_not_know_what_a_unit_uses_that_began_anew_or_can_not_be_read) {
    use("/system.slice/batch.service", 9'000'000);
    turns(3);
    use("/system.slice/batch.service", 9'500'000);
    turns(1, 500ms);
    ASSERT_TRUE(watch.units().front().processors);
    use("/system.slice/batch.service", 5);
    turns(1, 500ms);
    EXPECT_EQ(watch.units().front().processors, std::nullopt);
    tree.write("c/system.slice/batch.service/cpu.stat", "usage_usec lots\n");
    turns(1, 500ms);
    EXPECT_EQ(watch.units().front().processors, std::nullopt);
    tree.remove("c/system.slice/batch.service/cpu.stat");
    turns(1, 500ms);
    EXPECT_EQ(watch.units().front().processors, std::nullopt);
}

TEST_F(UnitWatching, forgets_units_that_are_gone_and_names_that_are_none) {
    use("/system.slice/batch-1.service", 0);
    use("/system.slice/batch \n.service", 0);
    turns(3);
    ASSERT_THAT(watch.units(), SizeIs(1));
    tree.remove("c/system.slice/batch-1.service");
    now += UnitWatch::walks_apart;
    turns(5);
    EXPECT_THAT(watch.units(), IsEmpty());
}

TEST_F(UnitWatching, is_bounded) {
    for (std::size_t number = 0; number < UnitWatch::most_units + 5; ++number) {
        use("/system.slice/batch-" + std::to_string(number) + ".service", 0);
    }
    turns(3);
    EXPECT_THAT(watch.units(), SizeIs(UnitWatch::most_units));
    watch.forget();
    EXPECT_THAT(watch.units(), IsEmpty());
}

TEST_F(UnitWatching, finds_nothing_where_there_is_no_hierarchy) {
    turns(5);
    EXPECT_THAT(watch.units(), IsEmpty());
}

}  // namespace
}  // namespace penstock

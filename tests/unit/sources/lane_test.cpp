// SPDX-License-Identifier: Apache-2.0
//
// Sources that block are read elsewhere. These tests wait for the other thread by what it does,
// never by time.

#include "agent/probes/lane.h"

#include <gtest/gtest.h>

#include <thread>

#include "agent/probes/source_set.h"
#include "base/clock.h"
#include "tests/fakes/sources.h"

namespace penstock {
namespace {

using fakes::Script;
using fakes::ScriptedSource;
using namespace std::chrono_literals;

constexpr Source::Pace quick{.period = 1ms, .patience = Source::Patience::may_wait};

NumberedSource numbered(std::uint16_t kind, Source::Pace pace, std::shared_ptr<Script> script) {
    return {.id = {.kind = kind},
            .source = std::make_unique<ScriptedSource>("a fake", pace, std::move(script))};
}

class LaneTest : public ::testing::Test {
  protected:
    Lane lane_with(std::shared_ptr<Script> script) {
        Lane::Parts parts{.machine = machine_, .clock = &monotonic_now};
        NumberedSource source = numbered(3, quick, std::move(script));
        parts.ids.push_back(source.id);
        parts.sources.push_back(std::move(source.source));
        return std::move(Lane::start(std::move(parts)).value());
    }

    // Until something has come.
    static Readings first_readings(Lane& lane) {
        Readings readings;
        while (readings.levels.empty()) {
            std::this_thread::yield();
            lane.take(readings);
        }
        return readings;
    }

    std::shared_ptr<Machine> machine_ = std::make_shared<fakes::BareMachine>();
};

TEST_F(LaneTest, brings_what_its_sources_read) {
    Lane lane = lane_with(std::make_shared<Script>());
    const Readings readings = first_readings(lane);
    EXPECT_EQ(readings.levels.at(0).subject.source, SourceId{.kind = 3});
    EXPECT_EQ(readings.sources.at(0).state.standing, Standing::available);
}

TEST_F(LaneTest, passes_on_whom_to_follow) {
    const auto script = std::make_shared<Script>();
    Lane lane = lane_with(script);
    lane.follow({.owner = {1}, .pid = 7});
    lane.leave({1});
    while (script->left == 0) {
        std::this_thread::yield();
    }
    EXPECT_EQ(script->followed, 1);
}

// The thread that hangs is left behind, with its script.
TEST_F(LaneTest, does_not_hold_up_whoever_takes_while_a_read_hangs) {
    const auto script = std::make_shared<Script>();
    script->blocks = true;
    Lane lane = lane_with(script);
    while (script->opened == 0) {
        std::this_thread::yield();
    }
    Readings readings;
    for (int each = 0; each < 1000; ++each) {
        lane.take(readings);
    }
    EXPECT_TRUE(readings.levels.empty());
    script->turns.release();
    first_readings(lane);
}

TEST(SourceSet, reads_on_while_one_source_hangs) {
    const auto hanging = std::make_shared<Script>();
    hanging->blocks = true;
    const auto healthy = std::make_shared<Script>();
    std::vector<NumberedSource> sources;
    sources.push_back(
        numbered(0, {.period = 1ms, .patience = Source::Patience::waits_long}, hanging));
    sources.push_back(numbered(1, {.period = 10ms}, healthy));
    SourceSet set({.machine = std::make_shared<fakes::BareMachine>(), .clock = &monotonic_now},
                  std::move(sources));
    while (hanging->opened == 0) {
        std::this_thread::yield();
    }
    Readings readings;
    for (int tick = 0; tick < 100; ++tick) {
        set.read(TimePoint(1s + tick * 10ms), readings);
    }
    EXPECT_EQ(healthy->read, 100);
    EXPECT_EQ(hanging->read, 0);
    EXPECT_EQ(set.trouble(), "");
}

TEST(SourceSet, follows_with_quick_and_with_slow_sources) {
    const auto slow = std::make_shared<Script>();
    const auto fast = std::make_shared<Script>();
    std::vector<NumberedSource> sources;
    sources.push_back(numbered(0, quick, slow));
    sources.push_back(numbered(1, {.period = 10ms}, fast));
    SourceSet set({.machine = std::make_shared<fakes::BareMachine>(), .clock = &monotonic_now},
                  std::move(sources));
    set.follow({.owner = {1}, .pid = 7});
    while (slow->followed == 0) {
        std::this_thread::yield();
    }
    EXPECT_EQ(fast->followed, 1);
}

}  // namespace
}  // namespace penstock

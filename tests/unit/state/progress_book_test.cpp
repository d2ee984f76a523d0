// SPDX-License-Identifier: Apache-2.0
//
// What processes report of themselves finds its way into the snapshot, and how fast they are beside
// their best.

#include "agent/state/progress_book.h"

#include <gtest/gtest.h>

#include "agent/state/machine_state.h"
#include "tests/fakes/happenings.h"
#include "tests/fakes/readings.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;

constexpr OwnerId owner{1};

// One owner that reports twice a second.
class Reporting {
  public:
    Reporting() { state.absorb({.queue_events = {fakes::owner_appears(1)}}, now); }

    // So many units in the next half second.
    const OwnerUse& does(std::uint64_t units) {
        count += units;
        return says(count);
    }

    const OwnerUse& says(std::uint64_t total, const Hints& hints = {}) {
        now += 500ms;
        Readings readings;
        readings.counters = {fakes::counter(Quantity::progress, place_of(owner), total, now)};
        readings.hints = {{.owner = owner, .hints = hints}};
        return state.absorb(readings, now).owners.at(0).use;
    }

    const OwnerUse& does_for(Duration time, std::uint64_t units) {
        for (Duration passed{}; passed < time; passed += 500ms) {
            does(units);
        }
        return state.snapshot().owners.at(0).use;
    }

    MachineState state{};
    TimePoint now{100s};
    std::uint64_t count = 0;
};

TEST(Progress, is_unknown_until_somebody_reports_it) {
    const Reporting process;
    const OwnerUse& use = process.state.snapshot().owners.at(0).use;
    EXPECT_EQ(use.progress.value, std::nullopt);
    EXPECT_EQ(use.progress.source, "its process reports no progress");
    EXPECT_EQ(use.progress_of_best.value, std::nullopt);
    EXPECT_EQ(use.progress_of_best.source, "its process reports no progress");
}

TEST(Progress, is_the_rate_of_the_units_that_were_reported) {
    Reporting process;
    EXPECT_EQ(process.does(5).progress_of_best.value, std::nullopt) << "one count is no rate";
    const OwnerUse& use = process.does(15);
    EXPECT_DOUBLE_EQ(use.progress.value.value_or(0), 30);
    EXPECT_DOUBLE_EQ(use.progress_of_best.value.value_or(0), 1);
    EXPECT_EQ(use.progress_of_best.confidence, Confidence::heuristic);
}

TEST(Progress, falls_beside_its_best_when_somebody_is_in_the_way) {
    Reporting process;
    process.does_for(20s, 15);
    const double share = process.does_for(10s, 10).progress_of_best.value.value_or(0);
    EXPECT_NEAR(share, 2.0 / 3, 0.01);
    EXPECT_NEAR(process.does_for(20s, 15).progress_of_best.value.value_or(0), 1, 0.01);
}

TEST(Progress, is_measured_by_the_best_of_the_last_minute_alone) {
    Reporting process;
    process.does_for(20s, 30);
    EXPECT_NEAR(process.does_for(30s, 10).progress_of_best.value.value_or(0), 1.0 / 3, 0.01);
    EXPECT_NEAR(process.does_for(60s, 10).progress_of_best.value.value_or(0), 1, 0.01);
}

TEST(Progress, evens_out_what_comes_in_lumps) {
    Reporting process;
    for (int lump = 0; lump < 40; ++lump) {
        process.does(40);
        process.does(0);
    }
    EXPECT_EQ(process.state.snapshot().owners.at(0).use.progress.value, 0.0);
    const double share =
        process.state.snapshot().owners.at(0).use.progress_of_best.value.value_or(0);
    EXPECT_GT(share, 0.7) << "what comes between two lumps is no fall";
    EXPECT_LE(share, 1);
}

TEST(Progress, of_nothing_has_no_best) {
    Reporting process;
    process.does_for(70s, 0);
    const OwnerUse& use = process.does(0);
    EXPECT_EQ(use.progress.value, 0.0) << "it says so: that is not unknown";
    EXPECT_EQ(use.progress_of_best.value, std::nullopt);
    EXPECT_EQ(use.progress_of_best.source, "it has made no progress in the last minute");
}

TEST(Progress, that_runs_backwards_or_leaps_is_unknown_and_costs_nobody_else) {
    Reporting process;
    process.does_for(5s, 15);
    const OwnerUse& back = process.says(3);
    EXPECT_EQ(back.progress.value, std::nullopt);
    EXPECT_EQ(back.progress.source, "the counter ran backwards");
    EXPECT_EQ(back.progress_of_best.source, "the counter ran backwards");
    const OwnerUse& leapt = process.says(UINT64_MAX);
    EXPECT_EQ(leapt.progress.value, std::nullopt);
    EXPECT_EQ(leapt.progress.source, "its rate is absurd");
    EXPECT_EQ(process.state.snapshot().odd_readings, 2U);
    process.says(0);
    EXPECT_DOUBLE_EQ(process.says(15).progress.value.value_or(0), 30) << "it is believed again";
}

TEST(Progress, throttles_nobody) {
    Reporting process;
    process.does_for(20s, 30);
    process.does_for(10s, 1);
    EXPECT_TRUE(process.state.snapshot().memory.empty());
    Readings unmeasured;
    unmeasured.levels = {fakes::level(Quantity::dram_read, memory_node(0), {}, process.now)};
    const Snapshot& seen = process.state.absorb(unmeasured, process.now + 1ms);
    EXPECT_LT(seen.owners.at(0).use.progress_of_best.value.value_or(1), 0.1);
    EXPECT_EQ(seen.memory.at(0).throttle.level, ThrottleLevel::none);
    EXPECT_EQ(seen.memory.at(0).throttle.batch_scale, 1);
}

TEST(Hints, are_those_of_the_last_reading_and_end_with_the_owner) {
    Reporting process;
    const Hints hints{.unit = ProgressUnit::tokens,
                      .phase = WorkPhase::decode,
                      .batch = 64,
                      .next_bytes = 1U << 30U};
    process.says(1, hints);
    EXPECT_EQ(process.state.snapshot().owners.at(0).hints, hints);
    process.state.absorb({}, process.now + 1ms);
    EXPECT_EQ(process.state.snapshot().owners.at(0).hints, hints);
    process.state.absorb({.queue_events = {fakes::owner_vanishes(1)}}, process.now + 2ms);
    Readings late;
    late.hints = {{.owner = owner, .hints = hints}};
    process.state.absorb(late, process.now + 3ms);
    EXPECT_TRUE(process.state.snapshot().owners.empty()) << "nobody is made by a hint";
}

TEST(ProgressBook, forgets_who_has_gone) {
    ProgressBook book;
    OwnerUse use;
    use.progress = {.value = 30, .taken = TimePoint(10s)};
    book.absorb(OwnerId{7}, use);
    book.absorb(OwnerId{3}, use);
    EXPECT_EQ(book.size(), 2U);
    book.forget(OwnerId{7});
    book.forget(OwnerId{8});
    EXPECT_EQ(book.size(), 1U);
}

}  // namespace
}  // namespace penstock

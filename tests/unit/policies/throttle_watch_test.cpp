// SPDX-License-Identifier: Apache-2.0

#include "policies/throttle_watch.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <random>
#include <vector>

namespace penstock {
namespace {

using namespace std::chrono_literals;
using enum ThrottleLevel;

constexpr Duration period = 10ms;

// A node whose use is a function of time, looked at every 10 ms.
struct Watched {
    ThrottleWatch watch{};
    Throttle shown{};
    TimePoint now{10s};
    std::vector<ThrottleLevel> changes{};

    void look(const std::optional<NodeUse>& use) {
        const ThrottleLevel before = shown.level;
        watch.look(use, now, shown);
        if (shown.level != before) {
            changes.push_back(shown.level);
        }
    }

    void run(Duration length, const std::function<double(double seconds)>& use) {
        for (const TimePoint begin = now; now < begin + length; now += period) {
            look(NodeUse{.share = use(std::chrono::duration<double>(now - begin).count()),
                         .taken = now});
        }
    }

    void run(Duration length, double use) {
        run(length, [use](double) { return use; });
    }
};

TEST(ThrottleWatch, begins_with_nothing_asked_for) {
    Watched node;
    node.run(1s, 0.84);
    EXPECT_TRUE(node.changes.empty());
    EXPECT_EQ(node.shown.batch_scale, 1);
    EXPECT_NEAR(*node.shown.utilization, 0.84, 1e-9);
}

TEST(ThrottleWatch, answers_a_square_wave_around_the_threshold_once) {
    Watched node;
    node.run(10s, [](double seconds) {
        return static_cast<int>(seconds * 20) % 2 == 0 ? 0.84 : 0.86;  // 10 Hz.
    });
    EXPECT_EQ(node.changes, std::vector{reduce_batch});
}

TEST(ThrottleWatch, goes_up_three_times_and_down_three_times_with_a_ramp) {
    Watched node;
    node.run(20s, [](double seconds) { return 1 - (std::abs(seconds - 10) / 10); });
    EXPECT_EQ(
        node.changes,
        (std::vector{reduce_batch, delay_launch, fall_back, delay_launch, reduce_batch, none}));
}

TEST(ThrottleWatch, changes_its_mind_at_most_twice_a_second_in_noise) {
    for (const double threshold : {0.80, 0.85, 0.90, 0.95}) {
        Watched node;
        std::mt19937 random(7);  // NOLINT(*-msc51-cpp): the same noise every time.
        std::uniform_real_distribution<double> noise(-0.03, 0.03);
        node.run(20s, [&](double) { return threshold + noise(random); });
        EXPECT_LE(node.changes.size(), 40U) << threshold;
    }
}

TEST(ThrottleWatch, jumps_after_two_samples) {
    Watched node;
    node.run(10ms, 1.0);
    EXPECT_EQ(node.shown.level, none);
    node.run(10ms, 1.0);
    EXPECT_EQ(node.changes, std::vector{fall_back});
    EXPECT_EQ(node.shown.cause, ThrottleCause::saturated);
    EXPECT_EQ(node.shown.since, node.now - period);
}

TEST(ThrottleWatch, rises_only_as_far_as_both_samples_ask) {
    Watched node;
    node.run(10ms, 0.87);
    node.run(10ms, 1.2);  // Smoothed it is 0.93.
    EXPECT_EQ(node.changes, std::vector{reduce_batch});
}

TEST(ThrottleWatch, rises_with_the_sample_that_lifts_the_smoothed_value_over_the_threshold) {
    Watched node;
    node.run(1s, 0.5);
    while (node.changes.empty() && node.now < TimePoint(12s)) {
        EXPECT_LT(*node.shown.utilization, 0.85);
        node.run(10ms, 1.0);
    }
    EXPECT_EQ(node.changes, std::vector{reduce_batch});
    EXPECT_GE(*node.shown.utilization, 0.85);
}

TEST(ThrottleWatch, takes_a_single_wild_sample_for_a_slip) {
    Watched node;
    node.run(1s, 0.5);
    node.run(10ms, 10.0);
    EXPECT_GT(*node.shown.utilization, 0.95);
    node.run(1s, 0.5);
    EXPECT_TRUE(node.changes.empty());
}

TEST(ThrottleWatch, takes_no_sample_twice) {
    Watched node;
    const NodeUse same{.share = 1, .taken = node.now};
    node.look(same);
    node.now += period;
    node.look(same);
    EXPECT_TRUE(node.changes.empty());
}

TEST(ThrottleWatch, keeps_each_level_for_50_ms) {
    Watched node;
    node.run(20ms, 0.86);
    ASSERT_EQ(node.changes, std::vector{reduce_batch});
    node.run(40ms, 3.0);
    EXPECT_EQ(node.changes.size(), 1U);
    node.run(20ms, 3.0);
    EXPECT_EQ(node.changes, (std::vector{reduce_batch, fall_back}));
}

TEST(ThrottleWatch, falls_after_ten_samples_by_one_level) {
    Watched node;
    node.run(1s, 1.0);
    node.changes.clear();
    const TimePoint fell = node.now;
    // One sample before it is below 0.9 as smoothed, ten until the level falls.
    node.run(130ms, 0.0);
    EXPECT_EQ(node.changes, std::vector{delay_launch}) << to_ns(fell);
    node.run(100ms, 0.0);
    EXPECT_EQ(node.changes, (std::vector{delay_launch, reduce_batch}));
}

TEST(ThrottleWatch, fades_where_the_last_sample_is_old) {
    Watched node;
    node.run(1s, 1.0);
    const NodeUse last{.share = 1, .taken = node.now - period};
    for (node.now = last.taken; node.now <= last.taken + 100ms; node.now += period) {
        node.look(last);
    }
    EXPECT_EQ(node.shown.level, fall_back);
    for (; node.now <= last.taken + 300ms; node.now += period) {
        node.look(last);
    }
    EXPECT_EQ(node.shown.level, none);
    EXPECT_EQ(node.shown.cause, ThrottleCause::unmeasured);
    EXPECT_FALSE(node.shown.utilization);
}

TEST(ThrottleWatch, asks_for_nothing_while_nothing_is_known) {
    Watched node;
    node.look(std::nullopt);
    node.look(NodeUse{.share = std::numeric_limits<double>::quiet_NaN(), .taken = node.now});
    node.look(NodeUse{.share = 1, .taken = node.now - 1s});
    EXPECT_EQ(node.shown.level, none);
    EXPECT_FALSE(node.shown.utilization);
}

TEST(ThrottleWatch, has_thresholds_where_the_target_is) {
    Watched node;
    node.shown.target = 0.5;
    node.run(1s, 0.54);
    EXPECT_EQ(node.shown.level, reduce_batch);
    node.run(1s, 0.61);
    EXPECT_EQ(node.shown.level, fall_back);
    node.run(1s, 0.44);
    EXPECT_EQ(node.shown.level, none);
}

TEST(BatchScale, shrinks_by_a_factor_and_grows_by_steps) {
    Watched node;
    node.run(20ms, 1.0);
    EXPECT_DOUBLE_EQ(node.shown.batch_scale, 0.7);
    node.run(50ms, 1.0);
    EXPECT_DOUBLE_EQ(node.shown.batch_scale, 0.7 * 0.7);
    node.run(1s, 1.0);
    EXPECT_EQ(node.shown.batch_scale, Throttle::least_batch_scale);
    node.run(2s, 0.0);
    ASSERT_EQ(node.shown.level, none);
    const double before = node.shown.batch_scale;
    node.run(200ms, 0.0);
    EXPECT_NEAR(node.shown.batch_scale, std::min(1.0, before + 0.1), 1e-9);
    node.run(2s, 0.0);
    EXPECT_EQ(node.shown.batch_scale, 1);
}

TEST(BatchScale, comes_back_after_a_long_silence) {
    Watched node;
    node.run(1s, 1.0);
    node.run(1s, 0.0);
    node.now += 1h;
    node.run(100ms, 0.0);
    EXPECT_EQ(node.shown.batch_scale, 1);
}

}  // namespace
}  // namespace penstock

// SPDX-License-Identifier: Apache-2.0
//
// What must hold of throttle levels whatever a memory node is used for, however irregular its
// samples come, and whatever is set of it meanwhile.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "policies/throttle_watch.h"
#include "tests/property/dice.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;

constexpr int walks = 200;
constexpr int looks = 2'000;

// A node whose use wanders, jumps, is unknown for a while, or makes no sense.
class Walk {
  public:
    explicit Walk(std::uint32_t seed) : dice_(seed) {}

    std::optional<NodeUse> next() {
        now_ += std::chrono::milliseconds(dice_.between(1, dice_.one_in(50) ? 700 : 15));
        if (dice_.one_in(40)) {
            share_ = dice_.between(0, 1500) / 1000.0;
        }
        share_ = std::max(0.0, share_ + (dice_.between(-20, 20) / 1000.0));
        silent_ = silent_ ? !dice_.one_in(10) : dice_.one_in(100);
        if (dice_.one_in(500)) {
            return NodeUse{.share = std::numeric_limits<double>::quiet_NaN(), .taken = now_};
        }
        return silent_ ? std::nullopt : std::optional(NodeUse{.share = share_, .taken = now_});
    }

    double target() { return dice_.one_in(300) ? dice_.between(10, 90) / 100.0 : 0; }

    [[nodiscard]] TimePoint now() const { return now_; }

  private:
    Dice dice_;
    TimePoint now_{10s};
    double share_ = 0.5;
    bool silent_ = false;
};

void expect_sound(const Throttle& before, const Throttle& after, TimePoint now) {
    if (after.level != before.level) {
        EXPECT_EQ(after.since, now);
        EXPECT_GE(after.since - before.since, ThrottleWatch::shortest_level);
    }
    if (after.level > before.level) {
        ASSERT_TRUE(after.utilization);
        EXPECT_GE(*after.utilization, after.target);
        EXPECT_EQ(after.cause, ThrottleCause::saturated);
    }
    if (after.level < before.level) {
        EXPECT_EQ(static_cast<int>(before.level) - static_cast<int>(after.level), 1);
        EXPECT_NE(after.cause, ThrottleCause::saturated);
    }
    EXPECT_GE(after.batch_scale, Throttle::least_batch_scale);
    EXPECT_LE(after.batch_scale, 1);
    if (after.level == ThrottleLevel::none) {
        EXPECT_GE(after.batch_scale, before.batch_scale);
    } else {
        EXPECT_LE(after.batch_scale, before.batch_scale);
    }
    EXPECT_TRUE(!after.utilization || std::isfinite(*after.utilization));
}

TEST(ThrottleProperty, of_any_walk_levels_are_steady_and_scales_bounded) {
    for (std::uint32_t seed = 1; seed <= walks; ++seed) {
        Walk walk(seed);
        ThrottleWatch watch;
        Throttle shown;
        for (int look = 0; look < looks; ++look) {
            const Throttle before = shown;
            if (const double target = walk.target(); target > 0) {
                shown.target = target;
            }
            const std::optional<NodeUse> use = walk.next();
            watch.look(use, walk.now(), shown);
            expect_sound(before, shown, walk.now());
        }
        ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
    }
}

TEST(ThrottleProperty, of_any_walk_nothing_is_asked_for_after_a_silence) {
    for (std::uint32_t seed = 1; seed <= walks; ++seed) {
        Walk walk(seed);
        ThrottleWatch watch;
        Throttle shown;
        for (int look = 0; look < looks / 10; ++look) {
            const std::optional<NodeUse> use = walk.next();
            watch.look(use, walk.now(), shown);
        }
        for (TimePoint now = walk.now(); now <= walk.now() + 300ms; now += 10ms) {
            watch.look(std::nullopt, now, shown);
        }
        ASSERT_EQ(shown.level, ThrottleLevel::none) << "seed " << seed;
    }
}

TEST(ThrottleProperty, the_same_samples_make_the_same_levels) {
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
        Walk walk(seed);
        ThrottleWatch one;
        ThrottleWatch other;
        Throttle shown;
        Throttle same;
        for (int look = 0; look < looks; ++look) {
            const std::optional<NodeUse> use = walk.next();
            one.look(use, walk.now(), shown);
            other.look(use, walk.now(), same);
            ASSERT_EQ(shown, same);
        }
    }
}

}  // namespace
}  // namespace penstock

// SPDX-License-Identifier: Apache-2.0
//
// Random events against the order executor, with a witness beside it.

#include <gtest/gtest.h>

#include "policies/order_executor.h"
#include "tests/fakes/spelled.h"
#include "tests/property/dice.h"
#include "tests/property/witness.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t seeds = 400;
constexpr int steps = 500;
constexpr std::uint32_t owners = 7;
constexpr std::uint32_t queue = 3;  // The one of each owner that may be held.

// One executor, its witness, and the dice that decide what happens to them.
class Play {
  public:
    explicit Play(std::uint32_t seed) : dice_(seed) {}

    void step() {
        pass_time();
        switch (dice_.below(8)) {
            case 0:
                follow(random_order());
                break;
            case 1:
            case 2:
            case 3:
                work(random_owner());
                break;
            case 4:
            case 5:
                drain(random_owner());
                break;
            case 6:
                if (dice_.one_in(10)) {
                    die(random_owner());
                }
                break;
            default:
                break;
        }
        act();
    }

    void follow(const DeviceOrder& order) {
        executor_.follow(order, now_);
        witness_.follow(order, now_);
    }

    void work(OwnerId owner) {
        executor_.has_work(owner, now_);
        witness_.has_work(owner);
    }

    void drain(OwnerId owner) {
        executor_.drained(owner, now_);
        witness_.drained(owner, now_);
    }

    void die(OwnerId owner) {
        executor_.gone(owner);
        witness_.gone(owner);
    }

    void act() {
        const std::span<const Action> actions = executor_.act(now_);
        trace_ += fakes::spelled(actions) + "\n";
        witness_.acted(actions, now_);
        for (const Action& action : actions) {
            if (reliable_ || !dice_.one_in(20)) {
                continue;
            }
            executor_.failed(action, now_);
            witness_.failed(action, now_);
        }
    }

    // From here on nothing fails any more.
    void become_reliable() { reliable_ = true; }

    void drain_all() {
        for (std::uint64_t owner = 1; owner <= owners; ++owner) {
            drain(OwnerId{owner});
        }
    }

    void wait(Duration duration) { now_ += duration; }

    // Lets every deadline come, one after the other; false when they do not end or stand still.
    bool runs_out_of_deadlines() {
        for (int acts = 0; acts < 1000; ++acts) {
            const std::optional<TimePoint> deadline = executor_.next_deadline();
            if (!deadline) {
                return true;
            }
            now_ = std::max(now_, *deadline);
            act();
        }
        return false;
    }

    // A deadline that is not in the future has to be met by a few acts at the same instant: one of
    // each owner and queue may resume, be suspended again for want of a run window, and fail.
    bool deadline_moves_on() {
        for (int acts = 0; acts < 8; ++acts) {
            const std::optional<TimePoint> deadline = executor_.next_deadline();
            if (!deadline || *deadline > now_) {
                return true;
            }
            act();
        }
        return false;
    }

    [[nodiscard]] bool agrees() const {
        for (std::uint64_t owner = 1; owner <= owners; ++owner) {
            const OwnerId id{owner};
            if (executor_.suspended(id) != witness_.suspended(id) ||
                executor_.holds(id, queue) != witness_.holds(id, queue)) {
                return false;
            }
        }
        return executor_.anyone_suspended() == witness_.anyone_suspended();
    }

    [[nodiscard]] const OrderExecutor& executor() const { return executor_; }

    [[nodiscard]] const std::string& complaints() const { return witness_.complaints(); }

    [[nodiscard]] const std::string& trace() const { return trace_; }

  private:
    void pass_time() {
        const std::optional<TimePoint> deadline = executor_.next_deadline();
        if (deadline && dice_.one_in(3)) {
            now_ = std::max(now_, *deadline);
        } else {
            now_ += dice_.microseconds_below(dice_.one_in(10) ? 50'000 : 1'500);
        }
    }

    OwnerId random_owner() { return OwnerId{1 + dice_.below(owners)}; }

    DeviceOrder random_order() {
        DeviceOrder order{.gpu = GpuId{1},
                          .settle = dice_.microseconds_below(2'000),
                          .longest_suspension = dice_.microseconds_below(20'000),
                          .run_window = dice_.microseconds_below(5'000)};
        if (dice_.one_in(2)) {
            order.runners = 1 + dice_.below(3);
            order.precedence = dice_.one_in(2) ? Precedence::least_left : Precedence::latest_start;
        }
        if (dice_.one_in(2)) {
            order.suspension_interval = dice_.microseconds_below(20'000);
            order.suspension_burst = 1 + dice_.below(4);
        }
        if (dice_.one_in(10)) {
            (dice_.one_in(2) ? order.longest_suspension : order.run_window) = 0ms;
        }
        for (std::uint64_t owner = 1; owner <= owners; ++owner) {
            if (dice_.one_in(6)) {
                continue;
            }
            const bool hold = dice_.one_in(12);
            if (dice_.one_in(8)) {
                order.held_queues.push_back({.owner = OwnerId{owner},
                                             .queue = queue,
                                             .until = now_ + dice_.microseconds_below(60'000)});
            }
            order.owners.push_back(
                {.owner = OwnerId{owner},
                 .rank = dice_.between(-2, 2),
                 .preemptible = !dice_.one_in(6),
                 .held_until = hold ? now_ + dice_.microseconds_below(60'000) : TimePoint{},
                 .costs_device_time = !dice_.one_in(8),
                 .share = 1 + dice_.below(300),
                 .quantum = dice_.one_in(4) ? 0ms : dice_.microseconds_below(5'000)});
            if (dice_.one_in(3)) {
                move_rank(order.owners.back());
            }
        }
        return order;
    }

    // By what the executor sees of it.
    void move_rank(RankedOwner& place) {
        place.deadline = dice_.microseconds_below(40'000);
        place.cost = dice_.microseconds_below(20'000);
        place.learns = dice_.one_in(2);
        place.firm = dice_.one_in(4);
        place.late = {.after = dice_.microseconds_below(30'000),
                      .rank = dice_.between(-3, 5),
                      .since_work = dice_.one_in(2),
                      .lasts = dice_.microseconds_below(5'000)};
        place.steal = {.rank = dice_.between(-3, 5),
                       .quantum = dice_.microseconds_below(3'000),
                       .guard = dice_.microseconds_below(10'000)};
        if (dice_.one_in(3)) {
            place.descent = {.allotment = dice_.microseconds_below(3'000),
                             .levels = static_cast<std::uint8_t>(1 + dice_.below(5)),
                             .rise = dice_.microseconds_below(50'000)};
        }
        if (dice_.one_in(3)) {
            place.budget = {.amount = dice_.microseconds_below(10'000),
                            .period = std::chrono::microseconds(10'000 + dice_.below(20'000)),
                            .rank = dice_.between(-3, 5),
                            .hard = dice_.one_in(2)};
        }
    }

    Dice dice_;
    TimePoint now_{1s};
    bool reliable_ = false;
    OrderExecutor executor_;
    Witness witness_;
    std::string trace_;
};

TEST(OrderExecutorProperty, keeps_its_promises_whatever_happens) {
    for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
        Play play(seed);
        for (int step = 0; step < steps; ++step) {
            play.step();
            ASSERT_EQ(play.complaints(), "") << "seed " << seed << ", step " << step;
            ASSERT_TRUE(play.agrees()) << "seed " << seed << ", step " << step;
            ASSERT_TRUE(play.deadline_moves_on()) << "seed " << seed << ", step " << step;
        }
    }
}

TEST(OrderExecutorProperty, suspends_nobody_once_everything_has_drained) {
    for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
        Play play(seed);
        for (int step = 0; step < 50; ++step) {
            play.step();
        }
        play.become_reliable();
        play.wait(60ms);  // Beyond every hold.
        // An owner that has spent its budget has to wait for it, once a round.
        for (std::uint32_t round = 0; round <= owners * 30; ++round) {
            play.act();
            play.drain_all();
            play.wait(2ms);
        }
        play.act();
        EXPECT_FALSE(play.executor().anyone_suspended()) << "seed " << seed;
        EXPECT_TRUE(play.runs_out_of_deadlines()) << "seed " << seed;
        ASSERT_EQ(play.complaints(), "") << "seed " << seed;
    }
}

TEST(OrderExecutorProperty, suspends_nobody_under_an_empty_order) {
    for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
        Play play(seed);
        for (int step = 0; step < 50; ++step) {
            play.step();
        }
        play.become_reliable();
        play.follow({.gpu = GpuId{1}});
        play.act();
        EXPECT_FALSE(play.executor().anyone_suspended()) << "seed " << seed;
        EXPECT_TRUE(play.runs_out_of_deadlines()) << "seed " << seed;
        ASSERT_EQ(play.complaints(), "") << "seed " << seed;
    }
}

TEST(OrderExecutorProperty, repeats_itself_exactly) {
    for (std::uint32_t seed = 1; seed <= 50; ++seed) {
        Play first(seed);
        Play second(seed);
        for (int step = 0; step < steps; ++step) {
            first.step();
            second.step();
        }
        ASSERT_EQ(first.trace(), second.trace()) << "seed " << seed;
    }
}

}  // namespace
}  // namespace penstock

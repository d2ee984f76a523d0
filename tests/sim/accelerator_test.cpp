// SPDX-License-Identifier: Apache-2.0

#include "sim/machine/accelerator.h"

#include <gtest/gtest.h>

#include <utility>

namespace penstock::sim {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint at(Duration when) {
    return TimePoint(when);
}

// Two owners with a queue each, and a clock that follows the device.
class Bench {
  public:
    explicit Bench(DeviceModel model) : model_(std::move(model)), device_(model_, TimePoint{}) {
        for (std::uint32_t owner = 0; owner < 2; ++owner) {
            device_.add_owner();
            device_.add_queue(owner);
        }
    }

    // The next end of a packet, and on which queue.
    std::pair<Duration, std::uint32_t> next_end() {
        while (true) {
            const TimePoint when = device_.next_change();
            const auto ended = device_.advance(when);
            if (!ended.empty()) {
                return {when.time_since_epoch(), ended.front()};
            }
        }
    }

    Accelerator& device() { return device_; }

  private:
    DeviceModel model_;
    Accelerator device_;
};

using End = std::pair<Duration, std::uint32_t>;

TEST(Accelerator, shares_equally_among_owners) {
    Bench bench({.sharing = Sharing::processor});
    bench.device().submit(0, 100us, at(0us));
    bench.device().submit(1, 50us, at(0us));
    EXPECT_EQ(bench.next_end(), End(100us, 1));
    EXPECT_EQ(bench.next_end(), End(150us, 0));
    EXPECT_EQ(bench.device().next_change(), TimePoint::max());
}

TEST(Accelerator, waits_for_memory_as_fast_as_that_serves_it) {
    Bench bench({.sharing = Sharing::processor});
    const std::uint32_t owner = bench.device().add_owner(1000);
    const std::uint32_t queue = bench.device().add_queue(owner);
    bench.device().submit(queue, 100us, at(0us));
    EXPECT_EQ(bench.device().dram_demand(), 1000);
    bench.device().serve_memory(full_bus_speed / 4, at(20us));
    EXPECT_EQ(bench.device().service_of(owner), 20us);
    EXPECT_EQ(bench.next_end(), End(340us, queue)) << "80 us take 320";
    EXPECT_EQ(bench.device().dram_demand(), 0);
    bench.device().submit(queue, 1h, at(340us));
    bench.device().serve_memory(1, at(340us));
    EXPECT_EQ(bench.next_end().second, queue) << "however slow";
}

// The longest kernel of any law, on as many parts and beside as many others as there may be.
TEST(Accelerator, ends_the_longest_packets_in_time) {
    Bench bench({.sharing = Sharing::processor, .parts = 1024});
    bench.device().submit(0, 1h, at(0us));
    for (std::uint32_t queue = 2; queue < 5; ++queue) {
        bench.device().add_queue(0);
        bench.device().submit(queue, 1h, at(0us));
    }
    EXPECT_EQ(bench.next_end().first, 4h);
}

TEST(Accelerator, lets_owners_run_at_full_speed_who_fill_a_part_of_it) {
    Bench bench({.sharing = Sharing::processor, .parts = 2});
    bench.device().submit(0, 100us, at(0us));
    bench.device().submit(1, 50us, at(0us));
    EXPECT_EQ(bench.next_end(), End(50us, 1));
    EXPECT_EQ(bench.next_end(), End(100us, 0));
}

TEST(Accelerator, runs_one_packet_at_a_time_in_the_order_of_launching) {
    Bench bench({.sharing = Sharing::first_come});
    bench.device().submit(0, 100us, at(0us));
    bench.device().submit(1, 50us, at(1us));
    bench.device().submit(0, 100us, at(2us));
    EXPECT_EQ(bench.next_end(), End(100us, 0));
    EXPECT_EQ(bench.next_end(), End(150us, 1));
    EXPECT_EQ(bench.next_end(), End(250us, 0));
}

TEST(Accelerator, runs_on_what_is_in_flight_where_launches_are_held) {
    Bench bench({.sharing = Sharing::first_come, .reach = Reach::launches});
    bench.device().submit(0, 100us, at(0us));
    bench.device().submit(0, 100us, at(0us));
    bench.device().suspend(0, at(10us));
    EXPECT_EQ(bench.next_end(), End(100us, 0));
    EXPECT_FALSE(bench.device().has_left(0));
    EXPECT_EQ(bench.next_end(), End(200us, 0));
    EXPECT_TRUE(bench.device().has_left(0));
}

TEST(Accelerator, finishes_only_what_runs_where_the_rest_is_deactivated) {
    Bench bench({.sharing = Sharing::first_come, .reach = Reach::unstarted});
    bench.device().submit(0, 100us, at(0us));
    bench.device().submit(0, 100us, at(0us));
    bench.device().suspend(0, at(10us));
    EXPECT_EQ(bench.next_end(), End(100us, 0));
    EXPECT_TRUE(bench.device().has_left(0));
    EXPECT_EQ(bench.device().unread(0), 1U);
    bench.device().resume(0, at(500us));
    EXPECT_EQ(bench.next_end(), End(600us, 0));
}

TEST(Accelerator, saves_what_runs_and_goes_on_with_it) {
    Bench bench({.sharing = Sharing::processor,
                 .reach = Reach::running,
                 .scheduler = DeviceScheduler::hws,
                 .save = 30us,
                 .restore = 20us});
    bench.device().submit(0, 100us, at(0us));
    bench.device().submit(1, 100us, at(0us));
    bench.device().suspend(0, at(40us));  // Both have had 20 us.
    EXPECT_EQ(bench.next_end(), End(150us, 1)) << "nobody ran while it was saved";
    bench.device().resume(0, at(200us));
    EXPECT_EQ(bench.next_end(), End(300us, 0));
    EXPECT_EQ(bench.device().standing(), 50us);
    EXPECT_EQ(bench.device().service_of(0), 100us);
    EXPECT_EQ(bench.device().busy(), 40us + 80us + 80us);
}

TEST(Accelerator, takes_only_the_owners_part_to_save_it_where_queues_are_taken_one_by_one) {
    Bench bench({.sharing = Sharing::processor,
                 .reach = Reach::running,
                 .scheduler = DeviceScheduler::mes,
                 .save = 30us,
                 .restore = 20us});
    bench.device().submit(0, 100us, at(0us));
    bench.device().submit(1, 100us, at(0us));
    bench.device().suspend(0, at(40us));
    // 20 us, then half of 30 us, and the rest alone.
    EXPECT_EQ(bench.next_end(), End(40us + 30us + 65us, 1));
}

TEST(Accelerator, ignores_suspending_twice) {
    Bench bench({.reach = Reach::running, .save = 30us});
    bench.device().suspend(0, at(0us));
    bench.device().suspend(0, at(10us));
    bench.device().advance(at(30us));
    EXPECT_EQ(bench.device().standing(), 30us);
}

}  // namespace
}  // namespace penstock::sim

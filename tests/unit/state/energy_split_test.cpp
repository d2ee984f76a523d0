// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "agent/state/machine_state.h"
#include "tests/fakes/happenings.h"
#include "tests/fakes/readings.h"

namespace penstock {
namespace {

using fakes::counter;
using fakes::first_gpu;
using fakes::key;
using fakes::level;
using fakes::owner_appears;
using fakes::queue_appears;
using namespace std::chrono_literals;

// Two owners on one device, one second after the other.
class EnergySplitTest : public ::testing::Test {
  protected:
    EnergySplitTest() {
        readings_ = {.devices = {{.gpu = first_gpu}},
                     .queue_events = {owner_appears(1),
                                      owner_appears(2),
                                      queue_appears(key(1, 0)),
                                      queue_appears(key(2, 0))}};
    }

    void device_used(std::uint64_t joules) {
        readings_.counters.push_back(
            counter(Quantity::energy_device, place_of(first_gpu), joules, now_));
    }

    void engine_used(std::uint64_t owner, std::uint64_t milliseconds) {
        CounterReading reading =
            counter(Quantity::gpu_time, place_of(OwnerId{owner}), milliseconds, now_);
        reading.unit = 1e-3;
        reading.subject.part = first_gpu.value;
        readings_.counters.push_back(reading);
    }

    void second_passes() {
        state_.absorb(readings_, now_);
        readings_.clear();
        now_ += 1s;
    }

    std::optional<double> energy_of(std::size_t owner) {
        return state_.snapshot().owners.at(owner).use.energy.value;
    }

    double unattributed() { return state_.snapshot().unattributed_energy.value.value_or(0); }

    MachineState state_;
    Readings readings_;
    TimePoint now_{1s};
};

TEST_F(EnergySplitTest, follows_engine_time_and_leaves_idle_time_to_nobody) {
    for (std::uint64_t second = 0; second < 4; ++second) {
        device_used(second * 100);
        engine_used(1, second * 600);
        engine_used(2, second * 200);
        second_passes();
    }
    // The first interval has no counts to compare, the second makes the first mark.
    EXPECT_NEAR(energy_of(0).value_or(0), 120, 1e-9);
    EXPECT_NEAR(energy_of(1).value_or(0), 40, 1e-9);
    EXPECT_NEAR(unattributed(), 40, 1e-9);
    EXPECT_EQ(state_.snapshot().owners.at(0).use.energy.source,
              "device and processor energy, by engine and processor time");
}

TEST_F(EnergySplitTest, shares_among_owners_whose_times_overlap) {
    for (std::uint64_t second = 0; second < 3; ++second) {
        device_used(second * 100);
        engine_used(1, second * 1500);
        engine_used(2, second * 500);
        second_passes();
    }
    EXPECT_NEAR(energy_of(0).value_or(0), 75, 1e-9);
    EXPECT_NEAR(energy_of(1).value_or(0), 25, 1e-9);
    EXPECT_NEAR(unattributed(), 0, 1e-9);
}

TEST_F(EnergySplitTest, goes_by_queue_occupancy_where_nobody_measures_engine_time) {
    for (std::uint64_t second = 0; second < 4; ++second) {
        device_used(second * 100);
        readings_.gate_news = {
            wire::Sampled{.queues = {{.key = key(1, 0), .known = true, .written = 5, .read = 3},
                                     {.key = key(2, 0), .known = true, .written = 5, .read = 5}}}};
        second_passes();
    }
    EXPECT_GT(energy_of(0).value_or(0), 100.0);
    EXPECT_EQ(energy_of(1).value_or(0), 0.0);
    EXPECT_EQ(state_.snapshot().owners.at(0).use.energy.source,
              "device and processor energy, by queue occupancy and processor time");
}

TEST_F(EnergySplitTest, never_counts_an_apu_s_supply_twice) {
    readings_.devices.at(0).apu = true;
    for (std::uint64_t second = 0; second < 5; ++second) {
        readings_.levels = {level(Quantity::power_device, place_of(first_gpu), 50, now_),
                            level(Quantity::power_graphics, place_of(first_gpu), 20, now_)};
        readings_.counters = {counter(Quantity::energy_package, package(0), second * 50, now_),
                              counter(Quantity::cpu_time, {}, second, now_),
                              counter(Quantity::cpu_idle, {}, second, now_)};
        second_passes();
    }
    const double spent = energy_of(0).value_or(0) + energy_of(1).value_or(0) + unattributed();
    EXPECT_LE(spent, 4 * 50.0);
    EXPECT_GT(spent, 2 * 50.0);
}

TEST_F(EnergySplitTest, gives_processor_energy_by_processor_time) {
    for (std::uint64_t second = 0; second < 3; ++second) {
        readings_.counters = {counter(Quantity::energy_package, package(0), second * 80, now_),
                              counter(Quantity::cpu_time, {}, second * 2, now_),
                              counter(Quantity::cpu_idle, {}, second * 2, now_),
                              counter(Quantity::cpu_time, place_of(OwnerId{1}), second, now_)};
        second_passes();
    }
    EXPECT_NEAR(energy_of(0).value_or(0), 20, 1e-9) << "one of four processors";
    EXPECT_NEAR(unattributed(), 60, 1e-9);
}

TEST_F(EnergySplitTest, knows_no_energy_where_nobody_measures_any) {
    second_passes();
    second_passes();
    EXPECT_EQ(energy_of(0), std::nullopt);
    EXPECT_EQ(state_.snapshot().unattributed_energy.value, std::nullopt);
}

}  // namespace
}  // namespace penstock

// SPDX-License-Identifier: Apache-2.0

#include "agent/state/quantity_book.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/fakes/readings.h"

namespace penstock {
namespace {

using fakes::counter;
using fakes::first_source;
using fakes::level;
using fakes::second_source;
using namespace std::chrono_literals;

constexpr Place node = memory_node(0);

class QuantityBookTest : public ::testing::Test {
  protected:
    void count(std::optional<std::uint64_t> value, Duration when) {
        book_.absorb(counter(Quantity::dram_read, node, value, TimePoint(when)));
    }

    QuantityBook::Known known(Quantity quantity = Quantity::dram_read) {
        QuantityBook::Known found;
        book_.each([&](const Place& /*place*/, Quantity each, const QuantityBook::Known& told) {
            if (each == quantity) {
                found = told;
            }
        });
        return found;
    }

    std::optional<double> now(Quantity quantity = Quantity::dram_read) {
        return known(quantity).now.value;
    }

    std::string_view reason() { return reason_ = known().now.source, reason_.text(); }

    QuantityBook book_;
    Origin reason_;
};

TEST_F(QuantityBookTest, needs_two_counts_for_a_rate) {
    count(100, 1s);
    EXPECT_EQ(now(), std::nullopt);
    EXPECT_EQ(reason(), "it has been read only once yet");
    count(300, 3s);
    EXPECT_EQ(now(), 100.0);
    EXPECT_EQ(known().total.value, 200.0);
}

TEST_F(QuantityBookTest, multiplies_by_what_one_count_means) {
    for (const std::uint64_t value : {0U, 10U}) {
        CounterReading reading = counter(Quantity::dram_read, node, value, from_ns(0));
        reading.by.taken = TimePoint(value * 100ms);
        reading.unit = 64;
        book_.absorb(reading);
    }
    EXPECT_EQ(now(), 640.0);
}

TEST_F(QuantityBookTest, scales_up_what_was_counted_for_only_a_part_of_the_time) {
    CounterReading reading = counter(Quantity::dram_read, node, 0, TimePoint(1s));
    book_.absorb(reading);
    reading = counter(Quantity::dram_read, node, 50, TimePoint(2s));
    reading.enabled = 1000ms;
    reading.running = 250ms;
    book_.absorb(reading);
    EXPECT_EQ(now(), 200.0);
}

TEST_F(QuantityBookTest, knows_nothing_of_an_interval_in_which_the_counter_had_no_turn) {
    count(10, 1s);
    CounterReading reading = counter(Quantity::dram_read, node, 10, TimePoint(2s));
    reading.enabled = 1s;
    book_.absorb(reading);
    EXPECT_EQ(now(), std::nullopt) << "never 0";
    EXPECT_EQ(reason(), "the counter had no turn in this interval");
}

TEST_F(QuantityBookTest, follows_a_narrow_counter_over_its_end) {
    for (const std::uint64_t value : {0xfffffff0U, 0x10U}) {
        CounterReading reading = counter(
            Quantity::dram_read, node, value, value == 0x10U ? TimePoint(2s) : TimePoint(1s));
        reading.bits = 32;
        book_.absorb(reading);
    }
    EXPECT_EQ(now(), 32.0);
}

TEST_F(QuantityBookTest, calls_a_wide_counter_that_runs_backwards_odd) {
    count(100, 1s);
    count(50, 2s);
    EXPECT_EQ(now(), std::nullopt);
    EXPECT_EQ(reason(), "the counter ran backwards");
    EXPECT_EQ(book_.odd_readings(), 1U);
    count(60, 3s);
    EXPECT_EQ(now(), 10.0) << "from the new count on";
}

TEST_F(QuantityBookTest, does_not_believe_a_clock_that_stands_or_jumps_back) {
    count(100, 2s);
    count(200, 2s);
    EXPECT_EQ(now(), std::nullopt);
    count(300, 1s);
    EXPECT_EQ(now(), std::nullopt);
    EXPECT_EQ(book_.odd_readings(), 2U);
}

TEST_F(QuantityBookTest, refuses_units_that_mean_nothing) {
    for (const double unit : {0.0,
                              -1.0,
                              std::numeric_limits<double>::quiet_NaN(),
                              std::numeric_limits<double>::infinity()}) {
        CounterReading reading = counter(Quantity::dram_read, node, 1, TimePoint(1s));
        reading.unit = unit;
        book_.absorb(reading);
        EXPECT_EQ(now(), std::nullopt) << unit;
    }
    EXPECT_EQ(book_.odd_readings(), 4U);
}

TEST_F(QuantityBookTest, refuses_rates_that_can_not_be) {
    count(0, 1s);
    count(std::numeric_limits<std::uint64_t>::max(), 1s + 1ns);
    EXPECT_EQ(now(), std::nullopt);
    EXPECT_EQ(reason(), "its rate is absurd");
}

TEST_F(QuantityBookTest, adds_up_the_parts_of_one_source) {
    for (std::uint64_t part = 0; part < 3; ++part) {
        LevelReading reading = level(Quantity::dram_read, node, 5.0, TimePoint(1s));
        reading.subject.part = part;
        book_.absorb(reading);
    }
    EXPECT_EQ(now(), 15.0);
}

TEST_F(QuantityBookTest, knows_no_sum_while_a_part_is_unknown) {
    LevelReading reading = level(Quantity::dram_read, node, 5.0, TimePoint(1s));
    book_.absorb(reading);
    reading.subject.part = 1;
    reading.value.reset();
    reading.by.origin = "channel 1 does not answer";
    book_.absorb(reading);
    EXPECT_EQ(now(), std::nullopt);
    EXPECT_EQ(reason(), "channel 1 does not answer");
}

TEST_F(QuantityBookTest, prefers_the_earlier_source_and_falls_back_on_the_later) {
    LevelReading better = level(Quantity::dram_read, node, 1.0, TimePoint(1s));
    LevelReading worse = better;
    worse.subject.source = second_source;
    worse.value = 2.0;
    book_.absorb(worse);
    EXPECT_EQ(now(), 2.0);
    book_.absorb(better);
    EXPECT_EQ(now(), 1.0);
    better.value.reset();
    better.by.origin = "gone";
    book_.absorb(better);
    EXPECT_EQ(now(), 2.0);
    book_.forget(second_source);
    EXPECT_EQ(now(), std::nullopt);
    EXPECT_EQ(reason(), "gone");
}

TEST_F(QuantityBookTest, forgets_what_has_not_been_said_again_in_time) {
    book_.absorb(level(Quantity::dram_read, node, 1.0, TimePoint(1s)));
    book_.expire(TimePoint(11s));
    EXPECT_EQ(now(), 1.0);
    book_.expire(TimePoint(11s + 1ns));
    EXPECT_EQ(now(), std::nullopt);
    EXPECT_EQ(reason(), "its source has fallen silent");
}

TEST_F(QuantityBookTest, integrates_power_where_nothing_counts_energy) {
    const Place gpu = place_of(GpuId{7});
    book_.absorb(level(Quantity::power_device, gpu, 10.0, TimePoint(1s)));
    book_.absorb(level(Quantity::power_device, gpu, 20.0, TimePoint(3s)));
    EXPECT_EQ(known(Quantity::power_device).total.value, 30.0) << "15 W for 2 s";
}

TEST_F(QuantityBookTest, has_no_total_of_what_does_not_flow) {
    book_.absorb(level(Quantity::temperature, node, 10.0, TimePoint(1s)));
    book_.absorb(level(Quantity::temperature, node, 10.0, TimePoint(2s)));
    EXPECT_EQ(known(Quantity::temperature).total.value, std::nullopt);
}

TEST_F(QuantityBookTest, starts_anew_when_a_source_was_opened_again) {
    count(1000, 1s);
    book_.forget(first_source);
    count(10, 2s);
    EXPECT_EQ(now(), std::nullopt);
    EXPECT_EQ(book_.odd_readings(), 0U);
}

TEST_F(QuantityBookTest, leaves_out_what_is_too_much) {
    for (std::uint64_t part = 0; part <= QuantityBook::most_series; ++part) {
        LevelReading reading = level(Quantity::dram_read, node, 1.0, TimePoint(1s));
        reading.subject.part = part;
        book_.absorb(reading);
    }
    EXPECT_EQ(now(), static_cast<double>(QuantityBook::most_series));
    EXPECT_EQ(book_.odd_readings(), 1U);
}

}  // namespace
}  // namespace penstock

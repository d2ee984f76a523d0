// SPDX-License-Identifier: Apache-2.0

#include "agent/state/history.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

using namespace std::chrono_literals;
using Points = std::vector<HourRing::Point>;

constexpr QueueCounts no_queues{};

// Somewhere in the clock, where a second begins.
constexpr std::int64_t start = 5000;

TimePoint at(double seconds) {
    const std::chrono::duration<double> since_start(seconds);
    return TimePoint((start * 1s) + std::chrono::round<Duration>(since_start));
}

// A machine of which only the reads of memory node 0 are measured.
Snapshot reading(TimePoint now, std::optional<std::uint64_t> rate) {
    Snapshot snapshot;
    snapshot.now = now;
    snapshot.memory = {{.number = 0}};
    if (rate) {
        snapshot.memory[0].read.value = BytesPerSecond{*rate};
    }
    return snapshot;
}

void note(History& history, double when, std::optional<std::uint64_t> rate) {
    history.note(reading(at(when), rate), no_queues);
}

Points all(const History& history, std::int64_t step = 1) {
    return history.points("memory/0/read", {.step = step}).value_or(Points{});
}

HourRing::Point point(std::int64_t second, double least, double mean, double most) {
    return {.second = start + second, .spread = {.least = least, .mean = mean, .most = most}};
}

TEST(History, keeps_the_least_the_mean_and_the_most_of_each_second) {
    History history;
    note(history, 0.0, 20);
    note(history, 0.3, 60);
    note(history, 0.9, 10);
    note(history, 1.0, 7);
    EXPECT_EQ(all(history), (Points{point(0, 10, 30, 60), point(1, 7, 7, 7)}));
}

TEST(History, has_no_point_where_nothing_was_known) {
    History history;
    note(history, 0.0, 10);
    note(history, 1.0, std::nullopt);
    note(history, 2.0, 0);
    EXPECT_EQ(all(history), (Points{point(0, 10, 10, 10), point(2, 0, 0, 0)}));
}

TEST(History, begins_a_series_with_its_first_value) {
    History history;
    note(history, 0.0, std::nullopt);
    EXPECT_FALSE(history.points("memory/0/read", {}));
    note(history, 1.0, 1);
    EXPECT_EQ(all(history), Points{point(1, 1, 1, 1)});
    EXPECT_FALSE(history.points("memory/1/read", {}));
    EXPECT_FALSE(history.points("memory/0/read/", {}));
    EXPECT_FALSE(history.points("", {}));
}

// An idle agent ticks twice a second, a busy one a hundred times.
TEST(History, lets_every_second_count_the_same_in_a_mean) {
    History history;
    for (int tick = 0; tick < 100; ++tick) {
        note(history, tick * 0.01, 10);
    }
    note(history, 1.0, 30);
    note(history, 1.5, 30);
    note(history, 2.0, 50);
    EXPECT_EQ(all(history, 2), (Points{point(0, 10, 20, 30), point(2, 50, 50, 50)}));
}

TEST(History, begins_periods_where_it_is_asked_from) {
    History history;
    for (int second = 0; second < 7; ++second) {
        note(history, second, static_cast<std::uint64_t>(second));
    }
    EXPECT_EQ(history.points("memory/0/read", {.first = start - 2, .end = start + 6, .step = 3}),
              (Points{point(-2, 0, 0, 0), point(1, 1, 2, 3), point(4, 4, 4.5, 5)}));
    EXPECT_EQ(history.points("memory/0/read", {.first = start + 5, .end = start + 1000}),
              (Points{point(5, 5, 5, 5), point(6, 6, 6, 6)}));
    EXPECT_EQ(history.points("memory/0/read", {.first = start + 8}), Points{});
    EXPECT_EQ(history.points("memory/0/read", {.end = start}), Points{});
}

TEST(History, keeps_an_hour) {
    History history;
    note(history, 0.0, 1);
    note(history, 1.0, 2);
    note(history, 3599.0, 3);
    EXPECT_EQ(all(history).size(), 3U);
    note(history, 3600.0, 4);
    EXPECT_EQ(all(history).front(), point(1, 2, 2, 2));
    note(history, 3602.0, std::nullopt);
    EXPECT_EQ(all(history).front(), point(3599, 3, 3, 3)) << "also while nothing is measured";
    EXPECT_EQ(history.points("memory/0/read", {.first = 0, .step = start + 3600}),
              (Points{{.second = 0, .spread = {.least = 3, .mean = 3, .most = 3}},
                      point(3600, 4, 4, 4)}));
}

TEST(History, mixes_nothing_up_after_a_long_silence) {
    History history;
    note(history, 0.0, 1);
    note(history, 1.0, 2);
    for (const double later : {3600.5, 3600.0 * 2, 3600.0 * 9}) {
        note(history, later, 7);
        for (const HourRing::Point& each : all(history)) {
            EXPECT_GT(each.second, start + static_cast<std::int64_t>(later) - 3600);
        }
        EXPECT_EQ(all(history).back().spread.least, 7);
    }
    EXPECT_EQ(all(history).size(), 1U);
}

TEST(History, drops_what_has_been_silent_for_an_hour) {
    History history;
    note(history, 0.0, 1);
    note(history, 3599.0, std::nullopt);
    EXPECT_EQ(all(history).size(), 1U);
    EXPECT_EQ(history.series().size(), 3U);
    note(history, 3600.0, std::nullopt);
    EXPECT_FALSE(history.points("memory/0/read", {}));
    EXPECT_EQ(history.series().size(), 2U) << "those of queues are always known";
}

TEST(History, takes_rounds_between_ticks_for_none) {
    History history;
    note(history, 0.000, 10);
    note(history, 0.001, 1000);
    note(history, 0.004, 1000);
    note(history, 0.010, 30);
    EXPECT_EQ(all(history), Points{point(0, 10, 20, 30)});
}

TEST(History, leaves_out_a_time_that_ran_back_a_little) {
    History history;
    note(history, 10.5, 10);
    note(history, 9.6, 1000);
    note(history, 10.4, 1000);
    note(history, 11.0, 20);
    EXPECT_EQ(all(history), (Points{point(10, 10, 10, 10), point(11, 20, 20, 20)}));
}

TEST(History, forgets_everything_of_another_clock) {
    History history;
    note(history, 10.5, 10);
    note(history, 3.0, 20);
    EXPECT_EQ(all(history), Points{point(3, 20, 20, 20)});
    EXPECT_EQ(history.present(), start + 3);
}

TEST(History, keeps_so_many_series_and_counts_the_others) {
    History history;
    Snapshot snapshot;
    snapshot.now = at(0);
    for (std::uint32_t gpu = 1; gpu <= 300; ++gpu) {
        snapshot.devices.push_back({.gpu = GpuId{gpu}});
        snapshot.devices.back().use.busy.value = 0.5;
    }
    history.note(snapshot, no_queues);
    EXPECT_EQ(history.series().size(), History::most_series);
    EXPECT_EQ(history.left_out(), 302 - History::most_series);
    EXPECT_TRUE(history.points("gpu/254/busy", {}));
    EXPECT_FALSE(history.points("gpu/255/busy", {}));
    snapshot.now += 3600s;
    snapshot.devices.erase(snapshot.devices.begin(), snapshot.devices.begin() + 100);
    history.note(snapshot, no_queues);
    snapshot.now += 1s;
    history.note(snapshot, no_queues);
    EXPECT_EQ(history.left_out(), 0U) << "there is room when the others have been dropped";
    EXPECT_TRUE(history.points("gpu/300/busy", {}));
}

TEST(History, names_figures_after_their_objects) {
    History history;
    Snapshot snapshot = reading(at(0), 5);
    snapshot.memory[0].utilization.value = 0.25;
    snapshot.packages = {{.number = 1}};
    snapshot.packages[0].power.value = 35.5;
    snapshot.devices = {{.gpu = GpuId{51432}}};
    snapshot.devices[0].use.vram.value = 4096;
    history.note(snapshot, {.all = 3, .suspended = 2});
    std::vector<std::string> said;
    for (const TrackedFigure& figure : history.series()) {
        const Points points = history.points(name_of(figure), {}).value_or(Points{});
        ASSERT_EQ(points.size(), 1U);
        said.push_back(name_of(figure) + ' ' + std::string(words_of(figure).unit) + ' ' +
                       std::to_string(points[0].spread.mean));
    }
    EXPECT_EQ(said,
              (std::vector<std::string>{"queues 1 3.000000",
                                        "queues-suspended 1 2.000000",
                                        "memory/0/read B/s 5.000000",
                                        "memory/0/utilization 1 0.250000",
                                        "package/1/power W 35.500000",
                                        "gpu/51432/vram B 4096.000000"}));
}

}  // namespace
}  // namespace penstock

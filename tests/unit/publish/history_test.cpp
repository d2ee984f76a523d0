// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/publish/access.h"
#include "agent/publish/history_requests.h"
#include "tests/unit/publish/bus_pair.h"

namespace penstock::test {
namespace {

using namespace std::chrono_literals;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

constexpr const char* manager = "org.penstock1.Manager";
constexpr const char* invalid_args = "org.freedesktop.DBus.Error.InvalidArgs";
const std::string root = "/org/penstock1";

struct Asked {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::uint64_t step = 0;
};

Reply ask(BusPair& pair, const std::string& series, Asked asked = {}) {
    return pair.call(root, manager, "GetHistory", [&](sd_bus_message* message) {
        sd_bus_message_append(
            message, "sttta{sv}", series.c_str(), asked.from, asked.to, asked.step, 0);
    });
}

std::string points(BusPair& pair, const std::string& series, Asked asked = {}) {
    const Reply reply = ask(pair, series, asked);
    return reply.ok() ? text_at(reply.message.get()) : reply.error_sentence;
}

// The traffic is another one then.
void a_second_later(BusPair& pair, std::optional<std::uint64_t> read) {
    auto& sample = pair.loop.snapshot.memory[0].read.value;
    sample = read ? std::optional(BytesPerSecond{*read}) : std::nullopt;
    pair.loop.advance(1s);
}

TEST(GetHistory, answers_with_time_least_mean_and_most) {
    BusPair pair;
    a_second_later(pair, 4'000'000'000);
    a_second_later(pair, std::nullopt);
    a_second_later(pair, 0);
    EXPECT_EQ(points(pair, "memory/0/read"),
              "[(10000000, 20000000000, 20000000000, 20000000000), "
              "(11000000, 4000000000, 4000000000, 4000000000), (13000000, 0, 0, 0)]")
        << "unknown is no point, and never 0";
    EXPECT_EQ(points(pair, "memory/0/read", {.step = 2'000'000}),
              "[(10000000, 4000000000, 12000000000, 20000000000), (12000000, 0, 0, 0)]");
}

TEST(GetHistory, begins_and_ends_as_it_is_asked) {
    BusPair pair;
    for (const std::uint64_t read : {11U, 12U, 13U}) {
        a_second_later(pair, read);
    }
    EXPECT_EQ(points(pair, "memory/0/read", {.from = 11'700'000, .to = 13'000'000}),
              "[(11000000, 11, 11, 11), (12000000, 12, 12, 12)]");
    EXPECT_EQ(points(pair, "memory/0/read", {.from = 13'000'000, .to = UINT64_MAX}),
              "[(13000000, 13, 13, 13)]");
    EXPECT_EQ(points(pair, "memory/0/read", {.to = 10'000'001}),
              "[(10000000, 20000000000, 20000000000, 20000000000)]");
    EXPECT_EQ(points(pair, "memory/0/read", {.from = UINT64_MAX}), "[]");
    EXPECT_EQ(points(pair, "memory/0/read", {.from = 14'000'000}), "[]");
    EXPECT_EQ(points(pair, "memory/0/read", {.from = 1, .step = 18'446'744'073'709'000'000U}),
              "[(0, 11, 5000000009, 20000000000)]");
}

TEST(GetHistory, says_where_the_names_are) {
    BusPair pair;
    for (const char* wrong : {"", "memory/0/write", "memory/00/read", "memory", "nonsense\n"}) {
        const Reply reply = ask(pair, wrong);
        EXPECT_EQ(reply.error_name, invalid_args);
        EXPECT_THAT(reply.error_sentence, HasSubstr("HistorySeries has the names"));
    }
    EXPECT_THAT(points(pair, "nonsense\n"), HasSubstr("there is no series \"nonsense?\""));
    EXPECT_EQ(ask(pair, std::string(257, 'x')).error_sentence, "a string is longer than 256 bytes");
}

TEST(GetHistory, refuses_a_step_that_is_no_whole_number_of_seconds) {
    BusPair pair;
    for (const std::uint64_t wrong : {1UL, 999'999UL, 1'500'000UL, UINT64_MAX}) {
        const Reply reply = ask(pair, "queues", {.step = wrong});
        EXPECT_EQ(reply.error_name, invalid_args);
        EXPECT_EQ(reply.error_sentence,
                  "a step_usec of " + std::to_string(wrong) +
                      " is out of range: steps are whole seconds, of 1000000 and more");
    }
}

TEST(GetHistory, refuses_an_end_before_the_begin) {
    BusPair pair;
    EXPECT_EQ(ask(pair, "queues", {.from = 7, .to = 7}).error_name, invalid_args);
    EXPECT_EQ(points(pair, "queues", {.from = 20, .to = 10}),
              "from_usec 20 is not before to_usec 10");
}

TEST(GetHistory, of_too_many_points_says_which_step_would_do) {
    BusPair pair;
    pair.loop.advance(10'000s);
    EXPECT_TRUE(ask(pair, "queues").ok()) << "no more than an hour is kept";
    const Reply reply = ask(pair, "queues", {.from = 1});
    EXPECT_EQ(reply.error_name, invalid_args);
    EXPECT_EQ(reply.error_sentence,
              "these would be 10011 points, and at most 4096 are given at once: a step_usec of "
              "3000000 or more would do");
    EXPECT_FALSE(ask(pair, "queues", {.from = 1, .step = 2'000'000}).ok());
    EXPECT_TRUE(ask(pair, "queues", {.from = 1, .step = 3'000'000}).ok());
    EXPECT_TRUE(ask(pair, "queues", {.from = 1, .to = 4'096'000'000}).ok());
    EXPECT_FALSE(ask(pair, "queues", {.from = 1, .to = 4'096'000'001}).ok());
}

TEST(GetHistory, knows_no_options_yet) {
    BusPair pair;
    const Reply reply = pair.call(root, manager, "GetHistory", [](sd_bus_message* message) {
        sd_bus_message_append(message,
                              "sttta{sv}",
                              "queues",
                              std::uint64_t{0},
                              std::uint64_t{0},
                              std::uint64_t{0},
                              1,
                              "fill",
                              "b",
                              1);
    });
    EXPECT_EQ(reply.error_name, invalid_args);
    EXPECT_THAT(reply.error_sentence, HasSubstr("there is no option \"fill\""));
}

TEST(GetHistory, is_for_everybody_but_not_without_end) {
    EXPECT_EQ(dbus::access_of(dbus::MemberKind::method, manager, "GetHistory"),
              dbus::Access::everybody);
    FakeLoop loop;
    dbus::Surface surface(loop, {}, 0);
    surface.now = loop.snapshot.now;
    surface.history.figures.note(loop.snapshot, {});
    const auto take = [&](std::uint32_t uid) {
        surface.sender_uid = uid;
        return dbus::get_history(
            surface.manager, dbus::Caller(nullptr), "queues", 0, 0, 0, dbus::NoOptions{});
    };
    for (std::uint32_t asked = 0; asked < dbus::KeptHistory::share.burst; ++asked) {
        ASSERT_TRUE(take(1000));
    }
    EXPECT_STREQ(take(1000).error().name, dbus::error::limits_exceeded);
    EXPECT_TRUE(take(1001)) << "that of one user is not spent by another";
    EXPECT_TRUE(take(0));
    surface.now += 1s;
    EXPECT_TRUE(take(1000));
}

TEST(HistorySeries, lists_name_unit_and_meaning_of_what_has_had_a_value) {
    BusPair pair;
    const std::string series = pair.get_text(root, manager, "HistorySeries");
    EXPECT_THAT(series, HasSubstr("(queues-suspended, 1, queues that are suspended)"));
    EXPECT_THAT(series, HasSubstr("(memory/0/read, B/s, what is read from the node's DRAM)"));
    EXPECT_THAT(series, HasSubstr("(package/0/power, W, power of the package)"));
    EXPECT_THAT(series, HasSubstr("(gpu/51432/pcie-tx, B/s, what the device sends over PCIe)"));
    EXPECT_THAT(series, Not(HasSubstr("memory/0/write")));
    EXPECT_EQ(pair.get_text(root, manager, "HistoryLeftOut"), "0");
}

TEST(HistorySeries, says_how_many_have_no_room) {
    BusPair pair;
    pair.loop.snapshot.devices.clear();
    for (std::uint32_t gpu = 1; gpu <= History::most_series; ++gpu) {
        pair.loop.snapshot.devices.push_back({.gpu = GpuId{gpu}});
        pair.loop.snapshot.devices.back().use.busy.value = 1;
    }
    pair.loop.advance(1s);
    // Beside those of the queues, the memory, the package and the device that has gone.
    EXPECT_EQ(pair.get_text(root, manager, "HistoryLeftOut"), "5");
}

TEST(HistorySeries, are_not_announced) {
    BusPair pair;
    suspend(pair.loop.snapshot, 0);
    pair.loop.advance(1s);
    for (const Heard& heard : pair.heard()) {
        EXPECT_THAT(heard.names, Each(Not(HasSubstr("History"))));
    }
}

}  // namespace
}  // namespace penstock::test

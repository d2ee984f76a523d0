// SPDX-License-Identifier: Apache-2.0
//
// Streams in a time that the test makes.

#include "agent/publish/metric_streams.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>
#include <vector>

#include "agent/publish/figures.h"
#include "tests/fakes/read_all.h"

namespace penstock::dbus {
namespace {

using fakes::read_all;
using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::uint32_t user = 1000;

struct Streams : testing::Test {
    Streams() {
        now = from_ns(0) + 100s;
        cost = Duration{};
        sd_event* raw = nullptr;
        EXPECT_GE(sd_event_new(&raw), 0);
        event.reset(raw);
        streams = std::make_unique<MetricStreams>(raw, &Streams::clock, [this] {
            now += cost;
            return std::to_string(++made) + padding + '\n';
        });
    }

    static TimePoint clock() { return now; }

    Answer<Fd> try_to_open(Duration interval = 1s, std::uint32_t uid = user) {
        return streams->open(uid, usec_of(interval));
    }

    Fd open(Duration interval = 1s, std::uint32_t uid = user) {
        Answer<Fd> reader = try_to_open(interval, uid);
        EXPECT_TRUE(reader) << reader.error().sentence;
        return *std::move(reader);
    }

    void advance(Duration time) {
        now += time;
        streams->serve();
    }

    // So that it has told of descriptors, whatever its timer, which follows the real time, does.
    void run_loop() {
        for (int i = 0; i < 8; ++i) {
            EXPECT_GE(sd_event_run(event.get(), 0), 0);
        }
    }

    static inline TimePoint now{};
    static inline Duration cost{};  // Of a line.
    int made = 0;                   // Lines.
    std::string padding{};
    std::unique_ptr<sd_event, Releases<&sd_event_unref>> event{};
    std::unique_ptr<MetricStreams> streams{};
};

TEST_F(Streams, give_a_line_at_once_and_one_per_interval) {
    const Fd reader = open(1s);
    EXPECT_EQ(read_all(reader), "") << "not within the call";
    advance(0ms);
    EXPECT_EQ(read_all(reader), "1\n");
    advance(999ms);
    EXPECT_EQ(read_all(reader), "");
    advance(1ms);
    EXPECT_EQ(read_all(reader), "2\n");
}

TEST_F(Streams, are_served_by_a_timer_of_their_own) {
    const Fd reader = open();
    while (made == 0) {
        ASSERT_GT(sd_event_run(event.get(), 20'000'000), 0);
    }
    EXPECT_EQ(read_all(reader), "1\n");
}

TEST_F(Streams, keep_the_pace_when_they_are_served_late) {
    const Fd reader = open(100ms);
    advance(0ms);
    advance(130ms);
    advance(70ms);
    EXPECT_EQ(read_all(reader), "1\n2\n3\n");
}

TEST_F(Streams, do_not_make_up_for_a_stop) {
    const Fd reader = open(100ms);
    advance(0ms);
    advance(10s);
    advance(99ms);
    EXPECT_EQ(read_all(reader), "1\n2\n");
    advance(1ms);
    EXPECT_EQ(read_all(reader), "3\n");
}

TEST_F(Streams, that_are_due_together_share_a_line) {
    const Fd one = open(100ms);
    const Fd other = open(1s, user + 1);
    advance(0ms);
    EXPECT_EQ(read_all(one), "1\n");
    EXPECT_EQ(read_all(other), "1\n");
    EXPECT_EQ(made, 1);
}

TEST_F(Streams, are_served_in_rounds_that_are_apart) {
    const Fd one = open(100ms);
    advance(0ms);
    const Fd other = open(100ms);
    advance(9ms);
    EXPECT_EQ(read_all(other), "");
    advance(1ms);
    EXPECT_EQ(read_all(other), "2\n");
}

TEST_F(Streams, take_no_more_than_a_part_of_the_time) {
    cost = 50ms;
    const Fd reader = open(100ms);
    advance(0ms);
    advance(449ms);
    EXPECT_EQ(made, 1);
    advance(1ms);
    EXPECT_EQ(made, 2);
}

TEST_F(Streams, take_intervals_from_a_tenth_of_a_second_to_an_hour) {
    EXPECT_TRUE(try_to_open(100ms));
    EXPECT_TRUE(try_to_open(1h));
    for (const Duration wrong : {Duration(0), Duration(100ms - 1us), Duration(1h + 1us)}) {
        const Answer<Fd> refused = try_to_open(wrong);
        ASSERT_FALSE(refused);
        EXPECT_STREQ(refused.error().name, error::invalid_args);
        EXPECT_THAT(refused.error().sentence, HasSubstr("intervals are 100000..3600000000 us"));
    }
}

TEST_F(Streams, of_one_user_are_bounded) {
    std::vector<Fd> readers;
    for (std::size_t i = 0; i < MetricStreams::most_of_a_user; ++i) {
        readers.push_back(open());
    }
    const Answer<Fd> refused = try_to_open();
    ASSERT_FALSE(refused);
    EXPECT_STREQ(refused.error().name, error::limits_exceeded);
    EXPECT_THAT(refused.error().sentence, HasSubstr("8 of them by uid 1000"));
    EXPECT_TRUE(try_to_open(1s, user + 1)) << "another user has his own";
    readers.pop_back();
    run_loop();
    EXPECT_TRUE(try_to_open()) << "one has ended";
}

TEST_F(Streams, of_all_users_are_bounded) {
    std::vector<Fd> readers;
    for (std::size_t i = 0; i < MetricStreams::most; ++i) {
        readers.push_back(open(1s, static_cast<std::uint32_t>(i)));
    }
    const Answer<Fd> refused = try_to_open(1s, 7777);
    ASSERT_FALSE(refused);
    EXPECT_STREQ(refused.error().name, error::limits_exceeded);
    EXPECT_THAT(refused.error().sentence, HasSubstr("at most 128"));
}

TEST_F(Streams, end_when_the_last_copy_of_their_reader_is_closed) {
    Fd reader = open();
    Fd copy(::fcntl(reader.get(), F_DUPFD_CLOEXEC, 0));
    reader.reset();
    run_loop();
    EXPECT_EQ(streams->standings().size(), 1U);
    copy.reset();
    run_loop();
    EXPECT_TRUE(streams->standings().empty());
    const int before = made;
    advance(1s);
    EXPECT_EQ(made, before) << "for nobody no line is made";
}

TEST_F(Streams, end_for_a_reader_who_has_gone_before_anybody_told) {
    open().reset();
    advance(0ms);
    EXPECT_TRUE(streams->standings().empty());
}

TEST_F(Streams, end_for_the_reader_with_the_agent) {
    const Fd reader = open();
    streams.reset();
    char byte = 0;
    EXPECT_EQ(::read(reader.get(), &byte, 1), 0);
}

TEST_F(Streams, drop_what_a_reader_does_not_take_and_tell_him) {
    padding = std::string(10'000, 'x');
    const Fd idle = open(100ms);
    const Fd busy = open(100ms);
    std::string taken;
    while (streams->standings().front().dropped < 5) {
        advance(100ms);
        taken = read_all(busy);
        ASSERT_EQ(taken, std::to_string(made) + padding + '\n') << "others miss nothing";
        ASSERT_LE(streams->standings().front().waiting_bytes, LineQueue::most_bytes);
    }
    std::string text;
    while (streams->standings().front().waiting_bytes > 0) {
        text += read_all(idle);
        run_loop();
    }
    text += read_all(idle);
    EXPECT_THAT(text, HasSubstr("\n{\"dropped\":5}\n"));
    EXPECT_TRUE(text.starts_with("1x"));
    EXPECT_TRUE(text.ends_with('\n' + std::to_string(made) + padding + '\n'));
}

TEST_F(Streams, together_hold_no_more_than_they_may) {
    padding = std::string(MetricStreams::most_bytes / 4, 'x');
    std::vector<Fd> readers;
    for (std::uint32_t uid = 0; uid < 8; ++uid) {
        readers.push_back(open(1s, uid));
    }
    advance(0ms);
    std::size_t held = 0;
    std::size_t without = 0;
    for (const MetricStreams::Standing& standing : streams->standings()) {
        held += standing.waiting_bytes;
        without += standing.dropped;
    }
    EXPECT_LE(held, MetricStreams::most_bytes);
    EXPECT_EQ(without, 5U) << "of eight, three have room";
}

}  // namespace
}  // namespace penstock::dbus

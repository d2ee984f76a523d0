// SPDX-License-Identifier: Apache-2.0
//
// What clients read from OpenHistory, over the bus.

#include "agent/publish/history_streams.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <array>

#include "agent/publish/access.h"
#include "agent/publish/history_requests.h"
#include "base/text.h"
#include "tests/unit/publish/bus_pair.h"

namespace penstock::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

constexpr const char* manager = "org.penstock1.Manager";
constexpr const char* invalid_args = "org.freedesktop.DBus.Error.InvalidArgs";
constexpr const char* limits_exceeded = "org.freedesktop.DBus.Error.LimitsExceeded";
const std::string root = "/org/penstock1";

Reply open_history(BusPair& pair,
                   std::uint64_t from = 0,
                   std::uint64_t to = 0,
                   std::uint64_t step = 0) {
    return pair.call(root, manager, "OpenHistory", [&](sd_bus_message* message) {
        sd_bus_message_append(message, "tta{sv}", from, to, 1, "step-usec", "t", step);
    });
}

Reply with_option(BusPair& pair, const char* name, const char* value) {
    return pair.call(root, manager, "OpenHistory", [&](sd_bus_message* message) {
        sd_bus_message_append(
            message, "tta{sv}", std::uint64_t{0}, std::uint64_t{0}, 1, name, "s", value);
    });
}

Fd descriptor_in(const Reply& reply) {
    int number = -1;
    EXPECT_TRUE(reply.ok()) << reply.error_sentence;
    EXPECT_GT(sd_bus_message_read_basic(reply.message.get(), 'h', &number), 0);
    return Fd(::fcntl(number, F_DUPFD_CLOEXEC, 0));
}

// Lines up to the end, while the service is at work.
std::vector<std::string> lines_of(BusPair& pair, const Fd& stream) {
    std::string text;
    std::array<char, 4096> piece{};
    ssize_t count = -1;
    while (count != 0) {
        count = ::read(stream.get(), piece.data(), piece.size());
        if (count > 0) {
            text.append(piece.data(), static_cast<std::size_t>(count));
        } else if (count < 0 && sd_event_run(pair.event(), 20'000'000) <= 0) {
            ADD_FAILURE() << "nothing comes";
            break;
        }
    }
    std::vector<std::string> lines;
    for (const std::string_view line : split(text, '\n')) {
        lines.emplace_back(line);
    }
    EXPECT_THAT(lines.back(), IsEmpty());
    lines.pop_back();
    return lines;
}

std::vector<std::string> of_series(const std::vector<std::string>& lines, const std::string& name) {
    std::vector<std::string> found;
    for (const std::string& line : lines) {
        if (line.starts_with(R"({"series":")" + name + '"')) {
            found.push_back(line);
        }
    }
    return found;
}

TEST(OpenHistory, has_the_points_of_all_series) {
    BusPair pair;
    pair.loop.snapshot.memory[0].read.value = BytesPerSecond{7};
    pair.loop.advance(1s);
    const auto lines = lines_of(pair, descriptor_in(open_history(pair)));
    ASSERT_THAT(lines, testing::Not(IsEmpty()));
    EXPECT_THAT(lines[0], StartsWith(R"({"format":"penstock-history-1","monotonic_usec":)"));
    EXPECT_THAT(lines[0], HasSubstr(R"("step_usec":1000000})"));
    EXPECT_THAT(of_series(lines, "memory/0/read"),
                ElementsAre(R"({"series":"memory/0/read","unit":"B/s","points":)"
                            R"([[10000000,2e+10,2e+10,2e+10],[11000000,7,7,7]]})"));
    EXPECT_THAT(of_series(lines, "queues"), SizeIs(1));
    EXPECT_THAT(of_series(lines, "package/0/power"), SizeIs(1));
}

TEST(OpenHistory, begins_ends_and_steps_as_it_is_asked) {
    BusPair pair;
    for (int second = 0; second < 10; ++second) {
        pair.loop.advance(1s);
    }
    const auto lines =
        lines_of(pair, descriptor_in(open_history(pair, 12'000'000, 18'000'000, 3'000'000)));
    EXPECT_THAT(of_series(lines, "queues"),
                ElementsAre(R"({"series":"queues","unit":"1","points":)"
                            R"([[12000000,3,3,3],[15000000,3,3,3]]})"));
}

TEST(OpenHistory, has_short_lines_of_a_long_time) {
    BusPair pair;
    for (int second = 0; second < 1500; ++second) {
        pair.loop.advance(1s);
    }
    const auto lines =
        of_series(lines_of(pair, descriptor_in(open_history(pair, 10'000'000))), "queues");
    ASSERT_THAT(lines, SizeIs(3));
    std::size_t points = 0;
    for (const std::string& line : lines) {
        points += static_cast<std::size_t>(std::ranges::count(line, '[')) - 1;
    }
    EXPECT_EQ(points, 1501U);
    EXPECT_THAT(lines[1], HasSubstr("[[610000000,3,3,3],"));
}

TEST(OpenHistory, of_a_time_without_values_is_only_the_first_line) {
    BusPair pair;
    EXPECT_THAT(lines_of(pair, descriptor_in(open_history(pair, UINT64_MAX))), SizeIs(1));
    EXPECT_THAT(lines_of(pair, descriptor_in(open_history(pair, 0, 1))), SizeIs(1));
    EXPECT_THAT(
        lines_of(pair, descriptor_in(open_history(pair, 0, 0, 18'446'744'073'709'000'000U))),
        testing::Not(IsEmpty()));
}

TEST(OpenHistory, says_what_would_be_accepted) {
    BusPair pair;
    EXPECT_EQ(with_option(pair, "format", "jsonl").error_name, "");
    EXPECT_EQ(with_option(pair, "format", "csv").error_sentence,
              "there is no format \"csv\": there are \"jsonl\" and \"protobuf\"");
    EXPECT_EQ(with_option(pair, "fill", "x").error_sentence,
              "there is no option \"fill\": there are format and step-usec");
    EXPECT_EQ(open_history(pair, 7, 7).error_name, invalid_args);
    EXPECT_EQ(open_history(pair, 0, 0, 999'999).error_name, invalid_args);
}

TEST(OpenHistory, has_room_again_when_streams_are_over) {
    BusPair pair;
    const Fd first = descriptor_in(open_history(pair));
    const Fd second = descriptor_in(open_history(pair));
    EXPECT_THAT(lines_of(pair, first), SizeIs(testing::Gt(1U)));
    EXPECT_THAT(lines_of(pair, second), SizeIs(testing::Gt(1U)));
    EXPECT_TRUE(open_history(pair).ok()) << "those that were read to their end are over";
}

struct HistoryStreamsTest : testing::Test {
    std::unique_ptr<sd_event, dbus::Releases<&sd_event_unref>> event{};
    History figures{};
    std::unique_ptr<dbus::HistoryStreams> streams{};

    void SetUp() override {
        sd_event* raw = nullptr;
        ASSERT_GE(sd_event_new(&raw), 0);
        event.reset(raw);
        streams = std::make_unique<dbus::HistoryStreams>(raw, figures);
    }

    // Nobody reads from it.
    dbus::Answer<Fd> open(std::uint32_t uid) {
        return streams->open(uid, {}, {}, dbus::StreamFormat::jsonl);
    }
};

TEST_F(HistoryStreamsTest, are_bounded) {
    std::vector<Fd> kept;
    for (std::uint32_t number = 0; number < dbus::HistoryStreams::most; ++number) {
        auto stream = open(number / 2);
        ASSERT_TRUE(stream) << number;
        kept.push_back(*std::move(stream));
        if (number == 1) {
            const auto third = open(0);
            ASSERT_FALSE(third);
            EXPECT_STREQ(third.error().name, limits_exceeded);
            EXPECT_THAT(third.error().sentence, HasSubstr("2 of them by uid 0"));
        }
    }
    EXPECT_FALSE(open(9999));
}

TEST_F(HistoryStreamsTest, end_with_their_reader) {
    {
        const auto stream = open(0);
        ASSERT_TRUE(stream);
        EXPECT_EQ(streams->size(), 1U);
    }
    ASSERT_GT(sd_event_run(event.get(), 20'000'000), 0);
    EXPECT_EQ(streams->size(), 0U);
}

TEST(HistoryQuota, is_that_of_get_history) {
    EXPECT_EQ(dbus::access_of(dbus::MemberKind::method, manager, "OpenHistory"),
              dbus::Access::everybody);
    sd_event* raw = nullptr;
    ASSERT_GE(sd_event_new(&raw), 0);
    const std::unique_ptr<sd_event, dbus::Releases<&sd_event_unref>> event(raw);
    FakeLoop loop;
    dbus::Surface surface(loop, {}, 0);
    dbus::HistoryStreams streams(raw, surface.history.figures);
    surface.histories = &streams;
    for (int second = 0; second < 3600; ++second) {
        loop.snapshot.now += 1s;
        surface.now = loop.snapshot.now;
        surface.history.figures.note(loop.snapshot, {});
    }
    const auto take = [&](std::uint32_t uid) {
        surface.sender_uid = uid;
        auto answer = dbus::open_history(surface.manager, dbus::Caller(nullptr), 0, 0, {});
        if (answer) {
            answer->reset();  // Nobody reads it, so that it ends.
        }
        while (streams.size() > 0) {
            sd_event_run(raw, 20'000'000);
        }
        return answer;
    };
    int answered = 0;
    while (take(1000)) {
        ++answered;
    }
    EXPECT_GE(answered, 1);
    EXPECT_STREQ(take(1000).error().name, limits_exceeded);
    EXPECT_THAT(take(1000).error().sentence, HasSubstr("with a longer step-usec"));
    EXPECT_TRUE(take(1001)) << "others have their own";
    EXPECT_TRUE(take(0));
}

}  // namespace
}  // namespace penstock::test

// SPDX-License-Identifier: Apache-2.0
//
// Traces as a client reads them from the other end of its socket.

#include "agent/publish/trace_stream.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "agent/publish/access.h"
#include "tests/fakes/read_all.h"
#include "tests/unit/publish/bus_pair.h"

namespace penstock::test {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* manager = "org.penstock1.Manager";
constexpr const char* invalid_args = "org.freedesktop.DBus.Error.InvalidArgs";
const std::string root = "/org/penstock1";

struct Sockets {
    Fd ours{};
    Fd theirs{};

    Sockets() {
        std::array<int, 2> ends{};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
        ours = Fd(ends[0]);
        theirs = Fd(ends[1]);
        EXPECT_EQ(::fcntl(ours.get(), F_SETFL, O_NONBLOCK), 0);
    }
};

Reply start(BusPair& pair, int out, const char* format = "chrome") {
    return pair.call(root, manager, "StartTrace", [&](sd_bus_message* message) {
        sd_bus_message_append(message, "hsa{sv}", out, format, 0);
    });
}

void stop(BusPair& pair, std::uint64_t id) {
    const Reply reply = pair.call(root, manager, "StopTrace", [&](sd_bus_message* message) {
        sd_bus_message_append(message, "t", id);
    });
    EXPECT_TRUE(reply.ok()) << reply.error_sentence;
}

wire::Acted acted(Verb verb, std::int64_t done_ns, std::uint32_t queue = every_queue) {
    return {
        .owner = OwnerId{1}, .gpu = sample_gpu, .verb = verb, .queue = queue, .done_ns = done_ns};
}

constexpr const char* whole_end = R"(],"displayTimeUnit":"ms","otherData":)"
                                  R"({"clock":"CLOCK_MONOTONIC","dropped":0,"emulated":true}})"
                                  "\n";

TEST(StartTrace, has_a_span_for_each_suspension) {
    BusPair pair;
    Sockets sockets;
    const Reply reply = start(pair, sockets.theirs.get());
    ASSERT_TRUE(reply.ok()) << reply.error_sentence;
    EXPECT_EQ(text_at(reply.message.get()), "1");
    sockets.theirs.reset();
    pair.loop.advance(10ms);
    pair.service().acted(acted(Verb::suspend, 10'020'000'000));
    pair.service().acted(acted(Verb::suspend, 10'021'000'000, 3));
    pair.service().acted(acted(Verb::resume, 10'022'500'000, 3));
    pair.service().acted(acted(Verb::resume, 10'025'000'000));
    pair.service().acted(acted(Verb::resume, 10'026'000'000));
    stop(pair, 1);
    const std::string text = fakes::read_all(sockets.ours);
    EXPECT_THAT(text, StartsWith("{\"traceEvents\":[\n"));
    EXPECT_THAT(text, HasSubstr("device 51432 (gfx90a)"));
    EXPECT_THAT(text, HasSubstr(R"("pid":51432,"tid":1,"args":{"name":"trainer 4242"})"));
    EXPECT_THAT(text,
                HasSubstr(R"({"name":"preempted","ph":"X","pid":51432,"tid":1,"ts":10020000,)"
                          R"("dur":5000})"));
    EXPECT_THAT(text, HasSubstr(R"("name":"queue 3 preempted","ph":"X")"));
    EXPECT_THAT(text, HasSubstr(R"("dur":1500})"));
    EXPECT_THAT(text, EndsWith(whole_end));
}

TEST(StartTrace, has_what_was_suspended_before_and_still_is) {
    BusPair pair;
    suspend(pair.loop.snapshot, 1);
    Sockets sockets;
    ASSERT_TRUE(start(pair, sockets.theirs.get()).ok());
    sockets.theirs.reset();
    pair.loop.advance(10ms);
    stop(pair, 1);
    EXPECT_THAT(fakes::read_all(sockets.ours),
                HasSubstr(R"({"name":"preempted, and still","ph":"X","pid":51432,"tid":2,)"));
}

TEST(StartTrace, has_counters_of_what_is_known_and_not_of_every_tick) {
    BusPair pair;
    pair.loop.snapshot.memory[0].written.value = BytesPerSecond{5};
    Sockets sockets;
    ASSERT_TRUE(start(pair, sockets.theirs.get()).ok());
    sockets.theirs.reset();
    for (int tick = 0; tick < 10; ++tick) {
        pair.loop.advance(5ms);
    }
    stop(pair, 1);
    const std::string text = fakes::read_all(sockets.ours);
    EXPECT_THAT(text, HasSubstr(R"("args":{"read":2e+10,"written":5})"));
    EXPECT_THAT(text, Not(HasSubstr("PCIe"))) << "what was received is unknown";
    std::size_t counters = 0;
    for (std::size_t at = 0; (at = text.find(R"("ph":"C")", at)) != std::string::npos; ++at) {
        ++counters;
    }
    EXPECT_EQ(counters, 5U);
}

TEST(StartTrace, is_one_at_a_time_and_ends_with_its_reader) {
    BusPair pair;
    Sockets first;
    Sockets second;
    ASSERT_TRUE(start(pair, first.theirs.get()).ok());
    const Reply refused = start(pair, second.theirs.get());
    EXPECT_EQ(refused.error_name, "org.freedesktop.DBus.Error.LimitsExceeded");
    EXPECT_EQ(refused.error_sentence, "trace 1 goes on, and there is one at a time");
    first.ours.reset();
    pair.loop.advance(10ms);
    EXPECT_EQ(text_at(start(pair, second.theirs.get()).message.get()), "2");
    stop(pair, 1);
    EXPECT_FALSE(start(pair, first.theirs.get()).ok()) << "that was not the number of the second";
}

TEST(StartTrace, takes_only_what_never_waits) {
    BusPair pair;
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
    const Fd reading(pipe[0]);
    const Fd writing(pipe[1]);
    const Reply reply = start(pair, writing.get());
    EXPECT_EQ(reply.error_name, invalid_args);
    EXPECT_THAT(reply.error_sentence, HasSubstr("no UNIX stream socket"));
    const Sockets sockets;
    EXPECT_EQ(start(pair, sockets.theirs.get(), "perfetto").error_sentence,
              "there is no format \"perfetto\": there is \"chrome\"");
}

TEST(StartTrace, is_for_administrators) {
    for (const char* member : {"StartTrace", "StopTrace"}) {
        EXPECT_EQ(dbus::access_of(dbus::MemberKind::method, manager, member), dbus::Access::manage);
    }
}

TEST(TraceStream, drops_what_its_reader_does_not_take_and_says_so) {
    BusPair pair;
    Sockets sockets;
    ASSERT_TRUE(start(pair, sockets.theirs.get()).ok());
    sockets.theirs.reset();
    for (std::int64_t number = 1; number < 40'000; ++number) {
        pair.service().acted(acted(Verb::suspend, number * 1000));
        pair.service().acted(acted(Verb::resume, (number * 1000) + 500));
    }
    stop(pair, 1);
    std::string text;
    while (!text.ends_with("}}\n")) {
        text += fakes::read_all(sockets.ours);
        ASSERT_GE(sd_event_run(pair.event(), 20'000), 0);
    }
    EXPECT_LT(text.size(), 2 * dbus::TraceStream::most_bytes);
    EXPECT_THAT(text, Not(HasSubstr(R"("dropped":0)")));
    EXPECT_EQ(text.find("\n]"), text.rfind("\n]")) << "one end, behind whole events";
}

}  // namespace
}  // namespace penstock::test

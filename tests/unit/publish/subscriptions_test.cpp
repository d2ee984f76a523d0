// SPDX-License-Identifier: Apache-2.0
//
// Subscriptions over two connected sockets, with a clock of the tests' own.

#include "agent/publish/subscriptions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "agent/publish/access.h"
#include "tests/unit/publish/bus_pair.h"

namespace penstock::test {
namespace {

using std::chrono::milliseconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr const char* manager = "org.penstock1.Manager";
const std::string root = "/org/penstock1";
constexpr std::uint64_t shortest_usec = 250'000;

Reply subscribe(BusPair& pair, std::uint64_t interval_usec = shortest_usec) {
    return pair.call(root, manager, "Subscribe", [&](sd_bus_message* message) {
        sd_bus_message_append(message, "t", interval_usec);
    });
}

// Signals of the first round, which comes at once.
std::vector<Heard> first_round(BusPair& pair) {
    std::vector<Heard> heard;
    while (heard.empty() && sd_event_run(pair.event(), 20'000'000) > 0) {
        heard = pair.heard();
    }
    return heard;
}

TEST(Subscribe, tells_all_that_is_known_at_once) {
    BusPair pair;
    ASSERT_TRUE(subscribe(pair).ok());
    const std::vector<Heard> heard = first_round(pair);
    const auto of = [&](const std::string& path) {
        const auto found = std::ranges::find(heard, path, &Heard::path);
        return found != heard.end() ? found->names : std::vector<std::string>();
    };
    EXPECT_THAT(of(memory_path), ElementsAre("ReadBytesPerSecond", "BatchScale"));
    EXPECT_THAT(of(package_path), ElementsAre("PowerWatts", "EnergyJoules"));
    EXPECT_THAT(of(gpu_path), Contains("PcieTxBytesPerSecond"));
    EXPECT_THAT(of(gpu_path), Not(Contains("PcieRxBytesPerSecond"))) << "that is unknown";
    EXPECT_THAT(
        of(process_path),
        ElementsAre("Occupancy", "PreemptedUSec", "NPreemptions", "WantedBatch", "NextBytes"));
    for (const Heard& each : heard) {
        EXPECT_EQ(each.member, "PropertiesChanged");
        EXPECT_THAT(each.names, Not(Contains("Origins")));
    }
}

TEST(Subscribe, says_which_intervals_there_are) {
    BusPair pair;
    for (const std::uint64_t wrong :
         {std::uint64_t{0}, shortest_usec - 1, std::uint64_t{3'600'000'001}, UINT64_MAX}) {
        const Reply reply = subscribe(pair, wrong);
        EXPECT_EQ(reply.error_name, "org.freedesktop.DBus.Error.InvalidArgs");
        EXPECT_THAT(reply.error_sentence, HasSubstr("intervals are 250000..3600000000 us"));
    }
    EXPECT_THAT(pair.heard(), IsEmpty());
}

TEST(Subscribe, is_for_everybody) {
    for (const char* member : {"Subscribe", "Unsubscribe"}) {
        EXPECT_EQ(dbus::access_of(dbus::MemberKind::method, manager, member),
                  dbus::Access::everybody);
    }
}

TEST(Unsubscribe, ends_it_and_has_nothing_to_end_otherwise) {
    BusPair pair;
    EXPECT_TRUE(pair.call(root, manager, "Unsubscribe").ok());
    ASSERT_TRUE(subscribe(pair).ok());
    EXPECT_THAT(first_round(pair), Not(IsEmpty()));
    EXPECT_TRUE(pair.call(root, manager, "Unsubscribe").ok());
    pair.loop.snapshot.memory[0].read.value = BytesPerSecond{1};
    pair.loop.advance(milliseconds(1000));
    EXPECT_THAT(pair.heard(), IsEmpty());
    EXPECT_THAT(pair.get_text(memory_path, "org.penstock1.MemoryNode", "ReadBytesPerSecond"), "1");
}

dbus::Connection end_of(int descriptor, bool server) {
    sd_bus* raw = nullptr;
    sd_bus_new(&raw);
    sd_bus_set_fd(raw, descriptor, descriptor);
    sd_id128_t id{};
    sd_id128_randomize(&id);
    sd_bus_set_server(raw, server ? 1 : 0, id);
    sd_bus_start(raw);
    return dbus::Connection(raw);
}

struct SubscriptionsTest : testing::Test {
    static inline TimePoint now{};

    FakeLoop loop{};
    dbus::Surface surface{loop, {}, 0};
    std::unique_ptr<sd_event, dbus::Releases<&sd_event_unref>> event{};
    dbus::Connection agent{};
    dbus::Connection client{};
    std::unique_ptr<dbus::Subscriptions> subscriptions{};
    std::vector<std::string> lines{};  // "PATH MEMBER=VALUE..." of each signal.

    void SetUp() override {
        now = from_ns(10'000'000'000);
        sd_event* raw = nullptr;
        ASSERT_GE(sd_event_new(&raw), 0);
        event.reset(raw);
        std::array<int, 2> ends{};
        ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()),
                  0);
        agent = end_of(ends[0], true);
        client = end_of(ends[1], false);
        while (sd_bus_is_ready(agent.get()) <= 0 || sd_bus_is_ready(client.get()) <= 0) {
            sd_bus_process(agent.get(), nullptr);
            sd_bus_process(client.get(), nullptr);
        }
        sd_bus_add_filter(client.get(), nullptr, &SubscriptionsTest::on_message, this);
        // Nobody leaves a bus that is not there.
        subscriptions = std::make_unique<dbus::Subscriptions>(
            raw,
            agent.get(),
            surface,
            [] { return now; },
            [](sd_bus_message*, sd_bus_track_handler_t, void*, dbus::Subscriptions::Track&) {
                return 0;
            });
        surface.memory[0] =
            std::make_unique<dbus::MemoryObject>(dbus::MemoryObject{.surface = surface});
    }

    [[nodiscard]] MemoryNode& node() { return surface.memory.at(0)->node; }

    static int on_message(sd_bus_message* message, void* userdata, sd_bus_error* /*error*/) {
        std::string line = sd_bus_message_get_path(message);
        sd_bus_message_skip(message, "s");
        sd_bus_message_enter_container(message, 'a', "{sv}");
        while (sd_bus_message_enter_container(message, 'e', "sv") > 0) {
            line += ' ' + text_at(message);
            line += '=' + text_at(message);
            sd_bus_message_exit_container(message);
        }
        static_cast<SubscriptionsTest*>(userdata)->lines.push_back(std::move(line));
        return 1;
    }

    // As the bus would have it: from a connection of this name, or from one without a bus.
    dbus::Answer<> begin(std::uint32_t uid, const char* name = nullptr) {
        sd_bus_message* raw = nullptr;
        sd_bus_message_new_method_call(agent.get(), &raw, "a.b", "/", "a.b", "Subscribe");
        const dbus::Message message(raw);
        if (name != nullptr) {
            sd_bus_message_set_sender(raw, name);
        }
        return subscriptions->begin(raw, uid, shortest_usec);
    }

    // What the client got of a round at this time.
    std::vector<std::string> round_after(Duration time) {
        now += time;
        subscriptions->serve();
        sd_bus_flush(agent.get());
        while (sd_bus_process(client.get(), nullptr) > 0) {
        }
        return std::exchange(lines, {});
    }
};

TEST_F(SubscriptionsTest, tell_what_has_changed_and_nothing_else) {
    node().read.value = BytesPerSecond{7};
    node().utilization.value = 0.5;
    ASSERT_TRUE(begin(1000));
    EXPECT_THAT(round_after(milliseconds(0)),
                ElementsAre("/org/penstock1/memory/0 ReadBytesPerSecond=7 Utilization=0.5 "
                            "BatchScale=1"));
    EXPECT_THAT(round_after(milliseconds(250)), IsEmpty());
    node().utilization.value = 0.75;
    EXPECT_THAT(round_after(milliseconds(250)),
                ElementsAre("/org/penstock1/memory/0 Utilization=0.75"));
}

TEST_F(SubscriptionsTest, keep_to_the_interval_and_tell_the_last_value) {
    ASSERT_TRUE(begin(1000));
    EXPECT_THAT(round_after(milliseconds(0)), ElementsAre("/org/penstock1/memory/0 BatchScale=1"))
        << "nothing else is known";
    for (const std::uint64_t read : {1U, 2U, 3U, 4U}) {
        node().read.value = BytesPerSecond{read};
        EXPECT_THAT(round_after(milliseconds(60)), IsEmpty());
    }
    EXPECT_THAT(round_after(milliseconds(10)),
                ElementsAre("/org/penstock1/memory/0 ReadBytesPerSecond=4"));
}

TEST_F(SubscriptionsTest, tell_that_a_value_is_unknown_again) {
    node().read.value = BytesPerSecond{7};
    ASSERT_TRUE(begin(1000));
    EXPECT_THAT(round_after(milliseconds(0)), SizeIs(1));
    node().read.value.reset();
    EXPECT_THAT(round_after(milliseconds(250)),
                ElementsAre("/org/penstock1/memory/0 ReadBytesPerSecond=18446744073709551615"));
}

TEST_F(SubscriptionsTest, tell_of_an_object_that_comes_later) {
    ASSERT_TRUE(begin(1000));
    round_after(milliseconds(0));
    surface.packages[1] =
        std::make_unique<dbus::PackageObject>(dbus::PackageObject{.surface = surface});
    surface.packages.at(1)->package.power.value = 35.5;
    EXPECT_THAT(round_after(milliseconds(250)),
                ElementsAre("/org/penstock1/package/1 PowerWatts=35.5"));
}

TEST_F(SubscriptionsTest, begin_anew_with_all_that_is_known) {
    node().read.value = BytesPerSecond{7};
    ASSERT_TRUE(begin(1000));
    EXPECT_THAT(round_after(milliseconds(0)), SizeIs(1));
    ASSERT_TRUE(begin(1000));
    EXPECT_EQ(subscriptions->size(), 1U);
    EXPECT_THAT(round_after(milliseconds(20)), SizeIs(1));
}

TEST_F(SubscriptionsTest, are_bounded_for_each_user) {
    const auto name = [](std::size_t number) { return fmt::format(":1.{}", number); };
    for (std::size_t number = 0; number < dbus::Subscriptions::most_of_a_user; ++number) {
        ASSERT_TRUE(begin(1000, name(number).c_str())) << number;
    }
    const dbus::Answer<> refused = begin(1000, ":1.900");
    ASSERT_FALSE(refused);
    EXPECT_STREQ(refused.error().name, dbus::error::limits_exceeded);
    EXPECT_THAT(refused.error().sentence, HasSubstr("32 of them of uid 1000"));
    EXPECT_TRUE(begin(1000, ":1.3")) << "it has one already";
    EXPECT_TRUE(begin(1001, ":1.901"));
}

TEST_F(SubscriptionsTest, are_bounded_for_all_users) {
    for (std::size_t number = 0; number < dbus::Subscriptions::most; ++number) {
        const auto uid = static_cast<std::uint32_t>(number);
        ASSERT_TRUE(begin(uid, fmt::format(":1.{}", number).c_str())) << number;
    }
    EXPECT_FALSE(begin(9999, ":1.900"));
}

}  // namespace
}  // namespace penstock::test

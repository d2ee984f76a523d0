// SPDX-License-Identifier: Apache-2.0

#include "client/cooperation/cooperation.h"

#include <gmock/gmock.h>

#include <cerrno>

#include "tests/unit/cooperation/listener.h"
#include "tests/unit/cooperation/recording_keeper.h"

namespace penstock::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr TimePoint start = from_ns(1'000'000'000);

class ClientSide : public testing::Test {
  protected:
    // Connected and welcomed at the time `now`.
    void join() {
        cooperation.serve(now);
        agent = listener.accept();
        EXPECT_TRUE(read_hello(agent.hear()));
        agent.say(Welcome{});
        cooperation.serve(now);
        EXPECT_TRUE(cooperation.welcome());
    }

    void suspend() {
        agent.say(
            Order{.serial = 1, .verb = static_cast<std::uint32_t>(Verb::suspend), .gpu_id = 7});
        cooperation.serve(now);
    }

    std::string path = scratch_path("cooperation_test");
    Listener listener{path};
    RecordingKeeper keeper;
    TimePoint now = start;
    WireEnd agent{};
    Cooperation cooperation{{.socket = path, .library = "a test", .abilities = 0xf}, keeper};
};

TEST_F(ClientSide, introduces_itself) {
    cooperation.serve(now);
    const Result<Hello> hello = read_hello(listener.accept().hear());
    ASSERT_TRUE(hello);
    EXPECT_EQ(library_of(*hello), "a test");
    EXPECT_EQ(hello->abilities, 0xfU);
    EXPECT_FALSE(cooperation.welcome());
}

TEST_F(ClientSide, answers_once_the_order_is_carried_out) {
    join();
    suspend();
    EXPECT_THAT(keeper.told, ElementsAre("suspend 7/all"));
    const Result<Done> done = read_done(agent.hear());
    ASSERT_TRUE(done);
    EXPECT_EQ(done->serial, 1U);
    EXPECT_EQ(done->error, 0);
    EXPECT_EQ(done->reached, 2U);
}

TEST_F(ClientSide, takes_many_orders_at_once_in_turn) {
    join();
    for (std::uint32_t serial = 1; serial <= 20; ++serial) {
        agent.say(Order{.serial = serial, .verb = static_cast<std::uint32_t>(Verb::resume)});
    }
    cooperation.serve(now);
    EXPECT_EQ(keeper.told.size(), 20U);
    for (std::uint32_t serial = 1; serial <= 20; ++serial) {
        EXPECT_EQ(read_done(agent.hear())->serial, serial);
    }
}

TEST_F(ClientSide, undoes_everything_when_the_other_end_dies) {
    join();
    suspend();
    agent.close();
    cooperation.serve(now);
    EXPECT_EQ(keeper.undone, 1);
    EXPECT_EQ(cooperation.trouble(), "the other end has hung up");
    EXPECT_EQ(cooperation.fd(), -1);
}

TEST_F(ClientSide, has_nothing_to_undo_when_nothing_was_ordered) {
    join();
    agent.close();
    cooperation.serve(now);
    EXPECT_EQ(keeper.undone, 0);
}

TEST_F(ClientSide, undoes_everything_when_it_is_spoken_to_wrongly) {
    join();
    suspend();
    agent.say(Done{});
    cooperation.serve(now);
    EXPECT_EQ(keeper.undone, 1);
    EXPECT_THAT(cooperation.trouble(), HasSubstr("expected 4, an order"));
}

TEST_F(ClientSide, undoes_again_until_it_works) {
    join();
    suspend();
    keeper.undo_error = EIO;
    agent.close();
    cooperation.serve(now);
    EXPECT_THAT(cooperation.trouble(), HasSubstr("Input/output error"));
    EXPECT_EQ(cooperation.deadline(), now + milliseconds(10));
    now += milliseconds(10);
    cooperation.serve(now);
    EXPECT_EQ(cooperation.fd(), -1) << "it must not take new orders on top of old ones";
    keeper.undo_error = 0;
    now += milliseconds(10);
    cooperation.serve(now);
    EXPECT_EQ(keeper.undone, 1);
    EXPECT_NE(cooperation.fd(), -1);
}

TEST_F(ClientSide, connects_again_after_a_pause) {
    join();
    agent.close();
    cooperation.serve(now);
    EXPECT_EQ(cooperation.deadline(), now + Cooperation::shortest_pause);
    now += Cooperation::shortest_pause;
    join();
}

TEST_F(ClientSide, forgets_its_long_pauses_once_a_connection_has_lasted) {
    for (int round = 0; round < 10; ++round) {
        join();
        agent.close();
        cooperation.serve(now);
        now = *cooperation.deadline();
    }
    join();
    now += seconds(10);
    agent.close();
    cooperation.serve(now);
    EXPECT_EQ(cooperation.deadline(), now + Cooperation::shortest_pause);
}

TEST_F(ClientSide, gives_a_silent_agent_up) {
    cooperation.serve(now);
    const WireEnd silent = listener.accept();
    EXPECT_EQ(cooperation.deadline(), now + Cooperation::patience);
    now += Cooperation::patience;
    cooperation.serve(now);
    EXPECT_EQ(cooperation.fd(), -1);
    EXPECT_EQ(cooperation.trouble(), "nobody answered our hello");
}

TEST_F(ClientSide, says_why_it_was_refused_and_waits_long) {
    cooperation.serve(now);
    const WireEnd refusing = listener.accept();
    refusing.say(refusal(EPROTO, "not in this version"));
    cooperation.serve(now);
    EXPECT_EQ(cooperation.trouble(), "refused: not in this version");
    EXPECT_EQ(cooperation.deadline(), now + Cooperation::longest_pause);
}

TEST_F(ClientSide, hangs_up_on_an_agent_that_does_not_read) {
    join();
    const int small = 1;
    ::setsockopt(cooperation.fd(), SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
    for (int i = 0; i < 500 && cooperation.welcome(); ++i) {
        agent.say(Order{.verb = static_cast<std::uint32_t>(Verb::suspend)});
        cooperation.serve(now);
    }
    EXPECT_FALSE(cooperation.welcome());
    EXPECT_EQ(keeper.undone, 1);
}

TEST(ClientAlone, tries_ever_more_rarely) {
    RecordingKeeper keeper;
    Cooperation cooperation({.socket = "/nowhere/client.sock"}, keeper);
    TimePoint now = start;
    std::vector<std::int64_t> pauses_ms;
    for (int attempt = 0; attempt < 8; ++attempt) {
        cooperation.serve(now);
        const Duration pause = *cooperation.deadline() - now;
        pauses_ms.push_back(std::chrono::duration_cast<milliseconds>(pause).count());
        now += pause;
    }
    EXPECT_THAT(pauses_ms, ElementsAre(100, 200, 400, 800, 1600, 3200, 5000, 5000));
    EXPECT_EQ(cooperation.trouble(), "connect to /nowhere/client.sock: No such file or directory");
}

TEST(ClientAlone, refuses_a_path_that_no_socket_can_have) {
    RecordingKeeper keeper;
    Cooperation cooperation({.socket = std::string(200, 'x')}, keeper);
    cooperation.serve(start);
    EXPECT_THAT(cooperation.trouble(), HasSubstr("longer than 107 bytes"));
}

TEST(ClientAlone, undoes_everything_at_its_end) {
    const std::string path = scratch_path("cooperation_end_test");
    const Listener listener(path);
    RecordingKeeper keeper;
    WireEnd agent;
    {
        Cooperation cooperation({.socket = path, .abilities = 1}, keeper);
        cooperation.serve(start);
        agent = listener.accept();
        agent.say(Welcome{});
        agent.say(Order{.verb = static_cast<std::uint32_t>(Verb::suspend)});
        cooperation.serve(start);
        EXPECT_EQ(keeper.undone, 0);
    }
    EXPECT_EQ(keeper.undone, 1);
}

}  // namespace
}  // namespace penstock::client

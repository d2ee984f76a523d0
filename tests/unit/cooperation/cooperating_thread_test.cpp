// SPDX-License-Identifier: Apache-2.0

#include "client/cooperation/cooperating_thread.h"

#include <gmock/gmock.h>
#include <poll.h>

#include <csignal>

#include "tests/unit/cooperation/listener.h"
#include "tests/unit/cooperation/recording_keeper.h"

namespace penstock::client {
namespace {

void wait_readable(const WireEnd& end) {
    pollfd watched{.fd = end.fd(), .events = POLLIN, .revents = 0};
    ASSERT_EQ(::poll(&watched, 1, 20'000), 1);
}

TEST(CooperatingThread, obeys_until_it_is_ended_and_then_undoes_everything) {
    const std::string path = scratch_path("cooperating_thread_test");
    const Listener listener(path);
    RecordingKeeper keeper;
    auto thread = CooperatingThread::start({.socket = path, .abilities = 1}, keeper);
    ASSERT_TRUE(thread);
    const WireEnd agent = listener.accept();
    wait_readable(agent);
    EXPECT_TRUE(read_hello(agent.hear()));
    agent.say(Welcome{});
    agent.say(Order{.serial = 3, .verb = static_cast<std::uint32_t>(Verb::suspend), .gpu_id = 7});
    wait_readable(agent);
    EXPECT_EQ(read_done(agent.hear())->serial, 3U);
    thread->reset();
    EXPECT_THAT(keeper.told, testing::ElementsAre("suspend 7/all"));
    EXPECT_EQ(keeper.undone, 1);
    EXPECT_TRUE(agent.hung_up());
}

TEST(CooperatingThread, ends_while_nobody_is_there) {
    RecordingKeeper keeper;
    auto thread = CooperatingThread::start({.socket = "/nowhere/client.sock"}, keeper);
    ASSERT_TRUE(thread);
    thread->reset();
    EXPECT_EQ(keeper.undone, 0);
}

TEST(CooperatingThread, leaves_the_programs_signals_as_they_were) {
    sigset_t before{};
    ::pthread_sigmask(SIG_SETMASK, nullptr, &before);
    RecordingKeeper keeper;
    const auto thread = CooperatingThread::start({.socket = "/nowhere/client.sock"}, keeper);
    sigset_t after{};
    ::pthread_sigmask(SIG_SETMASK, nullptr, &after);
    EXPECT_EQ(sigismember(&before, SIGTERM), sigismember(&after, SIGTERM));
    EXPECT_EQ(sigismember(&after, SIGUSR1), 0);
}

}  // namespace
}  // namespace penstock::client

// SPDX-License-Identifier: Apache-2.0

#include "agent/client_socket.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>

#include <cerrno>
#include <fstream>

#include "agent/client_door.h"
#include "base/pidfd.h"
#include "tests/unit/cooperation/listener.h"

namespace penstock {
namespace {

using testing::HasSubstr;

int mode_of(const std::string& path) {
    struct stat file{};
    return ::stat(path.c_str(), &file) == 0 ? static_cast<int>(file.st_mode & 0777) : -1;
}

WireEnd connect_to(const std::string& path) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    std::ranges::copy(path, &address.sun_path[0]);
    Fd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    EXPECT_EQ(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)),
              0);
    return WireEnd(std::move(socket));
}

class SocketFile : public testing::Test {
  protected:
    void TearDown() override { ::unlink(path.c_str()); }

    std::string path = scratch_path("client_socket_test");
};

TEST_F(SocketFile, is_open_to_everybody_and_gone_at_the_end) {
    {
        const auto socket = ClientSocket::open(path);
        ASSERT_TRUE(socket);
        EXPECT_EQ(mode_of(path), 0666);
    }
    EXPECT_EQ(mode_of(path), -1);
}

TEST_F(SocketFile, replaces_what_a_dead_agent_left) {
    {
        sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
        std::ranges::copy(path, &address.sun_path[0]);
        const Fd dead(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
        ASSERT_EQ(::bind(dead.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)),
                  0);
    }
    EXPECT_TRUE(ClientSocket::open(path));
}

TEST_F(SocketFile, leaves_another_agents_socket_alone) {
    const auto first = ClientSocket::open(path);
    ASSERT_TRUE(first);
    const auto second = ClientSocket::open(path);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().message(), "listen on " + path + ": Address already in use");
}

TEST_F(SocketFile, leaves_another_file_alone) {
    std::ofstream(path) << "precious";
    const auto socket = ClientSocket::open(path);
    ASSERT_FALSE(socket);
    EXPECT_EQ(socket.error().message(), path + " is there and is no socket");
}

TEST_F(SocketFile, is_not_removed_when_it_is_somebody_elses) {
    {
        const auto socket = ClientSocket::open(path);
        ASSERT_TRUE(socket);
        ::unlink(path.c_str());
        std::ofstream(path) << "precious";
    }
    EXPECT_NE(mode_of(path), -1);
}

TEST(SocketPath, that_no_socket_can_have_is_refused) {
    EXPECT_FALSE(ClientSocket::open(""));
    EXPECT_FALSE(ClientSocket::open(std::string(200, 'x')));
    EXPECT_FALSE(ClientSocket::open("/nowhere/client.sock"));
}

TEST_F(SocketFile, tells_the_door_who_calls) {
    std::vector<std::uint32_t> greeted;
    auto door = ClientDoor::open(path, [&](std::uint32_t pid) { greeted.push_back(pid); });
    ASSERT_TRUE(door);
    const WireEnd caller = connect_to(path);
    caller.say(client::hello_of("lib", 1));
    door->serve(from_ns(1));
    door->serve(from_ns(1));
    const auto self = static_cast<std::uint32_t>(::getpid());
    EXPECT_THAT(greeted, testing::ElementsAre(self));
    const auto taken = door->take(self);
    ASSERT_TRUE(taken);
    EXPECT_TRUE(is_alive(taken->pidfd));
}

TEST_F(SocketFile, lets_no_flood_keep_the_agent_busy) {
    auto door = ClientDoor::open(path, [](std::uint32_t /*pid*/) {});
    ASSERT_TRUE(door);
    TimePoint now = from_ns(1'000'000'000);
    door->serve(now);
    for (std::size_t i = 0; i < ClientDoor::most_callers_per_window; ++i) {
        const WireEnd caller = connect_to(path);
        door->serve(now);
    }
    const WireEnd patient = connect_to(path);
    pollfd watched{.fd = door->fd(), .events = POLLIN, .revents = 0};
    door->serve(now);
    EXPECT_EQ(::poll(&watched, 1, 0), 0) << "the agent would spin";
    now += ClientDoor::window;
    door->serve(now);
    EXPECT_EQ(::poll(&watched, 1, 0), 1) << "whoever waited is never served";
    door->serve(now);
    EXPECT_EQ(door->waiting(), 1U);
}

TEST(PeerOf, a_socket_pair_is_ourselves) {
    const SocketPair pair;
    const Result<Peer> peer = peer_of(pair.ours);
    ASSERT_TRUE(peer);
    EXPECT_EQ(peer->pid, static_cast<std::uint32_t>(::getpid()));
    EXPECT_EQ(peer->uid, ::geteuid());
    EXPECT_TRUE(is_alive(peer->pidfd));
}

TEST(PeerOf, what_is_no_socket_is_an_error) {
    const auto null = open_path("/dev/null", O_RDONLY);
    EXPECT_FALSE(peer_of(*null));
}

}  // namespace
}  // namespace penstock

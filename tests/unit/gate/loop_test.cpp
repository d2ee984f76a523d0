// SPDX-License-Identifier: Apache-2.0
//
// The gate's loop and its socket, with a real agent's end.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>

#include "agent/gate/gate_loop.h"
#include "base/clock.h"
#include "tests/unit/gate/fakes.h"

namespace penstock::gate {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct SocketPair {
    SocketPair() {
        std::array<int, 2> ends{};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
        agent = Fd(ends[0]);
        gate = Fd(ends[1]);
    }

    void send(const wire::ToGate& message) const {
        const std::vector<std::byte> bytes = wire::encode(message);
        EXPECT_EQ(::send(agent.get(), bytes.data(), bytes.size(), 0),
                  static_cast<ssize_t>(bytes.size()));
    }

    void send_with(const wire::ToGate& message, int descriptor) const {
        std::vector<std::byte> bytes = wire::encode(message);
        iovec part{.iov_base = bytes.data(), .iov_len = bytes.size()};
        alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(int))> control{};
        msghdr header{};
        header.msg_iov = &part;
        header.msg_iovlen = 1;
        header.msg_control = control.data();
        header.msg_controllen = control.size();
        cmsghdr* rights = CMSG_FIRSTHDR(&header);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(sizeof(int));
        std::memcpy(CMSG_DATA(rights), &descriptor, sizeof(int));
        EXPECT_GT(::sendmsg(agent.get(), &header, 0), 0);
    }

    // Everything that has arrived at the agent.
    [[nodiscard]] std::vector<wire::FromGate> heard() const {
        std::vector<wire::FromGate> messages;
        std::vector<std::byte> buffer(wire::longest_message);
        ssize_t length = 0;
        while ((length = ::recv(agent.get(), buffer.data(), buffer.size(), MSG_DONTWAIT)) > 0) {
            const auto bytes = std::span<const std::byte>(buffer);
            messages.push_back(
                *wire::decode_from_gate(bytes.first(static_cast<std::size_t>(length))));
        }
        return messages;
    }

    Fd agent;
    Fd gate;
};

TEST(AgentLink, brings_messages_with_their_descriptors) {
    SocketPair sockets;
    AgentLink link(std::move(sockets.gate));
    const Fd null = *open_path("/dev/null", O_RDONLY);
    sockets.send_with(wire::Adopt{.owner = {1}, .pid = 2}, null.get());

    auto packet = link.receive();
    ASSERT_TRUE(packet && *packet);
    EXPECT_TRUE(wire::decode_to_gate((*packet)->bytes));
    ASSERT_THAT((*packet)->attached, SizeIs(1));
    EXPECT_NE((*packet)->attached[0].get(), null.get());
    EXPECT_EQ(::fcntl((*packet)->attached[0].get(), F_GETFD), FD_CLOEXEC);
    EXPECT_FALSE(*link.receive()) << "nothing more waits";
}

TEST(AgentLink, sends_nothing_before_it_is_flushed) {
    SocketPair sockets;
    AgentLink link(std::move(sockets.gate));
    link.report(wire::Pong{.serial = 1});
    EXPECT_THAT(sockets.heard(), IsEmpty());
    link.flush();
    EXPECT_THAT(sockets.heard(), SizeIs(1));
}

TEST(AgentLink, never_waits_for_an_agent_that_does_not_read_and_counts_what_is_lost) {
    SocketPair sockets;
    AgentLink link(std::move(sockets.gate));
    const std::size_t many = 3 * AgentLink::most_waiting;
    for (std::size_t i = 0; i < many; ++i) {
        link.report(wire::Pong{.serial = i});
        link.flush();
    }
    EXPECT_EQ(link.waiting(), AgentLink::most_waiting);

    std::vector<wire::FromGate> heard;
    while (link.waiting() > 0) {
        const auto more = sockets.heard();
        heard.insert(heard.end(), more.begin(), more.end());
        link.flush();
    }
    const auto rest = sockets.heard();
    heard.insert(heard.end(), rest.begin(), rest.end());
    const auto* said = std::get_if<wire::Said>(&heard.back());
    ASSERT_NE(said, nullptr);
    EXPECT_THAT(said->line, HasSubstr("reports were lost"));
    EXPECT_LT(heard.size(), many);
}

TEST(AgentLink, notices_that_the_agent_has_hung_up) {
    SocketPair sockets;
    AgentLink link(std::move(sockets.gate));
    sockets.agent.reset();
    EXPECT_FALSE(link.receive());
    link.report(wire::Pong{});
    link.flush();
    EXPECT_EQ(link.waiting(), 0U) << "nobody is left to be told";
}

class ARunningGate : public testing::Test {
  protected:
    ARunningGate() {
        sigset_t wanted{};
        sigemptyset(&wanted);
        sigaddset(&wanted, SIGTERM);
        sigaddset(&wanted, SIGXCPU);
        ::pthread_sigmask(SIG_BLOCK, &wanted, &mask_before);
        signals = Fd(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
        driver.add_queue(pid, 1);
        processes.memories[pid] = {{fakes::Driver::write_address(1), 0},
                                   {fakes::Driver::read_address(1), 0}};
    }

    ~ARunningGate() override { ::pthread_sigmask(SIG_SETMASK, &mask_before, nullptr); }

    void run() {
        GateLoop({.poller = poller,
                  .link = link,
                  .conversation = conversation,
                  .core = core,
                  .signals = signals.get(),
                  .real_time = real_time,
                  .clock = monotonic_now})
            .run();
    }

    Ports ports() {
        return {.debug = &driver,
                .ladder = &ladder,
                .tracer = tracer,
                .processes = processes,
                .outbox = link,
                .wakeups = poller,
                .clock = monotonic_now};
    }

    static constexpr std::uint32_t pid = 50;
    sigset_t mask_before{};
    SocketPair sockets;
    Fd signals;
    Ladder ladder = fakes::debug_ladder();
    fakes::Driver driver;
    fakes::FakeTracer tracer;
    fakes::FakeProcesses processes;
    RealTime real_time;
    AgentLink link{std::move(sockets.gate)};
    Poller poller = *Poller::open();
    GateCore core{ports()};
    Conversation conversation{core, ports(), {.kfd_major = 1}, [](Fd, Fd, const wire::Hello&) {
                                  return fail("no ring here");
                              }};
};

TEST_F(ARunningGate, resumes_everybody_and_ends_when_the_agent_hangs_up) {
    sockets.send(wire::Hello{});
    const Fd null = *open_path("/dev/null", O_RDONLY);
    sockets.send_with(wire::Adopt{.owner = {1}, .pid = pid}, null.get());
    sockets.send(wire::Order{
        {.gpu = {1},
         .owners = {{.owner = {1}, .held_until = monotonic_now() + std::chrono::hours(1)}}}});
    ASSERT_EQ(::shutdown(sockets.agent.get(), SHUT_WR), 0);
    run();

    EXPECT_EQ(driver.calls, 2) << "one suspend, one resume";
    EXPECT_THAT(driver.processes[pid].suspended, IsEmpty());
    EXPECT_THAT(tracer.held, IsEmpty());
    EXPECT_FALSE(driver.processes[pid].enabled);
}

TEST_F(ARunningGate, ends_on_sigterm) {
    sockets.send(wire::Hello{});
    ::raise(SIGTERM);
    run();
    EXPECT_THAT(tracer.held, IsEmpty());
}

TEST_F(ARunningGate, says_so_when_it_finds_no_rest_and_goes_on) {
    sockets.send(wire::Hello{});
    ::raise(SIGXCPU);
    ASSERT_EQ(::shutdown(sockets.agent.get(), SHUT_WR), 0);
    run();
    const auto heard = sockets.heard();
    ASSERT_THAT(heard, SizeIs(2)) << "the answer to Hello, and the complaint";
    const auto said = std::ranges::find_if(
        heard, [](const auto& each) { return std::holds_alternative<wire::Said>(each); });
    ASSERT_NE(said, heard.end());
    EXPECT_THAT(std::get<wire::Said>(*said).line, HasSubstr("found no rest"));
}

TEST_F(ARunningGate, ends_when_the_agent_is_of_another_version) {
    sockets.send(wire::Hello{.version = 99});
    run();
    const auto heard = sockets.heard();
    ASSERT_THAT(heard, SizeIs(1));
    EXPECT_THAT(std::get<wire::Ready>(heard[0]).trouble, HasSubstr("version"));
}

TEST(Poller, wakes_at_the_alarm_and_only_once) {
    Result<Poller> poller = Poller::open();
    ASSERT_TRUE(poller);
    poller->set_alarm(from_ns(0));  // Long past: at once.
    EXPECT_THAT(poller->wait(), IsEmpty());
    EXPECT_TRUE(poller->alarmed());

    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    const Fd read_end(ends[0]);
    const Fd write_end(ends[1]);
    poller->watch(read_end.get());
    ASSERT_EQ(::write(write_end.get(), "x", 1), 1);
    EXPECT_THAT(poller->wait(), testing::ElementsAre(read_end.get()));
    EXPECT_FALSE(poller->alarmed());
}

}  // namespace
}  // namespace penstock::gate

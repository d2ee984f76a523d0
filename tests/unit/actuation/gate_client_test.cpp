// SPDX-License-Identifier: Apache-2.0

#include "agent/actuation/gate_client.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers)
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "base/clock.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;

constexpr int patience_ms = 10'000;  // Far beyond what any step needs.

struct GateClientTest : ::testing::Test {
    int greetings = 0;
    TimePoint now = monotonic_now();

    GateClient client(const std::string& behaviour) {
        return GateClient(
            {.program = FAKE_GATE, .arguments = {"--kfd=" + behaviour}, .answer_within = 200ms},
            [this] { ++greetings; });
    }

    static void await(const GateClient& client) {
        pollfd readable{.fd = client.fd(), .events = POLLIN, .revents = 0};
        ASSERT_EQ(::poll(&readable, 1, patience_ms), 1);
    }
};

DeviceOrder order(std::uint32_t gpu, std::int32_t rank) {
    return {.gpu = {gpu}, .owners = {{.owner = {1}, .rank = rank}}};
}

TEST_F(GateClientTest, greets_every_new_gate_and_hears_that_it_is_ready) {
    GateClient gate = client("obedient");
    ASSERT_TRUE(gate.start(now));
    await(gate);
    EXPECT_TRUE(gate.receive(now));

    const auto news = gate.take_news();
    ASSERT_EQ(news.size(), 1U);
    EXPECT_EQ(std::get<wire::Ready>(news[0]).kfd_minor, 17U);
    EXPECT_EQ(greetings, 1);
}

TEST_F(GateClientTest, sends_an_order_only_when_it_differs_from_the_standing_one) {
    GateClient gate = client("obedient");
    ASSERT_TRUE(gate.start(now));

    EXPECT_EQ(gate.apply({.orders = {order(7, 1)}}).orders_sent, 1U);
    EXPECT_EQ(gate.apply({.orders = {order(7, 1)}}).orders_sent, 0U);
    EXPECT_EQ(gate.apply({.orders = {order(7, 2), order(8, 1)}}).orders_sent, 2U);
    EXPECT_EQ(gate.resume_all(now), 3U);
}

TEST_F(GateClientTest, sends_an_empty_order_for_a_device_that_is_no_longer_named) {
    GateClient gate = client("obedient");
    ASSERT_TRUE(gate.start(now));
    gate.apply({.orders = {order(7, 1)}});

    EXPECT_EQ(gate.apply({}).orders_sent, 1U);
    EXPECT_EQ(gate.apply({}).orders_sent, 0U);
}

TEST_F(GateClientTest, sends_orders_again_after_everybody_was_resumed) {
    GateClient gate = client("obedient");
    ASSERT_TRUE(gate.start(now));
    gate.apply({.orders = {order(7, 1)}});
    ASSERT_TRUE(gate.resume_all(now));

    EXPECT_EQ(gate.apply({.orders = {order(7, 1)}}).orders_sent, 1U);
}

TEST_F(GateClientTest, keeps_a_gate_whose_answer_was_waiting_while_the_agent_slept) {
    GateClient gate = client("obedient");
    ASSERT_TRUE(gate.start(now));
    await(gate);
    ASSERT_TRUE(gate.receive(now));
    gate.look_after(now + 300ms);  // Pings.
    await(gate);
    gate.look_after(now + 10s);
    EXPECT_TRUE(gate.running());
}

TEST_F(GateClientTest, ends_a_gate_that_does_not_answer_and_says_that_nobody_is_suspended) {
    GateClient gate = client("mute");
    ASSERT_TRUE(gate.start(now));

    EXPECT_EQ(gate.resume_all(now), 0U);
    EXPECT_FALSE(gate.running());
}

TEST_F(GateClientTest, ends_a_gate_that_leaves_a_ping_unanswered) {
    GateClient gate = client("mute");
    ASSERT_TRUE(gate.start(now));
    gate.look_after(now);
    gate.look_after(now + 100ms);
    EXPECT_TRUE(gate.running());
    gate.look_after(now + 201ms);
    EXPECT_FALSE(gate.running());
}

TEST_F(GateClientTest, keeps_a_gate_that_answers_its_pings) {
    GateClient gate = client("obedient");
    ASSERT_TRUE(gate.start(now));
    await(gate);
    gate.receive(now);
    gate.look_after(now);
    await(gate);
    gate.receive(now);
    gate.look_after(now + 10s);
    EXPECT_TRUE(gate.running());
}

// Stopped, so that it reads nothing, and sent as much as fits.
void fill(GateClient& gate) {
    ::kill(gate.pid(), SIGSTOP);
    while (gate.send(wire::Order{order(7, 1)})) {
    }
}

TEST_F(GateClientTest, keeps_a_gate_that_has_not_read_for_a_moment) {
    GateClient gate = client("obedient");
    ASSERT_TRUE(gate.start(now));
    fill(gate);
    gate.look_after(now);
    gate.look_after(now + 150ms);
    EXPECT_TRUE(gate.running()) << "no room for a ping is no death";

    ::kill(gate.pid(), SIGCONT);
    pollfd room{.fd = gate.fd(), .events = POLLOUT, .revents = 0};
    ASSERT_EQ(::poll(&room, 1, patience_ms), 1);
    gate.look_after(now + 190ms);  // Now there is room for the ping.
    gate.look_after(now + 195ms);
    EXPECT_TRUE(gate.resume_all(now + 195ms)) << "it answers in order, the ping first";
    gate.look_after(now + 10s);
    EXPECT_TRUE(gate.running());
}

TEST_F(GateClientTest, ends_a_gate_that_reads_no_more) {
    GateClient gate = client("obedient");
    ASSERT_TRUE(gate.start(now));
    fill(gate);
    gate.look_after(now);
    gate.look_after(now + 201ms);
    EXPECT_FALSE(gate.running());
}

TEST_F(GateClientTest, resumes_all_though_a_busy_gate_has_no_room_for_it) {
    GateClient gate({.program = FAKE_GATE,
                     .arguments = {"--kfd=obedient"},
                     .answer_within = std::chrono::milliseconds(patience_ms)},
                    [] {});
    ASSERT_TRUE(gate.start(now));
    fill(gate);
    const std::jthread later([pid = gate.pid()] {
        std::this_thread::sleep_for(20ms);
        ::kill(pid, SIGCONT);
    });
    const Result<std::uint32_t> orders = gate.resume_all(now);
    ASSERT_TRUE(orders) << orders.error().message();
    EXPECT_GT(*orders, 0U);
    EXPECT_TRUE(gate.running());
}

TEST_F(GateClientTest, resumes_all_by_ending_a_gate_that_reads_no_more) {
    GateClient gate = client("obedient");
    ASSERT_TRUE(gate.start(now));
    fill(gate);
    EXPECT_EQ(gate.resume_all(now), 0U);
    EXPECT_FALSE(gate.running());
}

TEST_F(GateClientTest, tells_a_new_gate_more_than_fits_at_once) {
    constexpr int messages = 5000;
    int sent = 0;
    GateClient* self = nullptr;
    GateClient gate({.program = FAKE_GATE,
                     .arguments = {"--kfd=obedient"},
                     .answer_within = 10s,
                     .patience = 10s},
                    [&] {
                        for (int each = 0; each < messages; ++each) {
                            sent += self->send(wire::Order{order(7, 1)}) ? 1 : 0;
                        }
                    });
    self = &gate;
    ASSERT_TRUE(gate.start(now));
    EXPECT_EQ(sent, messages);
    EXPECT_EQ(gate.resume_all(now), messages);
}

TEST_F(GateClientTest, sends_an_order_for_thousands_of_owners_in_parts) {
    GateClient gate({.program = FAKE_GATE,
                     .arguments = {"--kfd=obedient"},
                     .answer_within = 10s,
                     .patience_for_parts = 10s},
                    [] {});
    ASSERT_TRUE(gate.start(now));
    DeviceOrder crowd = order(7, 1);
    crowd.owners.resize(4096);
    const Outcome outcome = gate.apply({.orders = {crowd}});
    EXPECT_FALSE(outcome.failure.has_value());
    EXPECT_EQ(outcome.orders_sent, 1U);
    EXPECT_EQ(gate.apply({.orders = {crowd}}).orders_sent, 0U);
    EXPECT_EQ(gate.resume_all(now), 8U);
}

TEST_F(GateClientTest, notices_a_gate_that_died_and_waits_longer_each_time) {
    GateClient gate = client("mortal");
    Duration last{};
    for (int attempt = 0; attempt < 3; ++attempt) {
        ASSERT_TRUE(gate.start(now));
        ::kill(gate.pid(), SIGKILL);
        while (gate.running()) {
            await(gate);
            gate.receive(now);
        }
        EXPECT_FALSE(gate.apply({.orders = {order(7, 1)}}).failure == std::nullopt);
        const Duration pause = gate.restart_at() - now;
        EXPECT_EQ(pause, attempt == 0 ? Duration(50ms) : last * 2);
        last = pause;
    }
}

TEST_F(GateClientTest, says_which_program_can_not_be_started) {
    GateClient gate({.program = "/nonexistent/gate"}, [] {});

    const Result<> started = gate.start(now);

    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().message(), "start /nonexistent/gate: No such file or directory");
    EXPECT_EQ(gate.restart_at(), now + 50ms);
}

// As the service manager's socket unit: whoever connects gets a gate.
class Doorway {
  public:
    Doorway() {
        sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
        path_.copy(address.sun_path, path_.size());
        listening_ = Fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
        const auto* generic = reinterpret_cast<const sockaddr*>(&address);
        EXPECT_EQ(::bind(listening_.get(), generic, sizeof(address)), 0);
        EXPECT_EQ(::listen(listening_.get(), 1), 0);
    }

    ~Doorway() { ::unlink(path_.c_str()); }

    Doorway(const Doorway&) = delete;
    Doorway& operator=(const Doorway&) = delete;
    Doorway(Doorway&&) = delete;
    Doorway& operator=(Doorway&&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }

    [[nodiscard]] Fd accept() const {
        return Fd(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    }

  private:
    std::string path_ = testing::TempDir() + "gate-" + std::to_string(::getpid());
    Fd listening_{};
};

TEST_F(GateClientTest, talks_to_a_gate_that_somebody_else_starts) {
    const Doorway doorway;
    GateClient gate({.socket = doorway.path()}, [this] { ++greetings; });
    ASSERT_TRUE(gate.start(now)) << "it need not wait for the gate";
    EXPECT_EQ(greetings, 1);
    EXPECT_EQ(gate.pid(), 0);
    {
        const Fd other_end = doorway.accept();
        std::array<std::byte, 256> hello{};
        EXPECT_GT(::recv(other_end.get(), hello.data(), hello.size(), 0), 0);
        EXPECT_TRUE(gate.receive(now));
    }
    EXPECT_FALSE(gate.receive(now)) << "it has hung up";
    EXPECT_FALSE(gate.running());
}

TEST_F(GateClientTest, says_at_which_socket_nobody_answers) {
    GateClient gate({.socket = "/nonexistent/gate.sock"}, [] {});
    EXPECT_EQ(gate.start(now).error().message(),
              "reach the gate: connect to /nonexistent/gate.sock: No such file or directory");
    GateClient lost({.socket = std::string(200, 'x')}, [] {});
    EXPECT_FALSE(lost.start(now)) << "longer than an address may be";
}

}  // namespace
}  // namespace penstock

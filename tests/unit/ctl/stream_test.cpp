// SPDX-License-Identifier: Apache-2.0
//
// The agent's stream and penstockctl tail --json make their lines from different ends, and say the
// same.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/fd.h"
#include "tests/unit/ctl/child.h"

namespace penstock::test {
namespace {

using nlohmann::json;

constexpr int patience_ms = 20'000;

struct CloseBus {
    void operator()(sd_bus* bus) const { sd_bus_flush_close_unref(bus); }
};

Fd open_stream(const std::string& address) {
    sd_bus* raw = nullptr;
    EXPECT_GE(sd_bus_new(&raw), 0);
    const std::unique_ptr<sd_bus, CloseBus> bus(raw);
    EXPECT_GE(sd_bus_set_address(raw, address.c_str()), 0);
    EXPECT_GE(sd_bus_set_bus_client(raw, 1), 0);
    EXPECT_GE(sd_bus_start(raw), 0);
    sd_bus_message* reply = nullptr;
    EXPECT_GE(sd_bus_call_method(raw,
                                 "org.penstock1",
                                 "/org/penstock1",
                                 "org.penstock1.Manager",
                                 "OpenMetricsStream",
                                 nullptr,
                                 &reply,
                                 "sta{sv}",
                                 "jsonl",
                                 std::uint64_t{1'000'000},
                                 0),
              0);
    int number = -1;
    EXPECT_GT(sd_bus_message_read_basic(reply, 'h', &number), 0);
    Fd stream(::fcntl(number, F_DUPFD_CLOEXEC, 0));
    sd_bus_message_unref(reply);
    return stream;
}

std::string first_line(const Fd& stream) {
    std::string text;
    std::array<char, 65536> piece{};
    while (text.find('\n') == std::string::npos) {
        pollfd asked{.fd = stream.get(), .events = POLLIN, .revents = 0};
        if (::poll(&asked, 1, patience_ms) <= 0) {
            ADD_FAILURE() << "no line";
            return text;
        }
        const ssize_t count = ::read(stream.get(), piece.data(), piece.size());
        if (count <= 0) {
            ADD_FAILURE() << "the stream has ended";
            return text;
        }
        text.append(piece.data(), static_cast<std::size_t>(count));
    }
    return text.substr(0, text.find('\n'));
}

json without_time(const std::string& line) {
    json parsed = json::parse(line);
    EXPECT_EQ(parsed.erase("time"), 1U);
    return parsed;
}

TEST(Stream, has_the_lines_that_tail_prints) {
    Child bus({"dbus-daemon", "--session", "--nofork", "--print-address"});
    const std::string address = bus.read_line();
    Child agent({PENSTOCK_FAKE_AGENT, address});
    ASSERT_EQ(agent.read_line(), "ready");
    const json streamed = without_time(first_line(open_stream(address)));
    const Ended tail = run_to_end({PENSTOCKCTL, "--bus=" + address, "tail", "--json", "--count=1"});
    ASSERT_EQ(tail.status, 0) << tail.errors;
    EXPECT_EQ(streamed, without_time(tail.output));
    EXPECT_EQ(streamed["processes"].size(), 2U);
}

}  // namespace
}  // namespace penstock::test

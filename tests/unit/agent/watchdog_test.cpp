// SPDX-License-Identifier: Apache-2.0

#include "agent/watchdog.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "base/clock.h"
#include "base/fd.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;

// Listens where systemd would.
class FakeManager {
  public:
    explicit FakeManager(const char* period_usec) {
        sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
        path_.copy(address.sun_path, path_.size());
        socket_ = Fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        const auto* generic = reinterpret_cast<const sockaddr*>(&address);
        EXPECT_EQ(::bind(socket_.get(), generic, sizeof(address)), 0);
        ::setenv("NOTIFY_SOCKET", path_.c_str(), 1);
        ::setenv("WATCHDOG_USEC", period_usec, 1);
    }

    ~FakeManager() {
        ::unsetenv("NOTIFY_SOCKET");
        ::unsetenv("WATCHDOG_USEC");
        ::unlink(path_.c_str());
    }

    FakeManager(const FakeManager&) = delete;
    FakeManager& operator=(const FakeManager&) = delete;
    FakeManager(FakeManager&&) = delete;
    FakeManager& operator=(FakeManager&&) = delete;

    // "" when nothing more was said.
    std::string hear() {
        std::array<char, 256> text{};
        const ssize_t length = ::recv(socket_.get(), text.data(), text.size(), 0);
        return length < 0 ? "" : std::string(text.data(), static_cast<std::size_t>(length));
    }

  private:
    std::string path_ = testing::TempDir() + "notify-" + std::to_string(::getpid());
    Fd socket_{};
};

TEST(ServiceManager, is_told_that_the_program_serves_and_leaves) {
    FakeManager manager("0");
    tell_ready("Serving system");
    tell_stopping();
    EXPECT_EQ(manager.hear(), "READY=1\nSTATUS=Serving system");
    EXPECT_EQ(manager.hear(), "STOPPING=1");
}

TEST(Watchdog, is_fed_by_rounds_of_the_loop_and_not_by_every_one) {
    FakeManager manager("4000000");
    Watchdog watchdog;
    const TimePoint start = monotonic_now();
    watchdog.feed(start);
    EXPECT_EQ(manager.hear(), "WATCHDOG=1");
    EXPECT_EQ(watchdog.due(), start + 2s) << "with time to spare";
    watchdog.feed(start + 999ms);
    EXPECT_EQ(manager.hear(), "");
    watchdog.feed(start + 1s);
    EXPECT_EQ(manager.hear(), "WATCHDOG=1");
    EXPECT_EQ(watchdog.due(), start + 3s);
}

TEST(Watchdog, needs_nothing_where_nobody_watches) {
    Watchdog watchdog;
    watchdog.feed(monotonic_now());
    EXPECT_EQ(watchdog.due(), std::nullopt);
}

}  // namespace
}  // namespace penstock

// SPDX-License-Identifier: Apache-2.0
//
// Subject: a process that calls the driver when it is told to, such as a debugger's target. Its
// calls may block: whoever gave the order finds out.

#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

#include "base/fd.h"
#include "kmod-helpers/abi/kfd_ioctl.h"

namespace penstock::contract {

// Long enough for any answer that comes at once, on an emulated processor too.
inline constexpr int patience_ms = 400;

// A negative errno in place of -1, as the kernel returns it.
int ioctl_result(int file, unsigned long request, void* argument);

class Subject {
  public:
    // Opens nothing yet.
    explicit Subject(std::string path);
    ~Subject();
    Subject(const Subject&) = delete;
    Subject& operator=(const Subject&) = delete;

    [[nodiscard]] pid_t pid() const { return pid_; }

    int open() { return simple(What::open); }

    int seize(pid_t target) { return simple(What::seize, target); }

    // Starts a second thread that only waits, and returns its id.
    int start_thread() { return simple(What::start_thread); }

    // The write end of a pipe of its own.
    int make_pipe() { return simple(What::make_pipe); }

    // The number of its driver file.
    int file_number() { return simple(What::file_number); }

    template <typename Argument>
    void begin(kfd::Nr nr, const Argument& argument) {
        Order order{.what = What::ioctl, .request = kfd::request<Argument>(nr)};
        std::memcpy(order.bytes.data(), &argument, sizeof(argument));
        send(order);
    }

    // Of the call under way; nothing while it blocks.
    std::optional<int> result(int timeout_ms = patience_ms);

    template <typename Argument>
    int call(kfd::Nr nr, Argument& argument) {
        begin(nr, argument);
        const int returned = result(long_patience_ms).value_or(-ETIME);
        std::memcpy(static_cast<void*>(&argument), last_.bytes.data(), sizeof(argument));
        return returned;
    }

    // Dead, but not waited for: its pid still names a zombie.
    void kill();
    void reap();

  private:
    static constexpr int long_patience_ms = 10'000;

    enum class What : int { open, ioctl, seize, start_thread, make_pipe, file_number };

    struct Order {
        What what{};
        int result = 0;
        unsigned long request = 0;
        std::int64_t number = 0;
        std::array<std::byte, 128> bytes{};
    };

    [[noreturn]] void live(const std::string& path, const Fd& orders);
    static int carry_out(Order& order, const std::string& path, Fd& file);
    void send(const Order& order);
    int simple(What what, std::int64_t number = 0);

    pid_t pid_ = -1;
    Fd orders_;
    Order last_{};
};

}  // namespace penstock::contract

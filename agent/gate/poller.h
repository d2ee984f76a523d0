// SPDX-License-Identifier: Apache-2.0
//
// Poller: waits for descriptors and for one point in time.

#pragma once

#include <sys/epoll.h>

#include <array>
#include <span>

#include "agent/gate/ports.h"
#include "base/fd.h"

namespace penstock::gate {

class Poller final : public Wakeups {
  public:
    static Result<Poller> open();

    // A descriptor leaves when it is closed.
    void watch(int fd) override;

    // Waits, and returns the readable descriptors. That of the alarm is never among them.
    std::span<const int> wait();

    // Whether the alarm ended the last wait().
    [[nodiscard]] bool alarmed() const { return alarmed_; }

    // Nothing means never.
    void set_alarm(std::optional<TimePoint> when);

  private:
    Poller(Fd epoll, Fd timer) : epoll_(std::move(epoll)), timer_(std::move(timer)) {}

    Fd epoll_;
    Fd timer_;
    bool alarmed_ = false;
    std::optional<TimePoint> alarm_;
    std::array<epoll_event, 64> events_{};
    std::array<int, 64> ready_{};
};

}  // namespace penstock::gate

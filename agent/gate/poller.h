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

    // Waits until the alarm at the latest, and returns the readable descriptors.
    std::span<const int> wait();

    // Whether the alarm's time had come when the last wait() ended.
    [[nodiscard]] bool alarmed() const { return alarmed_; }

    // Nothing means never. An alarm rings once.
    void set_alarm(std::optional<TimePoint> when) { alarm_ = when; }

  private:
    explicit Poller(Fd epoll) : epoll_(std::move(epoll)) {}

    Fd epoll_;
    bool alarmed_ = false;
    std::optional<TimePoint> alarm_{};
    std::array<epoll_event, 64> events_{};
    std::array<int, 64> ready_{};
};

}  // namespace penstock::gate

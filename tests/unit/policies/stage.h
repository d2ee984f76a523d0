// SPDX-License-Identifier: Apache-2.0
//
// Stage: an executor and a clock, for scenes told in milliseconds.

#pragma once

#include <string>
#include <vector>

#include "policies/order_executor.h"
#include "tests/fakes/machine.h"
#include "tests/fakes/spelled.h"

namespace penstock {

// What most scenes follow: settle 1 ms, longest suspension 200 ms, run window 20 ms.
inline DeviceOrder order_of(std::vector<RankedOwner> owners) {
    return {.gpu = fakes::first_gpu, .owners = std::move(owners)};
}

inline RankedOwner ranked(std::uint64_t owner, std::int32_t rank) {
    return {.owner = OwnerId{owner}, .rank = rank};
}

inline HeldQueue held(std::uint64_t owner, std::uint32_t queue, Duration until) {
    return {.owner = OwnerId{owner}, .queue = queue, .until = TimePoint(until)};
}

// Owner 1 outranks owner 2.
inline DeviceOrder one_above_two() {
    return order_of({ranked(1, 10), ranked(2, 0)});
}

class Stage {
  public:
    // Every call below happens then, until the next at().
    Stage& at(Duration when) {
        now_ = TimePoint(when);
        return *this;
    }

    Stage& follow(const DeviceOrder& order) {
        executor_.follow(order, now_);
        return *this;
    }

    Stage& works(std::uint64_t owner) {
        executor_.has_work(OwnerId{owner}, now_);
        return *this;
    }

    Stage& drains(std::uint64_t owner) {
        executor_.drained(OwnerId{owner}, now_);
        return *this;
    }

    Stage& destroys(std::uint64_t owner, std::uint32_t queue) {
        executor_.gone(OwnerId{owner}, queue);
        return *this;
    }

    Stage& dies(std::uint64_t owner) {
        executor_.gone(OwnerId{owner});
        return *this;
    }

    Stage& fails(std::uint64_t owner, Verb verb) {
        executor_.failed({.owner = OwnerId{owner}, .verb = verb}, now_);
        return *this;
    }

    Stage& fails_queue(std::uint64_t owner, std::uint32_t queue, Verb verb) {
        executor_.failed({.owner = OwnerId{owner}, .verb = verb, .queue = queue}, now_);
        return *this;
    }

    std::string acts() { return fakes::spelled(executor_.act(now_)); }

    // Acts where what happens is not the scene's point.
    Stage& proceeds() {
        static_cast<void>(executor_.act(now_));
        return *this;
    }

    [[nodiscard]] std::optional<Duration> deadline() const {
        const auto deadline = executor_.next_deadline();
        return deadline ? std::optional(deadline->time_since_epoch()) : std::nullopt;
    }

    [[nodiscard]] bool suspended(std::uint64_t owner) const {
        return executor_.suspended(OwnerId{owner});
    }

    [[nodiscard]] bool holds(std::uint64_t owner, std::uint32_t queue) const {
        return executor_.holds(OwnerId{owner}, queue);
    }

    [[nodiscard]] bool wants_sampling(std::uint64_t owner) const {
        return executor_.wants_sampling(OwnerId{owner});
    }

    [[nodiscard]] bool wants_moves(std::uint64_t owner) const {
        return executor_.wants_moves(OwnerId{owner});
    }

    [[nodiscard]] bool anyone_suspended() const { return executor_.anyone_suspended(); }

  private:
    OrderExecutor executor_;
    TimePoint now_{};
};

}  // namespace penstock

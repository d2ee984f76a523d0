// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/slow_wait.h"

#include <cerrno>

namespace penstock::emulator {

namespace {

constexpr Duration look_period{std::chrono::milliseconds(10)};

}  // namespace

std::optional<int> SlowWait::over(TimePoint now, std::span<std::byte> /*argument*/) {
    if (now >= until_) {
        return result_;
    }
    if (now < next_look_) {
        return std::nullopt;
    }
    next_look_ = now + look_period;
    return tasks_.is_being_killed(caller_tid_) ? std::optional(-EINTR) : std::nullopt;
}

}  // namespace penstock::emulator

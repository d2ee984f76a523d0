// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/gpu/device_power.h"

#include <cerrno>
#include <string_view>

#include "base/text.h"

namespace penstock {

void DevicePower::open(Machine& machine, const std::string& device) {
    auto file = machine.open(device + "/power/runtime_status");
    status_ = file ? std::move(*file) : nullptr;
}

bool DevicePower::asleep() {
    if (!status_) {
        return false;
    }
    const auto length = status_->read(text_);
    if (!length) {
        return false;
    }
    const std::string_view status = trimmed({text_.data(), *length});
    return status == "suspended" || status == "suspending";
}

bool is_gone(int error) {
    return error == ENOENT || error == ENODEV || error == ENXIO || error == ESRCH;
}

bool may_pass(int error) {
    return error == EBUSY || error == EPERM || error == EAGAIN || error == EINTR || error == EIO ||
           error == ETIME || error == ETIMEDOUT;
}

Opened standing_after(const Error& error) {
    // A reset takes a second or two.
    constexpr Duration soon = std::chrono::seconds(1);
    if (may_pass(error.code)) {
        return Later{.why = error.message(), .again_in = soon};
    }
    return Absent{error.message()};
}

}  // namespace penstock

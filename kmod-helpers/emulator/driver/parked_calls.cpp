// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/parked_calls.h"

#include <linux/ioctl.h>

#include <algorithm>
#include <cerrno>

namespace penstock::emulator {

void ParkedCalls::answer(Call& call, int result) {
    if (call.deliver_to_tgid != 0) {
        call.argument.resize(_IOC_SIZE(call.command));
        if (!memory_.write(call.deliver_to_tgid, call.address, call.argument)) {
            result = -EFAULT;
        }
    }
    call.argument.resize(call.answer_bytes);
    answers_.answer(call.number, result, call.argument);
}

void ParkedCalls::park(Call call, const Owner& caller, std::unique_ptr<Wait> wait, TimePoint now) {
    if (const std::optional<int> result = wait->over(now, call.argument)) {
        answer(call, *result);
        return;
    }
    parked_.push_back({std::move(call), &caller, std::move(wait)});
}

TimePoint ParkedCalls::settle(TimePoint now) {
    TimePoint next = TimePoint::max();
    for (auto parked = parked_.begin(); parked != parked_.end();) {
        if (const std::optional<int> result = parked->wait->over(now, parked->call.argument)) {
            answer(parked->call, *result);
            parked = parked_.erase(parked);
        } else {
            next = std::min(next, parked->wait->latest());
            ++parked;
        }
    }
    return next;
}

bool ParkedCalls::interrupt(std::uint64_t number) {
    const auto found = std::ranges::find_if(
        parked_, [number](const Parked& parked) { return parked.call.number == number; });
    if (found == parked_.end()) {
        return false;
    }
    if (const std::optional<int> result = found->wait->interrupted()) {
        answer(found->call, *result);
        parked_.erase(found);
    }
    return true;
}

void ParkedCalls::abandon(const Owner& caller) {
    for (auto parked = parked_.begin(); parked != parked_.end();) {
        if (parked->caller == &caller) {
            answer(parked->call, -EINTR);
            parked = parked_.erase(parked);
        } else {
            ++parked;
        }
    }
}

}  // namespace penstock::emulator

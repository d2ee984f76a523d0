// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/event_wait.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace penstock::emulator {

EventWait::EventWait(Owner& owner, ClientMemory& memory, Wanted wanted)
    : owner_(owner), memory_(memory), wanted_(std::move(wanted)) {
    for (const kfd::EventData& one : wanted_.events) {
        Event& event = owner_.events.at(one.event_id);
        Waited waited{.number = one.event_id,
                      .serial = event.serial,
                      .age = event.age,
                      .happened = event.set};
        event.set = event.set && !event.auto_reset;
        // A caller that knows an older age has missed a set; 0 means that it does not know any.
        const std::uint64_t known_age = event.is_signal ? one.detail[0] : 0;
        waited.tells_age = known_age != 0;
        waited.happened = waited.happened || (known_age != 0 && known_age != event.age);
        waited.waits = !waited.happened;
        event.waiters += waited.waits ? 1 : 0;
        waited_.push_back(waited);
    }
}

EventWait::~EventWait() {
    for (const Waited& waited : waited_) {
        if (Event* const event = find(waited); waited.waits && event != nullptr) {
            --event->waiters;
        }
    }
}

Event* EventWait::find(const Waited& waited) const {
    const auto found = owner_.events.find(waited.number);
    const bool same = found != owner_.events.end() && found->second.serial == waited.serial;
    return same ? &found->second : nullptr;
}

bool EventWait::look() {
    bool all_exist = true;
    for (Waited& waited : waited_) {
        if (const Event* const event = find(waited)) {
            waited.happened = waited.happened || event->age != waited.age;
        } else {
            all_exist = false;
        }
    }
    return all_exist;
}

bool EventWait::complete() const {
    const auto happened = [](const Waited& waited) { return waited.happened; };
    return wanted_.all || waited_.empty() ? std::ranges::all_of(waited_, happened)
                                          : std::ranges::any_of(waited_, happened);
}

bool EventWait::report_ages() {
    for (std::size_t at = 0; at < waited_.size(); ++at) {
        const Event* const event = find(waited_[at]);
        if (!waited_[at].happened || !waited_[at].tells_age || event == nullptr) {
            continue;
        }
        const std::uint64_t where = wanted_.address + at * sizeof(kfd::EventData);
        if (!memory_.write(owner_.tgid, where, std::as_bytes(std::span(&event->age, 1)))) {
            return false;
        }
    }
    return true;
}

int EventWait::finish(std::span<std::byte> argument, std::uint32_t wait_result) {
    kfd::WaitEvents answered;
    std::memcpy(&answered, argument.data(), sizeof(answered));
    answered.wait_result = wait_result;
    std::memcpy(argument.data(), &answered, sizeof(answered));
    if (wait_result == wait_failed) {
        return -EIO;
    }
    return wait_result == wait_complete && !report_ages() ? -EFAULT : 0;
}

std::optional<int> EventWait::over(TimePoint now, std::span<std::byte> argument) {
    if (!look()) {
        return finish(argument, wait_failed);
    }
    if (complete()) {
        return finish(argument, wait_complete);
    }
    if (now >= wanted_.until) {
        return finish(argument, wait_timed_out);
    }
    return std::nullopt;
}

std::optional<int> EventWait::interrupted() {
    // What it took from auto-reset events goes back: the repeated call must find it.
    for (const Waited& waited : waited_) {
        Event* const event = find(waited);
        if (waited.happened && event != nullptr && event->auto_reset) {
            event->set = true;
        }
    }
    return -EINTR;
}

}  // namespace penstock::emulator

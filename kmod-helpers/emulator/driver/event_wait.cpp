// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/event_wait.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace penstock::emulator {

namespace {

constexpr std::uint32_t wait_complete = 0;
constexpr std::uint32_t wait_timed_out = 1;
constexpr std::uint32_t wait_failed = 2;

}  // namespace

EventWait::EventWait(Owner& owner, ClientMemory& memory, Wanted wanted)
    : owner_(owner), memory_(memory), wanted_(std::move(wanted)) {
    for (const kfd::EventData& one : wanted_.events) {
        Event& event = owner_.events.at(one.event_id);
        Waited waited{.number = one.event_id, .age = event.age, .happened = event.set};
        event.set = event.set && !event.auto_reset;
        // A caller that knows an older age has missed a set; 0 means that it does not know any.
        const std::uint64_t known_age = one.detail[0];
        waited.happened = waited.happened || (known_age != 0 && known_age != event.age);
        waited.waits = !waited.happened;
        event.waiters += waited.waits ? 1 : 0;
        waited_.push_back(waited);
    }
}

EventWait::~EventWait() {
    for (const Waited& waited : waited_) {
        const auto event = owner_.events.find(waited.number);
        if (waited.waits && event != owner_.events.end()) {
            --event->second.waiters;
        }
    }
}

bool EventWait::look() {
    bool all_exist = true;
    for (Waited& waited : waited_) {
        const auto event = owner_.events.find(waited.number);
        if (event == owner_.events.end()) {
            all_exist = false;
        } else {
            waited.happened = waited.happened || event->second.age != waited.age;
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
        const auto event = owner_.events.find(waited_[at].number);
        if (!waited_[at].happened || event == owner_.events.end()) {
            continue;
        }
        const std::uint64_t where = wanted_.address + at * sizeof(kfd::EventData);
        if (!memory_.write(owner_.tgid, where, std::as_bytes(std::span(&event->second.age, 1)))) {
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
        const auto event = owner_.events.find(waited.number);
        if (waited.happened && event != owner_.events.end() && event->second.auto_reset) {
            event->second.set = true;
        }
    }
    return -EINTR;
}

}  // namespace penstock::emulator

// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/event_ioctls.h"

#include <cerrno>

#include "kmod-helpers/emulator/driver/event_wait.h"

namespace penstock::emulator {

namespace {

constexpr std::uint64_t event_page = 1ULL << 63;  // Where the driver's page would be mapped from.
constexpr std::uint32_t for_ever_ms = 0xffffffff;

TimePoint deadline_of(TimePoint now, std::uint32_t timeout_ms) {
    return timeout_ms == for_ever_ms ? TimePoint::max()
                                     : now + std::chrono::milliseconds(timeout_ms);
}

}  // namespace

void set(Event& event) {
    ++event.age;
    event.set = !event.auto_reset || event.waiters == 0;
}

Verdict create_event(Request& request, kfd::CreateEvent& argument) {
    Owner& owner = request.caller;
    if (owner.events.size() >= max_events) {
        return -ENOSPC;
    }
    // Numbers are not used again, so that a wait for a destroyed event never meets its successor.
    const std::uint32_t number = ++owner.last_event;
    owner.events[number] = {.auto_reset = argument.auto_reset != 0};
    argument.event_page_offset = event_page;
    argument.event_trigger_data = number;
    argument.event_id = number;
    argument.event_slot_index = number;
    return 0;
}

Verdict destroy_event(Request& request, kfd::EventNamed& argument) {
    return request.caller.events.erase(argument.event_id) == 1 ? 0 : -EINVAL;
}

Verdict set_event(Request& request, kfd::EventNamed& argument) {
    const auto found = request.caller.events.find(argument.event_id);
    if (found == request.caller.events.end()) {
        return -EINVAL;
    }
    set(found->second);
    return 0;
}

Verdict reset_event(Request& request, kfd::EventNamed& argument) {
    const auto found = request.caller.events.find(argument.event_id);
    if (found == request.caller.events.end()) {
        return -EINVAL;
    }
    found->second.set = false;
    return 0;
}

Verdict wait_events(Request& request, kfd::WaitEvents& argument) {
    if (argument.num_events > max_events) {
        return -EINVAL;
    }
    std::vector<kfd::EventData> wanted(argument.num_events);
    if (!wanted.empty() &&
        !request.machine.ports.memory.read(
            request.caller.tgid, argument.events_ptr, std::as_writable_bytes(std::span(wanted)))) {
        return -EFAULT;
    }
    for (const kfd::EventData& event : wanted) {
        if (!request.caller.events.contains(event.event_id)) {
            return -EINVAL;
        }
    }
    return std::make_unique<EventWait>(
        request.caller,
        request.machine.ports.memory,
        EventWait::Wanted{.events = std::move(wanted),
                          .address = argument.events_ptr,
                          .all = argument.wait_for_all != 0,
                          .until = deadline_of(request.now, argument.timeout)});
}

}  // namespace penstock::emulator

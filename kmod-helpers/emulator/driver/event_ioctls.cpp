// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/event_ioctls.h"

#include <cerrno>

#include "kmod-helpers/emulator/driver/event_wait.h"

namespace penstock::emulator {

namespace {

constexpr std::uint64_t event_page = 1ULL << 63;  // Where the driver's page would be mapped from.
constexpr std::uint32_t for_ever_ms = 0xffffffff;
constexpr std::uint32_t type_signal = 0;
constexpr std::uint32_t type_debug = 5;
constexpr std::uint32_t first_other_number = 1U << 30;
// The driver allocates so much for a wait, and no more: 56 bytes for each event.
constexpr std::uint32_t most_waited = (4U << 20) / 56;

TimePoint deadline_of(TimePoint now, std::uint32_t timeout_ms) {
    return timeout_ms == for_ever_ms ? TimePoint::max()
                                     : now + std::chrono::milliseconds(timeout_ms);
}

std::uint32_t lowest_free_number(const Owner& owner, std::uint32_t first) {
    std::uint32_t number = first;
    for (auto event = owner.events.lower_bound(first);
         event != owner.events.end() && event->first == number;
         ++event) {
        ++number;
    }
    return number;
}

// The event, if user space may set and reset it.
Event* settable(Owner& owner, std::uint32_t number) {
    const auto found = owner.events.find(number);
    return found != owner.events.end() && found->second.is_signal ? &found->second : nullptr;
}

int refuse_wait(kfd::WaitEvents& argument, int error) {
    argument.wait_result = wait_failed;
    return error;
}

}  // namespace

void set(Event& event) {
    ++event.age;
    event.set = !event.auto_reset || event.waiters == 0;
}

Verdict create_event(Request& request, kfd::CreateEvent& argument) {
    Owner& owner = request.caller;
    if (argument.event_page_offset != 0) {
        return -EINVAL;  // It names memory of a device, of which none can be allocated here.
    }
    const bool is_slotted = argument.event_type == type_signal || argument.event_type == type_debug;
    const std::uint32_t number = lowest_free_number(owner, is_slotted ? 1 : first_other_number);
    if (is_slotted && number >= signal_slots) {
        return -ENOSPC;
    }
    owner.events[number] = {.serial = ++owner.events_made,
                            .auto_reset = argument.auto_reset != 0,
                            .is_signal = argument.event_type == type_signal};
    argument.event_trigger_data = number;
    argument.event_id = number;
    if (is_slotted) {
        argument.event_page_offset = event_page;
        argument.event_slot_index = number;
    }
    return 0;
}

Verdict destroy_event(Request& request, kfd::EventNamed& argument) {
    return request.caller.events.erase(argument.event_id) == 1 ? 0 : -EINVAL;
}

Verdict set_event(Request& request, kfd::EventNamed& argument) {
    Event* const event = settable(request.caller, argument.event_id);
    if (event == nullptr) {
        return -EINVAL;
    }
    set(*event);
    return 0;
}

Verdict reset_event(Request& request, kfd::EventNamed& argument) {
    Event* const event = settable(request.caller, argument.event_id);
    if (event == nullptr) {
        return -EINVAL;
    }
    event->set = false;
    return 0;
}

Verdict wait_events(Request& request, kfd::WaitEvents& argument) {
    if (argument.num_events > most_waited) {
        return refuse_wait(argument, -ENOMEM);
    }
    std::vector<kfd::EventData> wanted(argument.num_events);
    const auto read = [&](std::size_t first, std::size_t count) {
        const auto part = std::span(wanted).subspan(first, count);
        return request.machine.ports.memory.read(request.caller.tgid,
                                                 argument.events_ptr + (first * sizeof(part[0])),
                                                 std::as_writable_bytes(part));
    };
    const bool whole = wanted.empty() || read(0, wanted.size());
    for (std::size_t at = 0; at < wanted.size(); ++at) {
        // The driver reads one after the other: which error it meets first depends on that.
        if (!whole && !read(at, 1)) {
            return refuse_wait(argument, -EFAULT);
        }
        if (!request.caller.events.contains(wanted[at].event_id)) {
            return refuse_wait(argument, -EINVAL);
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

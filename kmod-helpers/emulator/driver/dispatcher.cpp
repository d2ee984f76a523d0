// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/dispatcher.h"

#include <linux/ioctl.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>

#include "kmod-helpers/emulator/driver/debug_trap.h"
#include "kmod-helpers/emulator/driver/event_ioctls.h"
#include "kmod-helpers/emulator/driver/plain_ioctls.h"
#include "kmod-helpers/emulator/driver/queue_ioctls.h"
#include "kmod-helpers/emulator/driver/runtime_ioctls.h"

namespace penstock::emulator {

namespace {

struct Entry {
    kfd::Nr number{};
    std::size_t argument_bytes = 0;
    Verdict (*call)(Request& request, std::span<std::byte> argument) = nullptr;
};

template <typename Argument, Verdict (*function)(Request&, Argument&)>
Verdict typed(Request& request, std::span<std::byte> bytes) {
    std::array<std::byte, sizeof(Argument)> copy{};
    std::memcpy(copy.data(), bytes.data(), copy.size());
    auto argument = std::bit_cast<Argument>(copy);
    Verdict verdict = function(request, argument);
    std::memcpy(bytes.data(), &argument, sizeof(argument));
    return verdict;
}

template <typename Argument, Verdict (*function)(Request&, Argument&)>
constexpr Entry entry(kfd::Nr number) {
    return {number, sizeof(Argument), typed<Argument, function>};
}

constexpr std::array entries{
    entry<kfd::GetVersion, get_version>(kfd::Nr::get_version),
    entry<kfd::CreateQueue, create_queue>(kfd::Nr::create_queue),
    entry<kfd::DestroyQueue, destroy_queue>(kfd::Nr::destroy_queue),
    entry<ClockCounters, get_clock_counters>(kfd::Nr::get_clock_counters),
    entry<kfd::UpdateQueue, update_queue>(kfd::Nr::update_queue),
    entry<kfd::CreateEvent, create_event>(kfd::Nr::create_event),
    entry<kfd::EventNamed, destroy_event>(kfd::Nr::destroy_event),
    entry<kfd::EventNamed, set_event>(kfd::Nr::set_event),
    entry<kfd::EventNamed, reset_event>(kfd::Nr::reset_event),
    entry<kfd::WaitEvents, wait_events>(kfd::Nr::wait_events),
    entry<kfd::SetCuMask, set_cu_mask>(kfd::Nr::set_cu_mask),
    entry<kfd::RuntimeEnable, enable_runtime>(kfd::Nr::runtime_enable),
    entry<kfd::DebugTrap, debug_trap>(kfd::Nr::debug_trap),
};

const Entry* find(std::uint32_t command) {
    const auto number = static_cast<kfd::Nr>(_IOC_NR(command));
    const auto* const found = std::ranges::find(entries, number, &Entry::number);
    return found == entries.end() ? nullptr : found;
}

}  // namespace

bool is_known(std::uint32_t command) {
    return find(command) != nullptr;
}

Verdict dispatch(Request& request, std::uint32_t command, std::vector<std::byte>& argument) {
    const Entry* const entry = find(command);
    if (entry == nullptr) {
        return -ENOTTY;
    }
    argument.resize(std::max(argument.size(), entry->argument_bytes));
    return entry->call(request, std::span(argument).first(entry->argument_bytes));
}

}  // namespace penstock::emulator

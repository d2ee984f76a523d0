// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/dispatcher.h"

#include <linux/ioctl.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include "kmod-helpers/emulator/driver/absent_ioctls.h"
#include "kmod-helpers/emulator/driver/criu.h"
#include "kmod-helpers/emulator/driver/debug_trap.h"
#include "kmod-helpers/emulator/driver/event_ioctls.h"
#include "kmod-helpers/emulator/driver/plain_ioctls.h"
#include "kmod-helpers/emulator/driver/queue_ioctls.h"
#include "kmod-helpers/emulator/driver/runtime_ioctls.h"
#include "kmod-helpers/emulator/driver/vendor_ioctls.h"

namespace penstock::emulator {

namespace {

struct Entry {
    std::uint32_t number = 0;
    Directions directions{};
    std::size_t argument_bytes = 0;
    Verdict (*call)(Request& request, std::span<std::byte> argument) = nullptr;
    std::optional<std::size_t> process_at{};  // Where the argument names another process.
};

constexpr Directions in{.to_driver = true};
constexpr Directions out{.to_caller = true};
constexpr Directions both{.to_driver = true, .to_caller = true};

template <typename Argument, Verdict (*function)(Request&, Argument&)>
Verdict typed(Request& request, std::span<std::byte> bytes) {
    std::array<std::byte, sizeof(Argument)> copy{};
    std::memcpy(copy.data(), bytes.data(), copy.size());
    auto argument = std::bit_cast<Argument>(copy);
    Verdict verdict = function(request, argument);
    std::memcpy(bytes.data(), &argument, sizeof(argument));
    return verdict;
}

constexpr std::uint32_t number_of(kfd::Nr nr) {
    return static_cast<std::uint32_t>(nr);
}

template <typename Argument, Verdict (*function)(Request&, Argument&)>
constexpr Entry entry(std::uint32_t number,
                      Directions directions,
                      std::optional<std::size_t> process_at = std::nullopt) {
    return {number, directions, sizeof(Argument), typed<Argument, function>, process_at};
}

constexpr std::array entries{
    entry<kfd::GetVersion, get_version>(number_of(kfd::Nr::get_version), out),
    entry<kfd::CreateQueue, create_queue>(number_of(kfd::Nr::create_queue), both),
    entry<kfd::DestroyQueue, destroy_queue>(number_of(kfd::Nr::destroy_queue), both),
    entry<ClockCounters, get_clock_counters>(number_of(kfd::Nr::get_clock_counters), both),
    entry<kfd::UpdateQueue, update_queue>(number_of(kfd::Nr::update_queue), in),
    entry<kfd::CreateEvent, create_event>(number_of(kfd::Nr::create_event), both),
    entry<kfd::EventNamed, destroy_event>(number_of(kfd::Nr::destroy_event), in),
    entry<kfd::EventNamed, set_event>(number_of(kfd::Nr::set_event), in),
    entry<kfd::EventNamed, reset_event>(number_of(kfd::Nr::reset_event), in),
    entry<kfd::WaitEvents, wait_events>(number_of(kfd::Nr::wait_events), both),
    entry<kfd::SetCuMask, set_cu_mask>(number_of(kfd::Nr::set_cu_mask), in),
    entry<kfd::Criu, criu>(number_of(kfd::Nr::criu_op), both, offsetof(kfd::Criu, pid)),
    entry<kfd::RuntimeEnable, enable_runtime>(number_of(kfd::Nr::runtime_enable), both),
    entry<kfd::DebugTrap, debug_trap>(
        number_of(kfd::Nr::debug_trap), both, offsetof(kfd::DebugTrap, pid)),
};

template <Absent nr, Verdict (*function)(Request&, AbsentArgument&)>
constexpr Entry absent(Directions directions) {
    return entry<AbsentArgument, function>(static_cast<std::uint32_t>(nr), directions);
}

// What the driver has and the emulator has not: refused as for a device that nobody knows.
constexpr std::array absent_entries{
    absent<Absent::set_memory_policy, refuse_unknown_device>(in),
    absent<Absent::get_process_apertures, tell_no_apertures>(out),
    absent<Absent::debug_register, refuse_obsolete>(in),
    absent<Absent::debug_unregister, refuse_obsolete>(in),
    absent<Absent::debug_address_watch, refuse_obsolete>(in),
    absent<Absent::debug_wave_control, refuse_obsolete>(in),
    absent<Absent::set_scratch_backing, refuse_unknown_device>(both),
    absent<Absent::get_tile_config, refuse_unknown_device>(both),
    absent<Absent::set_trap_handler, refuse_unknown_device>(in),
    absent<Absent::get_process_apertures_new, tell_no_new_apertures>(both),
    absent<Absent::acquire_vm, refuse_unknown_device>(in),
    absent<Absent::alloc_memory, refuse_unknown_device>(both),
    absent<Absent::free_memory, refuse_unknown_device>(in),
    absent<Absent::map_memory, refuse_mapping>(both),
    absent<Absent::unmap_memory, refuse_mapping>(both),
    absent<Absent::get_queue_wave_state, refuse_wave_state>(both),
    absent<Absent::get_dmabuf_info, refuse_unknown_device>(both),
    absent<Absent::import_dmabuf, refuse_unknown_device>(both),
    absent<Absent::alloc_queue_gws, refuse_unknown_device>(both),
    absent<Absent::smi_events, refuse_unknown_device>(both),
    absent<Absent::shared_virtual_memory, refuse_shared_memory>(both),
    absent<Absent::set_xnack_mode, refuse_obsolete>(both),
    absent<Absent::available_memory, refuse_unknown_device>(both),
    absent<Absent::export_dmabuf, refuse_unknown_device>(both),
};

constexpr Entry preempt_entry =
    entry<VendorPreemption, vendor_preempt>({}, both, offsetof(VendorPreemption, pid));
constexpr Entry resume_entry =
    entry<VendorPreemption, vendor_resume>({}, both, offsetof(VendorPreemption, pid));

const Entry* find(const DriverSettings& settings, std::uint32_t command) {
    const std::uint32_t nr = _IOC_NR(command);
    if (settings.vendor && nr == settings.vendor->preempt) {
        return &preempt_entry;
    }
    if (settings.vendor && nr == settings.vendor->resume) {
        return &resume_entry;
    }
    if (nr >= settings.kernel.numbers_end) {
        return nullptr;
    }
    const auto* const found = std::ranges::find(entries, nr, &Entry::number);
    if (found != entries.end()) {
        return found;
    }
    const auto* const absent = std::ranges::find(absent_entries, nr, &Entry::number);
    return absent == absent_entries.end() ? nullptr : absent;
}

// Of the argument, those that this kernel knows.
std::size_t known_bytes(const DriverSettings& settings, const Entry& entry) {
    return entry.number == number_of(kfd::Nr::create_queue)
               ? std::min(entry.argument_bytes, settings.kernel.create_queue_bytes)
               : entry.argument_bytes;
}

}  // namespace

bool is_known(const DriverSettings& settings, std::uint32_t command) {
    return find(settings, command) != nullptr;
}

Directions directions_of(const DriverSettings& settings, std::uint32_t command) {
    const Entry* const entry = find(settings, command);
    return entry != nullptr ? entry->directions : Directions{};
}

bool serves_tracers(std::uint32_t command) {
    return static_cast<kfd::Nr>(_IOC_NR(command)) == kfd::Nr::criu_op;
}

std::optional<std::uint32_t> named_process(const DriverSettings& settings,
                                           std::uint32_t command,
                                           std::span<const std::byte> argument) {
    const Entry* const entry = find(settings, command);
    std::uint32_t pid = 0;
    if (entry == nullptr || !entry->process_at ||
        argument.size() < *entry->process_at + sizeof(pid)) {
        return std::nullopt;
    }
    std::memcpy(&pid, argument.data() + *entry->process_at, sizeof(pid));
    return pid;
}

Verdict dispatch(Request& request, std::uint32_t command, std::vector<std::byte>& argument) {
    const DriverSettings& settings = request.machine.settings;
    const Entry* const entry = find(settings, command);
    if (entry == nullptr) {
        return settings.kernel.unknown_number;
    }
    const std::size_t known = known_bytes(settings, *entry);
    argument.resize(std::max(argument.size(), known));
    std::vector<std::byte> ours(entry->argument_bytes);
    std::ranges::copy(std::span(argument).first(known), ours.begin());
    Verdict verdict = entry->call(request, ours);
    std::ranges::copy(std::span(ours).first(known), argument.begin());
    return verdict;
}

}  // namespace penstock::emulator

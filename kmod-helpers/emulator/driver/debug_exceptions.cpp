// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/debug_exceptions.h"

#include <algorithm>
#include <cerrno>

namespace penstock::emulator {

namespace {

// By code; which of them there are is ABI.
constexpr std::uint64_t queue_exceptions = 0x607f'803f;     // Wave and packet errors, EC_QUEUE_NEW.
constexpr std::uint64_t device_exceptions = 0xf'8000'0000;  // Deletion, RAS, halt, fault, new.
constexpr std::uint64_t process_exceptions = 0x1'8000'0000'0000;
constexpr std::uint32_t most_codes = 64;

bool write(Request& request, std::uint64_t address, std::span<const std::byte> bytes) {
    return bytes.empty() || request.machine.ports.memory.write(request.caller.tgid, address, bytes);
}

// Where exceptions of this kind from this source are kept; null when there is no such source.
std::uint64_t* status_of(Request& request, Owner& target, std::uint64_t bit, std::uint32_t source) {
    if ((bit & process_exceptions) != 0) {
        return &target.exceptions;
    }
    if ((bit & device_exceptions) != 0 && request.machine.devices.has(source)) {
        return &target.device_exceptions[source];
    }
    if ((bit & queue_exceptions) != 0) {
        const auto queue = target.queues.find(source);
        return queue == target.queues.end() ? nullptr : &queue->second.exceptions;
    }
    return nullptr;
}

}  // namespace

Verdict query_exception(Request& request, Owner& target, ExceptionQuery& argument) {
    if (argument.info_address == 0 || argument.code == 0 || argument.code > most_codes) {
        return -EINVAL;
    }
    const std::uint64_t bit = 1ULL << (argument.code - 1);
    std::uint64_t* const status = status_of(request, target, bit, argument.source);
    if (status == nullptr) {
        return -EINVAL;
    }
    if ((*status & bit) == 0) {
        return -ENODATA;
    }
    // Only of the runtime is there more to tell.
    const auto info =
        std::as_bytes(std::span(&target.runtime, 1))
            .first(bit == kfd::exception_process_runtime ? sizeof(target.runtime) : 0);
    const std::size_t room = std::min<std::size_t>(argument.info_bytes, info.size());
    if (!write(request, argument.info_address, info.first(room))) {
        return -EFAULT;
    }
    argument.info_bytes = static_cast<std::uint32_t>(info.size());
    if ((argument.clears & 0xff) != 0) {
        *status &= ~bit;
    }
    return 0;
}

Verdict snapshot_devices(Request& request, Owner& target, DeviceSnapshot& argument) {
    if (argument.address == 0) {
        return -EINVAL;
    }
    const std::vector<PresetDevice> devices = request.machine.devices.descriptions();
    const std::uint32_t stride = argument.entry_bytes;
    const std::size_t told = std::min<std::size_t>(argument.count, devices.size());
    argument.count = static_cast<std::uint32_t>(devices.size());
    argument.entry_bytes = std::min<std::uint32_t>(stride, sizeof(DeviceSnapshotEntry));
    for (std::size_t at = 0; at < told; ++at) {
        std::uint64_t& status = target.device_exceptions[devices[at].gpu_id];
        const DeviceSnapshotEntry entry{.exception_status = status,
                                        .gpu_id = devices[at].gpu_id,
                                        .gfx_target_version = devices[at].gfx_target_version};
        status &= ~argument.clear_mask;
        const auto bytes = std::as_bytes(std::span(&entry, 1)).first(argument.entry_bytes);
        if (!write(request, argument.address + (at * stride), bytes)) {
            return -EFAULT;
        }
    }
    return 0;
}

}  // namespace penstock::emulator

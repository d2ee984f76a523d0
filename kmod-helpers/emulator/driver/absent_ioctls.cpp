// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/absent_ioctls.h"

#include <cerrno>

namespace penstock::emulator {

namespace {

// The largest array of device ids the driver allocates: 4 MiB.
constexpr std::uint32_t most_mapped_devices = (4U << 20) / sizeof(std::uint32_t);

}  // namespace

Verdict refuse_unknown_device(Request& /*request*/, AbsentArgument& /*argument*/) {
    return -EINVAL;
}

Verdict refuse_obsolete(Request& /*request*/, AbsentArgument& /*argument*/) {
    return -EPERM;
}

Verdict tell_no_apertures(Request& /*request*/, AbsentArgument& argument) {
    argument = {};
    return 0;
}

Verdict tell_no_new_apertures(Request& /*request*/, AbsentArgument& argument) {
    const std::uint32_t room = argument.words[2];
    return room == 0 ? 0 : -EINVAL;
}

// {u64 handle, u64 array of gpu ids, u32 how many, u32 how many of them were done before}.
Verdict refuse_mapping(Request& request, AbsentArgument& argument) {
    const std::uint32_t count = argument.words[4];
    if (count == 0 || argument.words[5] > count) {
        return -EINVAL;
    }
    if (count > most_mapped_devices) {
        return -ENOMEM;
    }
    const std::uint64_t address = argument.words[2] | static_cast<std::uint64_t>(argument.words[3])
                                                          << 32;
    std::vector<std::byte> ids(count * sizeof(std::uint32_t));
    const bool readable = request.machine.ports.memory.read(request.caller.tgid, address, ids);
    return readable ? -EINVAL : -EFAULT;
}

Verdict refuse_wave_state(Request& /*request*/, AbsentArgument& /*argument*/) {
    return -EFAULT;  // No queue has a saved state.
}

// {u64 start, u64 size, u32 op, u32 how many attributes, attributes of 8 bytes}.
Verdict refuse_shared_memory(Request& request, AbsentArgument& argument) {
    constexpr std::uint64_t fixed_bytes = 24;
    constexpr std::uint64_t attribute_bytes = 8;
    const std::uint64_t expected = fixed_bytes + (attribute_bytes * argument.words[5]);
    return request.passed_bytes < expected ? -EINVAL : -EPERM;
}

}  // namespace penstock::emulator

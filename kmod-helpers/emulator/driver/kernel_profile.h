// SPDX-License-Identifier: Apache-2.0
//
// Kernel profile: what of the driver's behaviour depends on the Linux release, as named facts.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace penstock::emulator {

// Which of the permission rules seen in the wild DBG_TRAP follows.
enum class PermissionRule : std::uint8_t {
    traced,    // Until 6.12.102: every call but DISABLE must come from the target's tracer.
    debugger,  // Since then: who enabled debugging may also go on after it detached.
};

struct KernelProfile {
    std::string_view name{};
    std::uint32_t abi_minor = 0;
    int unknown_number = 0;         // A negative errno.
    std::uint32_t numbers_end = 0;  // Of the ioctls: the first that is unknown.
    bool has_debug_trap = false;    // And RUNTIME_ENABLE.
    PermissionRule permission = PermissionRule::traced;
    // Without it a second PROCESS_INFO evicts again, but only one UNPAUSE is possible: a process
    // that is asked twice never runs again.
    bool evicts_once = false;
    std::size_t create_queue_bytes = 0;  // Of its argument that the driver knows.
    std::uint32_t highest_queue_type = 0;
};

[[nodiscard]] std::span<const KernelProfile> kernel_profiles();

// The newest, which is assumed unless told otherwise.
[[nodiscard]] const KernelProfile& newest_kernel();

}  // namespace penstock::emulator

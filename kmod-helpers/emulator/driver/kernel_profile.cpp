// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/kernel_profile.h"

#include <array>
#include <cerrno>

#include "kmod-helpers/abi/kfd_ioctl.h"

namespace penstock::emulator {

namespace {

constexpr std::size_t create_queue_before_6_12 = offsetof(kfd::CreateQueue, sdma_engine_id);

constexpr std::array profiles{
    KernelProfile{.name = "6.1",
                  .abi_minor = 11,
                  .unknown_number = -ENOTTY,
                  .numbers_end = 0x24,
                  .has_debug_trap = false,
                  .permission = PermissionRule::traced,
                  .evicts_once = false,
                  .create_queue_bytes = create_queue_before_6_12,
                  .highest_queue_type = kfd::queue_type_sdma_xgmi},
    KernelProfile{.name = "6.5",
                  .abi_minor = 14,
                  .unknown_number = -EINVAL,
                  .numbers_end = 0x27,
                  .has_debug_trap = true,
                  .permission = PermissionRule::traced,
                  .evicts_once = false,
                  .create_queue_bytes = create_queue_before_6_12,
                  .highest_queue_type = kfd::queue_type_sdma_xgmi},
    KernelProfile{.name = "6.12.117",
                  .abi_minor = 17,
                  .unknown_number = -ENOTTY,
                  .numbers_end = 0x27,
                  .has_debug_trap = true,
                  .permission = PermissionRule::debugger,
                  .evicts_once = true,
                  .create_queue_bytes = sizeof(kfd::CreateQueue),
                  .highest_queue_type = kfd::queue_type_sdma_by_engine},
};

}  // namespace

std::span<const KernelProfile> kernel_profiles() {
    return profiles;
}

const KernelProfile& newest_kernel() {
    return profiles.back();
}

}  // namespace penstock::emulator

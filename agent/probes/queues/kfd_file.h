// SPDX-License-Identifier: Apache-2.0
//
// KfdFile: which file is the KFD device, in the numbers that the kernel itself keeps in an inode.

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/result.h"

namespace penstock {

struct KfdFile {
    std::uint32_t rdev = 0;   // Of a character device; 0 for the emulator's regular file,
    std::uint64_t inode = 0;  // which these two name.
    std::uint32_t device = 0;
};

// User space sees device numbers in another encoding than kernel memory has.
[[nodiscard]] std::uint32_t kernel_device_number(dev_t number);

Result<KfdFile> identify_kfd(const std::string& path);

// The inode that names this process' pid namespace.
Result<std::uint32_t> own_pid_namespace();

}  // namespace penstock

// SPDX-License-Identifier: Apache-2.0
//
// Device files: the open files of the KFD device that another process has, and duplicates of them.
//
// The process may be hostile: it can change its descriptors at any moment, and own files on file
// systems that never answer. Looking at a descriptor therefore asks no file system, and a duplicate
// is looked at again.

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/fd.h"

namespace penstock::kfd {

// Tells the device from every other file: the driver's by its device number, wherever a container
// has its node, and the emulator's, a regular file, by its inode.
struct DeviceIdentity {
    bool character = false;
    std::uint64_t device = 0;  // Of the device itself, or of the file system with the file.
    std::uint64_t inode = 0;   // Only of a regular file.
    bool operator==(const DeviceIdentity&) const = default;

    // Does not open it: opening makes the driver keep a record of us.
    static Result<DeviceIdentity> of_path(const std::string& path);
    static Result<DeviceIdentity> of_file(const Fd& file);
};

inline constexpr std::size_t most_descriptors_looked_at = 4096;
inline constexpr std::size_t most_device_files = 16;

// Duplicates of the device's open files that the process has; never empty. The highest descriptor
// comes first: a file that came from the parent by fork(2), which acts on the parent's queues, has
// a lower one than the file that the process opened itself. Needs the right to trace the process.
[[nodiscard]] Result<std::vector<Fd>> borrow_device_files(const Fd& pidfd,
                                                          pid_t pid,
                                                          const DeviceIdentity& device);

}  // namespace penstock::kfd

// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/queues/kfd_file.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>

namespace penstock {

std::uint32_t kernel_device_number(dev_t number) {
    constexpr unsigned minor_bits = 20;
    return (major(number) << minor_bits) | minor(number);
}

Result<KfdFile> identify_kfd(const std::string& path) {
    struct stat seen{};
    if (::stat(path.c_str(), &seen) != 0) {
        return fail(errno, "look at " + path);
    }
    if (S_ISCHR(seen.st_mode)) {
        return KfdFile{.rdev = kernel_device_number(seen.st_rdev)};
    }
    if (S_ISREG(seen.st_mode)) {
        return KfdFile{.inode = seen.st_ino, .device = kernel_device_number(seen.st_dev)};
    }
    return fail(path + " is neither a character device nor an emulator's file");
}

Result<std::uint32_t> own_pid_namespace() {
    struct stat seen{};
    if (::stat("/proc/self/ns/pid", &seen) != 0) {
        return fail(errno, "look at /proc/self/ns/pid");
    }
    return static_cast<std::uint32_t>(seen.st_ino);
}

}  // namespace penstock

// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/server/mount.h"

#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

namespace penstock::emulator {

namespace {

bool is_dead_mount(const std::string& directory) {
    struct stat status{};
    return ::stat(directory.c_str(), &status) != 0 && errno == ENOTCONN;
}

}  // namespace

Result<Mount> Mount::at(const std::string& directory, const Fd& fuse) {
    if (is_dead_mount(directory) && ::umount2(directory.c_str(), MNT_DETACH) != 0) {
        return fail(errno, "unmount the dead emulator at " + directory);
    }
    const std::string options = fmt::format(
        "fd={},rootmode=40000,user_id=0,group_id=0,allow_other,default_permissions", fuse.get());
    constexpr unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    if (::mount("penstock-kfd-emulator",
                directory.c_str(),
                "fuse.penstock-kfd-emulator",
                flags,
                options.c_str()) != 0) {
        return fail(errno, "mount the emulator at " + directory);
    }
    return Mount(directory);
}

Mount::Mount(Mount&& other) noexcept : directory_(std::exchange(other.directory_, {})) {}

Mount::~Mount() {
    if (!directory_.empty()) {
        // FORCE ends every request under way: clients get an error instead of sleeping for ever.
        ::umount2(directory_.c_str(), MNT_FORCE | MNT_DETACH);
    }
}

}  // namespace penstock::emulator

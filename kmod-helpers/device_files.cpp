// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/device_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <system_error>

#include "base/pidfd.h"
#include "base/text.h"

namespace penstock::kfd {
namespace {

// Without AT_STATX_DONT_SYNC a FUSE file system of the process' own could keep us waiting for ever.
constexpr int ask_no_file_system = AT_STATX_DONT_SYNC;

std::optional<DeviceIdentity> look_at(int directory, const std::string& path, int flags) {
    struct statx seen{};
    if (::statx(directory, path.c_str(), flags, STATX_TYPE | STATX_INO, &seen) != 0) {
        return std::nullopt;
    }
    if (S_ISCHR(seen.stx_mode)) {
        return DeviceIdentity{.character = true,
                              .device = makedev(seen.stx_rdev_major, seen.stx_rdev_minor)};
    }
    return DeviceIdentity{.device = makedev(seen.stx_dev_major, seen.stx_dev_minor),
                          .inode = seen.stx_ino};
}

std::unexpected<Error> explain(int code, pid_t pid) {
    const std::string process = "process " + std::to_string(pid);
    if (code == ENOENT || code == ESRCH) {
        return fail(process + " has ended");
    }
    return fail(code, "look at the descriptors of " + process + " (needs CAP_SYS_PTRACE)");
}

struct Search {
    std::vector<int> found{};  // Descriptors that were the device when they were looked at.
    bool complete = true;
};

Result<Search> find_descriptors(pid_t pid, const DeviceIdentity& device) {
    const std::string folder = "/proc/" + std::to_string(pid) + "/fd";
    std::error_code trouble;
    std::filesystem::directory_iterator entry(folder, trouble);
    Search search;
    for (std::size_t looked_at = 0; !trouble && entry != std::filesystem::directory_iterator();
         entry.increment(trouble), ++looked_at) {
        if (looked_at == most_descriptors_looked_at) {
            search.complete = false;
            break;
        }
        const std::string path = entry->path().string();
        const auto number = parse_number<int>(entry->path().filename().string());
        if (number && look_at(AT_FDCWD, path, ask_no_file_system) == device) {
            search.found.push_back(*number);
        }
    }
    if (trouble) {
        return explain(trouble.value(), pid);
    }
    return search;
}

std::unexpected<Error> nothing_found(bool complete, pid_t pid) {
    const std::string process = "process " + std::to_string(pid);
    if (complete) {
        return fail(process + " has closed its device file");
    }
    return fail("none of the first " + std::to_string(most_descriptors_looked_at) +
                " descriptors of " + process + " is the device");
}

}  // namespace

Result<DeviceIdentity> DeviceIdentity::of_path(const std::string& path) {
    if (const auto seen = look_at(AT_FDCWD, path, 0)) {
        return *seen;
    }
    return fail(errno, "look at " + path);
}

Result<DeviceIdentity> DeviceIdentity::of_file(const Fd& file) {
    if (const auto seen = look_at(file.get(), "", AT_EMPTY_PATH | ask_no_file_system)) {
        return *seen;
    }
    return fail(errno, "look at descriptor " + std::to_string(file.get()));
}

Result<std::vector<Fd>> borrow_device_files(const Fd& pidfd,
                                            pid_t pid,
                                            const DeviceIdentity& device) {
    Result<Search> search = find_descriptors(pid, device);
    if (!search) {
        return std::unexpected(std::move(search).error());
    }
    std::ranges::sort(search->found, std::greater());
    search->found.resize(std::min(search->found.size(), most_device_files));
    std::vector<Fd> files;
    files.reserve(search->found.size());
    for (const int number : search->found) {
        Result<Fd> file = duplicate_from(pidfd, number);
        if (!file && file.error().code == EBADF) {
            continue;  // Closed meanwhile.
        }
        if (!file) {
            return explain(file.error().code, pid);
        }
        // A process that has put a file of its own there makes our close() wait for as long as it
        // likes; the agent ends a gate that has stopped answering.
        if (DeviceIdentity::of_file(*file) == device) {
            files.push_back(std::move(*file));
        }
    }
    if (files.empty()) {
        return nothing_found(search->complete, pid);
    }
    return files;
}

}  // namespace penstock::kfd

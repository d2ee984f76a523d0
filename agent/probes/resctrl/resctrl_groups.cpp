// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/resctrl/resctrl_groups.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/fd.h"

namespace penstock {

Result<> KernelResctrlGroups::make(const std::string& name) {
    const std::string path = folder_ + name;
    constexpr mode_t for_all_to_read = 0755;
    if (::mkdir(path.c_str(), for_all_to_read) != 0) {
        return fail(errno, "make " + path);
    }
    return {};
}

Result<> KernelResctrlGroups::remove(const std::string& name) {
    const std::string path = folder_ + name;
    if (::rmdir(path.c_str()) != 0) {
        return fail(errno, "remove " + path);
    }
    return {};
}

Result<> KernelResctrlGroups::move(const std::string& name, std::uint32_t thread) {
    const std::string path = folder_ + name + "/tasks";
    const Result<Fd> tasks = open_path(path, O_WRONLY);
    if (!tasks) {
        return std::unexpected(tasks.error());
    }
    const std::string line = std::to_string(thread) + "\n";
    if (::write(tasks->get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
        return fail(errno, "move thread " + std::to_string(thread) + " to " + path);
    }
    return {};
}

}  // namespace penstock

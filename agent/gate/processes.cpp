// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/processes.h"

#include <poll.h>

#include <filesystem>

#include "agent/gate/owner_memory.h"
#include "base/text.h"
#include "base/tree.h"

namespace penstock::gate {

Result<> KernelProcesses::check(int pidfd, pid_t pid) {
    const Result<std::string> status = Tree("/proc/self/fdinfo").read(std::to_string(pidfd));
    if (!status) {
        return std::unexpected(status.error());
    }
    const auto named = value_of(*status, "Pid");
    if (!named) {
        return fail("the descriptor that came with pid " + std::to_string(pid) + " is not a pidfd");
    }
    if (parse_number<pid_t>(*named) != pid) {
        return fail("the pidfd is that of process " + printable(*named) + ", expected " +
                    std::to_string(pid));
    }
    pollfd ended{.fd = pidfd, .events = POLLIN, .revents = 0};
    if (::poll(&ended, 1, 0) != 0) {
        return fail("process " + std::to_string(pid) + " has ended");
    }
    return {};
}

Result<std::unique_ptr<OwnerMemory>> KernelProcesses::memory_of(pid_t pid) {
    return ProcessMemory::open(pid);
}

std::string KernelProcesses::program_of(int pidfd, pid_t pid) {
    std::error_code unreadable;  // Leaves the path empty.
    const auto path =
        std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/exe", unreadable);
    // A part of a path is another path. And what was read may be the next process' with the pid.
    const bool whole = path.native().size() <= wire::longest_text;
    return whole && check(pidfd, pid) ? printable(path.native(), wire::longest_text) : "";
}

}  // namespace penstock::gate

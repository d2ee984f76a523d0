// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/owner_memory.h"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <limits>

namespace penstock::gate {

Result<std::unique_ptr<OwnerMemory>> ProcessMemory::open(pid_t pid) {
    Result<Fd> file = open_path("/proc/" + std::to_string(pid) + "/mem", O_RDONLY);
    if (!file) {
        return std::unexpected(std::move(file).error());
    }
    return std::make_unique<ProcessMemory>(pid, std::move(*file));
}

std::optional<Pointers> ProcessMemory::pointers(std::uint64_t write_address,
                                                std::uint64_t read_address) {
    Pointers found;
    // The read pointer first: the write pointer can only grow between the two, so that an owner
    // which submits and consumes meanwhile never looks as if it had read more than it wrote.
    std::array<iovec, 2> ours = {{{.iov_base = &found.read, .iov_len = sizeof(found.read)},
                                  {.iov_base = &found.written, .iov_len = sizeof(found.written)}}};
    std::array<iovec, 2> theirs = {
        {{.iov_base = std::bit_cast<void*>(read_address), .iov_len = sizeof(found.read)},
         {.iov_base = std::bit_cast<void*>(write_address), .iov_len = sizeof(found.written)}}};
    const ssize_t got =
        ::process_vm_readv(pid_, ours.data(), ours.size(), theirs.data(), theirs.size(), 0);
    if (got == static_cast<ssize_t>(sizeof(found.read) + sizeof(found.written))) {
        return found;
    }
    // Pointers in the driver's own pages (VM_PFNMAP) are out of its reach, but not of this file's.
    if (read_word(read_address, found.read) && read_word(write_address, found.written)) {
        return found;
    }
    return std::nullopt;
}

bool ProcessMemory::read_word(std::uint64_t address, std::uint64_t& value) const {
    if (address > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max())) {
        return false;  // Not a user address, and a negative offset for pread(2).
    }
    const ssize_t got = ::pread(file_.get(), &value, sizeof(value), static_cast<off_t>(address));
    return got == static_cast<ssize_t>(sizeof(value));
}

}  // namespace penstock::gate

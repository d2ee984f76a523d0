// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/server/process_memory.h"

#include <fcntl.h>
#include <unistd.h>

#include <string>

namespace penstock::emulator {

Result<ProcessMemory> ProcessMemory::of(std::uint32_t tgid) {
    const std::string path = "/proc/" + std::to_string(tgid) + "/pagemap";
    Result<Fd> pagemap = owned(::open(path.c_str(), O_RDONLY | O_CLOEXEC), "open " + path);
    if (!pagemap) {
        return std::unexpected(pagemap.error());
    }
    return ProcessMemory(std::move(*pagemap));
}

bool ProcessMemory::in_use() const {
    // Less than an entry is refused, but not before the kernel has seen whether the memory is still
    // there: without it, the file is at its end. A read of /proc/PID/mem would tell the same, but
    // take the memory's lock.
    char part_of_an_entry = 0;
    return ::pread(pagemap_.get(), &part_of_an_entry, sizeof(part_of_an_entry), 0) != 0;
}

}  // namespace penstock::emulator

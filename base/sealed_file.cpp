// SPDX-License-Identifier: Apache-2.0

#include "base/sealed_file.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <cerrno>

namespace penstock {
Result<Fd> sealed_file(const char* name, std::string_view text) {
    Result<Fd> file =
        owned(::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING), "make a file in memory");
    if (!file) {
        return file;
    }
    if (Result<> written = write_all(*file, text, "write a file in memory"); !written) {
        return std::unexpected(std::move(written).error());
    }
    constexpr int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
    if (::fcntl(file->get(), F_ADD_SEALS, seals) != 0) {
        return fail(errno, "seal a file in memory");
    }
    // Opened again, because only a new description can be for reading alone; and it has a position
    // of its own, the beginning.
    return open_path("/proc/self/fd/" + std::to_string(file->get()), O_RDONLY);
}

}  // namespace penstock

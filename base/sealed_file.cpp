// SPDX-License-Identifier: Apache-2.0

#include "base/sealed_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

namespace penstock {
namespace {

Result<> write_all(const Fd& file, std::string_view rest) {
    while (!rest.empty()) {
        const ssize_t written = ::write(file.get(), rest.data(), rest.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return fail(errno, "write a file in memory");
        }
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

}  // namespace

Result<Fd> sealed_file(const char* name, std::string_view text) {
    Result<Fd> file =
        owned(::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING), "make a file in memory");
    if (!file) {
        return file;
    }
    if (Result<> written = write_all(*file, text); !written) {
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

// SPDX-License-Identifier: Apache-2.0

#include "base/sealed_page.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

namespace penstock {

Result<SealedPage> SealedPage::make(const char* name, std::size_t bytes) {
    Result<Fd> file =
        owned(::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING), "make a file in memory");
    if (!file) {
        return std::unexpected(std::move(file).error());
    }
    if (::ftruncate(file->get(), static_cast<off_t>(bytes)) != 0) {
        return fail(errno, "give a file in memory its length");
    }
    Result<Mapping> memory = Mapping::open(*file, 0, bytes, Mapping::Access::read_write);
    if (!memory) {
        return std::unexpected(std::move(memory).error());
    }
    // Last, because what is mapped for writing already stays so.
    constexpr int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE;
    if (::fcntl(file->get(), F_ADD_SEALS, seals) != 0) {
        return fail(errno, "seal a file in memory");
    }
    return SealedPage(*std::move(file), *std::move(memory));
}

Result<Fd> SealedPage::reader() const {
    return open_path("/proc/self/fd/" + std::to_string(file_.get()), O_RDONLY);
}

}  // namespace penstock

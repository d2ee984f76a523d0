// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/server/shared_memory.h"

#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include "kmod-helpers/emulator/fuse_abi.h"

namespace penstock::emulator {

Result<SharedMemory> SharedMemory::make() {
    Result<Fd> file = owned(::memfd_create("penstock-doorbells", MFD_CLOEXEC), "make a memfd");
    if (!file) {
        return std::unexpected(file.error());
    }
    if (::ftruncate(file->get(), static_cast<off_t>(bytes)) != 0) {
        return fail(errno, "size the memfd");
    }
    return SharedMemory(std::move(*file));
}

Result<std::int32_t> SharedMemory::offer_to(const Fd& fuse) const {
    fuse::BackingMap backing{.fd = file_.get()};
    const int id = ::ioctl(fuse.get(), fuse::backing_open, &backing);
    if (id < 0) {
        return fail(errno, "pass mappings through to a memfd");
    }
    return id;
}

}  // namespace penstock::emulator

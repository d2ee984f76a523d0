// SPDX-License-Identifier: Apache-2.0

#include "base/mapping.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

namespace penstock {

Result<Mapping> Mapping::open(const Fd& map,
                              std::size_t offset,
                              std::size_t length,
                              Access access) {
    const int protection = access == Access::read_only ? PROT_READ : PROT_READ | PROT_WRITE;
    void* start =
        ::mmap(nullptr, length, protection, MAP_SHARED, map.get(), static_cast<off_t>(offset));
    if (start == MAP_FAILED) {
        return fail(errno, "map shared memory");
    }
    return Mapping(static_cast<std::byte*>(start), length);
}

Result<Mapping> Mapping::reserve(std::size_t length) {
    void* start = ::mmap(nullptr, length, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) {
        return fail(errno, "reserve memory");
    }
    return Mapping(static_cast<std::byte*>(start), length);
}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
    std::swap(start_, other.start_);
    std::swap(length_, other.length_);
    return *this;
}

Mapping::~Mapping() {
    if (start_ != nullptr) {
        ::munmap(start_, length_);
    }
}

std::size_t whole_pages(std::size_t bytes) {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return (bytes + page - 1) / page * page;
}

}  // namespace penstock

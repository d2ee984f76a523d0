// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/memory.h"

#include <sys/mman.h>

#include <bit>
#include <cerrno>

namespace penstock::workload {

namespace {

constexpr std::size_t page_bytes = 4096;

}  // namespace

Result<Memory> Memory::map(std::size_t bytes) {
    const std::size_t length = (bytes + page_bytes - 1) / page_bytes * page_bytes;
    void* start = ::mmap(
        nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (start == MAP_FAILED) {
        return fail(errno, "map memory for a queue");
    }
    return Memory(std::span(static_cast<std::byte*>(start), length));
}

Memory& Memory::operator=(Memory&& other) noexcept {
    if (this != &other) {
        unmap();
        bytes_ = std::exchange(other.bytes_, {});
    }
    return *this;
}

std::uint64_t Memory::address(std::size_t offset) const {
    return std::bit_cast<std::uint64_t>(bytes_.data()) + offset;
}

void Memory::unmap() {
    if (!bytes_.empty()) {
        ::munmap(bytes_.data(), bytes_.size());
        bytes_ = {};
    }
}

}  // namespace penstock::workload

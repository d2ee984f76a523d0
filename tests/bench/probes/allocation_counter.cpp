// SPDX-License-Identifier: Apache-2.0

#include "tests/bench/probes/allocation_counter.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> count = 0;

}  // namespace

namespace penstock::bench {

std::size_t allocations() {
    return count;
}

}  // namespace penstock::bench

// Replaces the program's own, so that every allocation is seen. Not inlined: gcc would see new and
// free() meet, and warn.
[[gnu::noinline]] void* operator new(std::size_t size) {
    ++count;
    if (void* memory = std::malloc(size)) {  // NOLINT(cppcoreguidelines-owning-memory)
        return memory;
    }
    throw std::bad_alloc();
}

// The standard library's sorts take their buffers from this one.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t& /*quiet*/) noexcept {
    ++count;
    return std::malloc(size);  // NOLINT(cppcoreguidelines-owning-memory)
}

[[gnu::noinline]] void operator delete(void* memory) noexcept {
    std::free(memory);  // NOLINT(cppcoreguidelines-owning-memory)
}

[[gnu::noinline]] void operator delete(void* memory, std::size_t /*size*/) noexcept {
    std::free(memory);  // NOLINT(cppcoreguidelines-owning-memory)
}

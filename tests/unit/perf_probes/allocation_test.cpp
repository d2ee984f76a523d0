// SPDX-License-Identifier: Apache-2.0
//
// Reading counters allocates nothing: it happens a hundred times a second in the agent's only
// thread.

#include <cstdlib>
#include <new>

#include "tests/unit/perf_probes/bench.h"

namespace {

std::size_t allocations = 0;

}  // namespace

// Replaces the program's own, so that every allocation is seen. Not inlined: gcc would see new and
// free() meet, and warn.
[[gnu::noinline]] void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size)) {  // NOLINT(cppcoreguidelines-owning-memory)
        return memory;
    }
    throw std::bad_alloc();
}

[[gnu::noinline]] void operator delete(void* memory) noexcept {
    std::free(memory);  // NOLINT(cppcoreguidelines-owning-memory)
}

[[gnu::noinline]] void operator delete(void* memory, std::size_t /*size*/) noexcept {
    std::free(memory);  // NOLINT(cppcoreguidelines-owning-memory)
}

namespace penstock {
namespace {

using fakes::Bench;
using std::chrono::seconds;

// Allocations of ten reads a second apart, so that each looks at the masks too.
std::size_t allocations_of_reads(Bench& bench) {
    EXPECT_TRUE(bench.read(seconds(1)));
    EXPECT_TRUE(bench.read(seconds(2)));
    const std::size_t before = allocations;
    bool open = true;
    for (int second = 3; second <= 12; ++second) {
        open = bench.read(seconds(second)) && open;
    }
    const std::size_t made = allocations - before;
    EXPECT_TRUE(open);
    return made;
}

TEST(CountingSourceRead, allocates_nothing_once_warmed_up) {
    Bench bench(kinds::uncore_imc);
    fakes::add_boxes(bench.machine, fakes::granite_rapids_imc(), 12);
    ASSERT_EQ(bench.why_not(), "");
    EXPECT_EQ(allocations_of_reads(bench), 0U);
}

TEST(CountingSourceRead, allocates_nothing_while_a_failure_lasts) {
    Bench bench(kinds::uncore_imc);
    fakes::add_boxes(bench.machine, fakes::granite_rapids_imc(), 12);
    ASSERT_EQ(bench.why_not(), "");
    bench.machine.break_counters(EIO);
    EXPECT_EQ(allocations_of_reads(bench), 0U);
}

}  // namespace
}  // namespace penstock

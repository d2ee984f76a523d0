// SPDX-License-Identifier: Apache-2.0

#include "client/libpenstock/operation_log.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/clock.h"

#ifdef __x86_64__
#include <cpuid.h>
#include <x86intrin.h>
#endif

namespace penstock::client {
namespace {

constexpr unsigned steps = 8;  // Of a doubling.

#ifdef __x86_64__
// Whether the counter runs at one speed whatever the processor does, as Linux' own clock needs it.
bool counts_evenly() {
    constexpr unsigned power_leaf = 0x80000007;
    constexpr unsigned invariant_bit = 8;
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    return __get_cpuid(power_leaf, &a, &b, &c, &d) != 0 && ((d >> invariant_bit) & 1U) != 0;
}

const bool counter_is_even = counts_evenly();
#endif

}  // namespace

std::uint64_t ticks_now() {
#ifdef __x86_64__
    if (counter_is_even) {
        return __rdtsc();
    }
#endif
    return static_cast<std::uint64_t>(to_ns(monotonic_now()));
}

OperationLog::OperationLog() : began_ticks_(ticks_now()), began_(monotonic_now()) {}

std::size_t OperationLog::bucket_of(std::uint64_t ticks) {
    if (ticks < steps) {
        return ticks;
    }
    const auto doublings = static_cast<unsigned>(std::bit_width(ticks)) - 4;
    return (std::size_t{doublings + 1} * steps) + ((ticks >> doublings) & (steps - 1));
}

double OperationLog::middle_of(std::size_t bucket) {
    if (bucket < steps) {
        return static_cast<double>(bucket);
    }
    const double width = std::ldexp(1.0, static_cast<int>(bucket / steps) - 1);
    return (static_cast<double>(steps + (bucket % steps)) + 0.5) * width;
}

OperationLog::Figures OperationLog::figures() const {
    std::array<std::uint64_t, buckets> counts{};
    Figures sum;
    for (std::size_t each = 0; each < buckets; ++each) {
        counts[each] = buckets_[each].load(std::memory_order_relaxed);
        sum.count += counts[each];
    }
    sum.waits = waits_.load(std::memory_order_relaxed);
    sum.waited = Duration(static_cast<std::int64_t>(waited_ns_.load(std::memory_order_relaxed)));
    if (sum.count == 0) {
        return sum;
    }
    const double passed_ticks =
        static_cast<double>(std::max<std::uint64_t>(ticks_now() - began_ticks_, 1));
    const double ns_per_tick =
        static_cast<double>((monotonic_now() - began_).count()) / passed_ticks;
    const auto time_of = [&](double ticks) { return Duration(std::llround(ticks * ns_per_tick)); };
    const auto total = static_cast<double>(ticks_.load(std::memory_order_relaxed));
    sum.total = time_of(total);
    sum.mean = time_of(total / static_cast<double>(sum.count));
    const std::uint64_t above = sum.count / 100;  // So many may be longer than the 99th percentile.
    std::uint64_t longer = 0;
    for (std::size_t each = buckets; each-- > 0;) {
        longer += counts[each];
        if (longer > above) {
            sum.p99 = time_of(middle_of(each));
            break;
        }
    }
    return sum;
}

}  // namespace penstock::client

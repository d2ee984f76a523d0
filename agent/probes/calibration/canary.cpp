// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/canary.h"

#include <sys/resource.h>

#include <algorithm>
#include <bit>

#include "base/clock.h"

namespace penstock::calibration {
namespace {

constexpr std::size_t hops = 512;
constexpr std::size_t row_lines = 256 * 1024 / sizeof(Line);

// How often this thread had to leave its processor although it had work.
long preemptions() {
    rusage usage{};
    ::getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nivcsw;
}

double nanoseconds(Duration duration, std::size_t lines) {
    return static_cast<double>(duration.count()) / static_cast<double>(lines);
}

}  // namespace

Canary::Canary(LineBuffer buffer, Steal steal)
    : buffer_(std::move(buffer)), steal_(std::move(steal)) {
    const std::size_t half = buffer_.lines().size() / 2;
    ring_ = buffer_.lines().first(std::bit_floor(half));
    row_ = buffer_.lines().last(half);
    link_ring(ring_);
    std::ranges::fill(row_, Line{});
}

Result<std::unique_ptr<Canary>> Canary::make(Machine& machine, std::uint64_t buffer_bytes) {
    if (buffer_bytes / sizeof(Line) / 2 < row_lines) {
        return fail("a canary needs memory for " + std::to_string(2 * row_lines) + " lines");
    }
    Result<LineBuffer> buffer = LineBuffer::make(buffer_bytes);
    if (!buffer) {
        return std::unexpected(std::move(buffer).error());
    }
    return std::unique_ptr<Canary>(new Canary(std::move(*buffer), Steal(machine)));
}

void Canary::follow_pointers() {
    ring_at_ = chase(ring_, ring_at_, hops);
}

void Canary::read_on() {
    if (row_at_ + row_lines > row_.size()) {
        row_at_ = 0;
    }
    checksum_ += offered_kernels().front().read(row_.subspan(row_at_, row_lines));
    row_at_ += row_lines;
}

ProbeSample Canary::look() {
    const long preempted = preemptions();
    const TimePoint begun = monotonic_now();
    follow_pointers();
    const TimePoint followed = monotonic_now();
    read_on();
    const TimePoint read = monotonic_now();
    const bool stolen = steal_.has_grown();
    return {.chase_ns = nanoseconds(followed - begun, hops),
            .read_ns = nanoseconds(read - followed, row_lines),
            .disturbed = stolen || preemptions() != preempted};
}

}  // namespace penstock::calibration

// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/stream_crew.h"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "agent/probes/calibration/processors.h"
#include "base/clock.h"

namespace penstock::calibration {
namespace {

// Between two looks at whether the turn has ended: 256 KiB, some 20 us.
constexpr std::size_t lines_at_a_time = 4096;

double seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

}  // namespace

StreamCrew::StreamCrew(std::vector<int> processors, LineBuffer buffer)
    : processors_(std::move(processors)), buffer_(std::move(buffer)) {}

Result<std::unique_ptr<StreamCrew>> StreamCrew::start(std::vector<int> processors,
                                                      std::uint64_t buffer_bytes) {
    Result<LineBuffer> buffer = LineBuffer::make(buffer_bytes);
    if (!buffer) {
        return std::unexpected(std::move(buffer).error());
    }
    if (processors.empty() || buffer->lines().size() / processors.size() < 2) {
        return fail("streaming needs a processor, and two lines of memory for each");
    }
    std::unique_ptr<StreamCrew> crew(new StreamCrew(std::move(processors), std::move(*buffer)));
    if (const Result<> gathered = crew->gather(); !gathered) {
        return std::unexpected(gathered.error());
    }
    return crew;
}

Result<> StreamCrew::gather() {
    std::unique_lock holding(lock_);
    try {
        for (std::size_t self = 0; self < processors_.size(); ++self) {
            threads_.emplace_back([this, self] { serve(self); });
            ++busy_;
        }
    } catch (const std::system_error& refused) {
        return fail(refused.code().value(), "start a thread that streams");
    }
    changed_.wait(holding, [&] { return busy_ == 0; });
    if (trouble_ != 0) {
        return fail(trouble_, "bind a thread to its processor");
    }
    return {};
}

StreamCrew::~StreamCrew() {
    {
        const std::scoped_lock holding(lock_);
        leaving_ = true;
        stopping_ = true;
        changed_.notify_all();
    }
    for (std::thread& thread : threads_) {
        thread.join();
    }
}

void StreamCrew::begin(StreamKind kind, Members who) {
    const std::scoped_lock holding(lock_);
    stopping_ = false;
    kind_ = kind;
    who_ = {.first = std::min(who.first, threads_.size()),
            .count = std::min(who.count, threads_.size() - std::min(who.first, threads_.size()))};
    busy_ = who_.count;
    rate_ = 0;
    ++turn_;
    changed_.notify_all();
}

double StreamCrew::end() {
    stopping_ = true;
    std::unique_lock holding(lock_);
    changed_.wait(holding, [&] { return busy_ == 0; });
    return rate_;
}

std::span<Line> StreamCrew::part_of(std::size_t self) const {
    const std::size_t each = buffer_.lines().size() / processors_.size();
    return buffer_.lines().subspan(self * each, each);
}

void StreamCrew::serve(std::size_t self) {
    const int refused = bind_to_processor(processors_[self]);
    const std::span<Line> part = part_of(self);
    std::ranges::fill(part, Line{});
    std::unique_lock holding(lock_);
    trouble_ = refused != 0 ? refused : trouble_;
    std::uint64_t seen = 0;
    const auto rest = [&] {
        --busy_;
        changed_.notify_all();
    };
    rest();
    while (true) {
        changed_.wait(holding, [&] { return leaving_ || turn_ != seen; });
        if (leaving_) {
            return;
        }
        seen = turn_;
        if (self < who_.first || self - who_.first >= who_.count) {
            continue;
        }
        const StreamKind kind = kind_;
        holding.unlock();
        const double rate = stream(kind, part);
        holding.lock();
        rate_ += rate;
        rest();
    }
}

double StreamCrew::stream(StreamKind kind, std::span<Line> part) {
    const StreamKernels& kernels = offered_kernels().front();
    // A copy goes from one half to the other.
    const std::span<Line> from = kind == StreamKind::copy ? part.first(part.size() / 2) : part;
    const std::span<Line> target = part.last(part.size() / 2);
    std::uint64_t bytes = 0;
    std::uint64_t sum = 0;
    std::size_t at = 0;
    const TimePoint begun = monotonic_now();
    while (!stopping_.load(std::memory_order_relaxed)) {
        const std::size_t count = std::min(lines_at_a_time, from.size() - at);
        const std::span<Line> piece = from.subspan(at, count);
        switch (kind) {
            case StreamKind::read:
                sum += kernels.read(piece);
                break;
            case StreamKind::write:
                kernels.write(piece, bytes);
                break;
            case StreamKind::copy:
                kernels.copy(target.subspan(at, count), piece);
                break;
        }
        bytes += piece.size_bytes() * (kind == StreamKind::copy ? 2 : 1);
        at = at + count < from.size() ? at + count : 0;
    }
    const Duration took = monotonic_now() - begun;
    checksum_ += sum;
    return took > Duration{} ? static_cast<double>(bytes) / seconds(took) : 0;
}

}  // namespace penstock::calibration

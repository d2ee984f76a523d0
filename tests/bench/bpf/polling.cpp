// SPDX-License-Identifier: Apache-2.0
//
// Polling: the fallback without BPF as a curve. For each period, how late a move is seen by reading
// the submitter's memory on a timer, and what that costs the reader.

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <time.h>  // NOLINT(modernize-deprecated-headers): clock_nanosleep() is POSIX.

#include <array>
#include <cerrno>
#include <cstdio>
#include <exception>

#include "base/clock.h"
#include "tests/bench/bpf/distribution.h"
#include "tests/bench/bpf/stamped_submitter.h"

namespace penstock::bench {
namespace {

constexpr std::array periods_us{100, 200, 500, 1000};
constexpr Duration length = std::chrono::seconds(4);  // Of each period; over 1000 moves.

std::int64_t cpu_ns() {
    timespec used{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    constexpr std::int64_t ns_per_s = 1'000'000'000;
    return (used.tv_sec * ns_per_s) + used.tv_nsec;
}

void sleep_until(TimePoint when) {
    constexpr std::int64_t ns_per_s = 1'000'000'000;
    const timespec at{.tv_sec = to_ns(when) / ns_per_s, .tv_nsec = to_ns(when) % ns_per_s};
    ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr);
}

Result<std::uint64_t> read_counter(const StampedSubmitter& submitter) {
    std::uint64_t value = 0;
    const iovec here{.iov_base = &value, .iov_len = sizeof(value)};
    // NOLINTNEXTLINE(performance-no-int-to-ptr): an address of the other process.
    auto* const counter = reinterpret_cast<void*>(submitter.counter_address());
    const iovec there{.iov_base = counter, .iov_len = sizeof(value)};
    if (::process_vm_readv(submitter.pid(), &here, 1, &there, 1, 0) != sizeof(value)) {
        return fail(errno, "read the submitter's counter");
    }
    return value;
}

Result<nlohmann::json> measure(Duration period) {
    const Result<StampedSubmitter> submitter = StampedSubmitter::start(Habit::blocks);
    if (!submitter) {
        return std::unexpected(submitter.error());
    }
    Distribution late;
    std::uint64_t last = 0;
    const TimePoint start = monotonic_now();
    const std::int64_t cpu = cpu_ns();
    TimePoint next = start;
    TimePoint now = start;
    while (now < start + length) {
        next = std::max(next + period, now);
        sleep_until(next);
        const Result<std::uint64_t> written = read_counter(*submitter);
        if (!written) {
            return std::unexpected(written.error());
        }
        now = monotonic_now();
        if (*written != last) {
            last = *written;
            late.add(to_ns(now) - submitter->moved_at(last));
        }
    }
    nlohmann::json point = late.microseconds();
    point["period_us"] = std::chrono::duration_cast<std::chrono::microseconds>(period).count();
    point["reader_cpu_percent"] =
        100.0 * static_cast<double>(cpu_ns() - cpu) / static_cast<double>((now - start).count());
    return point;
}

Result<nlohmann::json> run() {
    ::prctl(PR_SET_TIMERSLACK, 1);
    nlohmann::json curve = nlohmann::json::array();
    for (const int period : periods_us) {
        Result<nlohmann::json> point = measure(std::chrono::microseconds(period));
        if (!point) {
            return point;
        }
        curve.push_back(std::move(*point));
    }
    return nlohmann::json{{"benchmark", "polling"}, {"curve", std::move(curve)}};
}

}  // namespace
}  // namespace penstock::bench

int main() try {
    const auto line = penstock::bench::run();
    std::puts(line ? line->dump().c_str() : line.error().message().c_str());
    return line ? 0 : 1;
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}

// SPDX-License-Identifier: Apache-2.0
//
// Switch cost: what the pointer watch adds to every context switch of the machine.
//
// Two processes on one processor hand each other a byte through pipes. Rounds without the program,
// with it, and with it while another process is watched follow each other, so that all three see
// the same machine; each variant's figure is the smallest of its rounds, and the median beside it.

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "agent/probes/queues/pointer_watch.h"
#include "base/clock.h"
#include "tests/bench/bpf/distribution.h"
#include "tests/bench/bpf/stamped_submitter.h"

namespace penstock::bench {
namespace {

constexpr int rounds = 20;
constexpr int exchanges = 20'000;

enum class Variant : std::uint8_t { off, unwatched, other_watched };

constexpr std::array variants{Variant::off, Variant::unwatched, Variant::other_watched};

// The partner's ends of two pipes, and ours.
struct Pipes {
    std::array<int, 2> there{};
    std::array<int, 2> back{};
};

[[noreturn]] void return_every_byte(const Pipes& pipes) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    char byte = 0;
    while (::read(pipes.there[0], &byte, 1) == 1) {
        static_cast<void>(::write(pipes.back[1], &byte, 1));
    }
    ::_exit(0);
}

std::int64_t ns_per_switch(const Pipes& pipes) {
    char byte = 0;
    const TimePoint start = monotonic_now();
    for (int i = 0; i < exchanges; ++i) {
        static_cast<void>(::write(pipes.there[1], &byte, 1));
        static_cast<void>(::read(pipes.back[0], &byte, 1));
    }
    return (monotonic_now() - start).count() / (2L * exchanges);
}

Result<std::int64_t> measure(Variant variant, const Pipes& pipes, const StampedSubmitter& other) {
    if (variant == Variant::off) {
        return ns_per_switch(pipes);
    }
    Result<PointerWatch> watch = PointerWatch::open(Tree("/proc"));
    if (!watch) {
        return std::unexpected(std::move(watch).error());
    }
    if (variant == Variant::other_watched) {
        const PointerWatch::Pointer pointer{.slot = watch->take_slot().value_or(0),
                                            .write_address = other.counter_address()};
        const Result<> watched = watch->watch(other.pidfd(), other.pid(), std::span(&pointer, 1));
        if (!watched) {
            return std::unexpected(watched.error());
        }
    }
    return ns_per_switch(pipes);
}

nlohmann::json report(std::array<Distribution, variants.size()>& seen) {
    nlohmann::json line{{"benchmark", "switch_cost"}, {"rounds", rounds}};
    constexpr std::array names{"off", "unwatched", "other_watched"};
    for (std::size_t i = 0; i < variants.size(); ++i) {
        line[names[i]] = {{"min_ns", seen[i].quantile(0)}, {"median_ns", seen[i].quantile(0.5)}};
    }
    line["added_min_ns"] = seen[2].quantile(0) - seen[0].quantile(0);
    line["added_median_ns"] = seen[2].quantile(0.5) - seen[0].quantile(0.5);
    line["added_unwatched_min_ns"] = seen[1].quantile(0) - seen[0].quantile(0);
    line["added_unwatched_median_ns"] = seen[1].quantile(0.5) - seen[0].quantile(0.5);
    return line;
}

// Inherited by the partner. Real-time, so that other work of the machine is not timed as well;
// where that is refused, the median says less.
void keep_to_one_processor() {
    cpu_set_t one{};
    CPU_SET(0, &one);
    ::sched_setaffinity(0, sizeof(one), &one);
    const sched_param low{.sched_priority = 1};
    static_cast<void>(::sched_setscheduler(0, SCHED_FIFO, &low));
}

Result<nlohmann::json> run() {
    const Result<StampedSubmitter> other = StampedSubmitter::start(Habit::blocks);
    if (!other) {
        return std::unexpected(other.error());
    }
    keep_to_one_processor();
    Pipes pipes;
    if (::pipe2(pipes.there.data(), O_CLOEXEC) != 0 || ::pipe2(pipes.back.data(), O_CLOEXEC) != 0) {
        return fail(errno, "make pipes");
    }
    const pid_t partner = ::fork();
    if (partner == 0) {
        return_every_byte(pipes);
    }
    std::array<Distribution, variants.size()> seen;
    Result<> trouble;
    for (int round = 0; trouble && round < rounds; ++round) {
        for (std::size_t i = 0; trouble && i < variants.size(); ++i) {
            const auto ns = measure(variants[i], pipes, *other);
            if (ns) {
                seen[i].add(*ns);
            } else {
                trouble = std::unexpected(ns.error());
            }
        }
    }
    ::kill(partner, SIGKILL);
    ::waitpid(partner, nullptr, 0);
    if (!trouble) {
        return std::unexpected(trouble.error());
    }
    return report(seen);
}

}  // namespace
}  // namespace penstock::bench

int main() {
    const auto line = penstock::bench::run();
    std::puts(line ? line->dump().c_str() : line.error().message().c_str());
    return line ? 0 : 1;
}

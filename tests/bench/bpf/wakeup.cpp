// SPDX-License-Identifier: Apache-2.0
//
// Wake-up: how late a reader learns of a pointer move through BPF, against the floor of a ring
// buffer wake-up, measured in turns in the same run.
//
// floor: from the submit in a trivial program to the reader. blocks, spins: through the shipped
// pointer watch; in_bpf from the move to the program, wake from there to the reader, total both.

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <wakeup_floor.skel.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "agent/pointer_ring.h"
#include "agent/probes/queues/pointer_watch.h"
#include "base/clock.h"
#include "tests/bench/bpf/distribution.h"
#include "tests/bench/bpf/stamped_submitter.h"

namespace penstock::bench {
namespace {

constexpr int turns = 12;  // Short ones, so that the machine's moods hit all three alike.
constexpr std::size_t events_per_turn = 100;
constexpr int patience_ms = 2000;
constexpr std::size_t floor_ring_bytes = 64 * 1024;

struct Path {
    Distribution in_bpf;
    Distribution wake;
    Distribution total;
    std::int64_t reader_cpu_ns = 0;
    std::int64_t elapsed_ns = 0;
};

std::int64_t thread_cpu_ns() {
    rusage used{};
    ::getrusage(RUSAGE_THREAD, &used);
    constexpr std::int64_t ns_per_s = 1'000'000'000;
    constexpr std::int64_t ns_per_us = 1000;
    return ((used.ru_utime.tv_sec + used.ru_stime.tv_sec) * ns_per_s) +
           ((used.ru_utime.tv_usec + used.ru_stime.tv_usec) * ns_per_us);
}

Result<Fd> duplicate(int number) {
    return owned(::fcntl(number, F_DUPFD_CLOEXEC, 0), "duplicate a descriptor");
}

// Waits as the gate does: one epoll_wait() per wake-up and nothing else.
class Waiter {
  public:
    static Result<Waiter> on(int number) {
        Result<Fd> epoll = owned(::epoll_create1(EPOLL_CLOEXEC), "make an epoll");
        epoll_event interest{.events = EPOLLIN, .data = {}};
        if (epoll && ::epoll_ctl(epoll->get(), EPOLL_CTL_ADD, number, &interest) != 0) {
            return fail(errno, "wait for a ring");
        }
        if (!epoll) {
            return std::unexpected(epoll.error());
        }
        return Waiter(std::move(*epoll));
    }

    [[nodiscard]] bool wait() const {
        epoll_event event{};
        return ::epoll_wait(epoll_.get(), &event, 1, patience_ms) == 1;
    }

  private:
    explicit Waiter(Fd epoll) : epoll_(std::move(epoll)) {}

    Fd epoll_;
};

Result<> measure_floor(Distribution& floor) {
    const Result<StampedSubmitter> submitter = StampedSubmitter::start(Habit::blocks);
    const OwnedSkeleton<wakeup_floor_bpf> program(wakeup_floor_bpf::open(nullptr));
    if (!submitter || !program) {
        return fail("start the floor's submitter and program");
    }
    program->rodata->watched_process = static_cast<std::uint32_t>(submitter->pid());
    if (wakeup_floor_bpf::load(program.get()) != 0 ||
        wakeup_floor_bpf::attach(program.get()) != 0) {
        return fail(errno, "load and attach the floor's program");
    }
    Result<Fd> number = duplicate(bpf_map__fd(program->maps.wakes));
    if (!number) {
        return std::unexpected(number.error());
    }
    Result<RingReader> ring = RingReader::open(std::move(*number), floor_ring_bytes);
    if (!ring) {
        return std::unexpected(ring.error());
    }
    const Result<Waiter> waiter = Waiter::on(ring->fd());
    for (std::size_t i = 0; i < events_per_turn && waiter && waiter->wait(); ++i) {
        const std::int64_t now = to_ns(monotonic_now());
        while (const auto bytes = ring->front()) {
            std::int64_t submitted = 0;
            std::memcpy(&submitted, bytes->data(), sizeof(submitted));
            floor.add(now - submitted);
            ring->release();
        }
    }
    return {};
}

void follow_moves(PointerRing& ring,
                  const StampedSubmitter& submitter,
                  const Waiter& waiter,
                  Path& path) {
    const TimePoint start = monotonic_now();
    const std::int64_t cpu = thread_cpu_ns();
    for (std::size_t i = 0; i < events_per_turn && waiter.wait(); ++i) {
        gate::PointerMove move{};
        if (ring.take(std::span(&move, 1)) != 1) {
            continue;
        }
        const std::int64_t now = to_ns(monotonic_now());
        ring.arm(move.slot);
        const std::int64_t moved = submitter.moved_at(move.written);
        if (move.written == 0 || moved == 0) {
            continue;  // The first look at a new slot, before any move.
        }
        path.in_bpf.add(to_ns(move.seen) - moved);
        path.wake.add(now - to_ns(move.seen));
        path.total.add(now - moved);
    }
    path.reader_cpu_ns += thread_cpu_ns() - cpu;
    path.elapsed_ns += (monotonic_now() - start).count();
}

Result<> measure_path(Habit habit, Path& path) {
    const Result<StampedSubmitter> submitter = StampedSubmitter::start(habit);
    Result<PointerWatch> watch = PointerWatch::open(Tree("/proc"));
    if (!submitter || !watch) {
        return std::unexpected(submitter ? watch.error() : submitter.error());
    }
    Result<Fd> ring_number = duplicate(watch->ring_fd());
    const Result<Fd> slots = duplicate(watch->slots_fd());
    if (!ring_number || !slots) {
        return fail("duplicate the watch's maps");
    }
    Result<PointerRing> ring =
        PointerRing::open(std::move(*ring_number), *slots, POINTER_RING_BYTES, WATCH_SLOTS);
    if (!ring) {
        return std::unexpected(ring.error());
    }
    const PointerWatch::Pointer pointer{.slot = watch->take_slot().value_or(0),
                                        .write_address = submitter->counter_address()};
    if (Result<> on = watch->watch(submitter->pidfd(), submitter->pid(), std::span(&pointer, 1));
        !on) {
        return on;
    }
    const Result<Waiter> waiter = Waiter::on(ring->fd());
    if (!waiter) {
        return std::unexpected(waiter.error());
    }
    ring->arm(pointer.slot);
    follow_moves(*ring, *submitter, *waiter, path);
    return {};
}

nlohmann::json describe(Path& path) {
    return {
        {"in_bpf", path.in_bpf.microseconds()},
        {"wake", path.wake.microseconds()},
        {"total", path.total.microseconds()},
        {"reader_cpu_percent",
         100.0 * static_cast<double>(path.reader_cpu_ns) / static_cast<double>(path.elapsed_ns)}};
}

Result<nlohmann::json> run() {
    Distribution floor;
    Path blocks;
    Path spins;
    for (int turn = 0; turn < turns; ++turn) {
        Result<> done = measure_floor(floor);
        if (done) {
            done = measure_path(Habit::blocks, blocks);
        }
        if (done) {
            done = measure_path(Habit::spins, spins);
        }
        if (!done) {
            return std::unexpected(done.error());
        }
    }
    const double over_floor = static_cast<double>(blocks.total.quantile(0.99)) /
                              static_cast<double>(floor.quantile(0.99));
    return nlohmann::json{{"benchmark", "wakeup"},
                          {"floor", floor.microseconds()},
                          {"blocks_p99_over_floor", over_floor},
                          {"blocks", describe(blocks)},
                          {"spins", describe(spins)}};
}

}  // namespace
}  // namespace penstock::bench

int main() {
    const auto line = penstock::bench::run();
    std::puts(line ? line->dump().c_str() : line.error().message().c_str());
    return line ? 0 : 1;
}

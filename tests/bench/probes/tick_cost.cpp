// SPDX-License-Identifier: Apache-2.0
//
// Tick cost: what one tick of the agent's loop costs on a crowded machine, at its real pace, with
// and without sources that misbehave. Prints one line of JSON.
//
// calm, disturbed: durations of ticks in turns, so that the machine's moods hit both alike.
// bare: in turn with them, at the same pace, nothing but one read(2) of each of 64 files.
// warm: ticks in a row without sleeping in between.
// cpu_percent: of one core, by all threads. allocations: in all threads, after warming up, without
// those of the gate's messages, which are made here.
//
// usage: bench_probes_tick GPU_METRICS_FILE [SECONDS]

#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>  // NOLINT(modernize-deprecated-headers): clock_nanosleep() is POSIX.
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/fd.h"
#include "base/program.h"
#include "base/text.h"
#include "base/tree.h"
#include "tests/bench/bpf/distribution.h"
#include "tests/bench/probes/allocation_counter.h"
#include "tests/bench/probes/tick_rig.h"

namespace penstock::bench {
namespace {

using namespace std::chrono_literals;

constexpr Duration period = 10ms;
constexpr int warm_up_ticks = 300;  // Long enough for the slowest source to have been read twice.
constexpr int turns = 6;

// Sleeps for a second in every read, as amdgpu's pcie_bw does.
class Sleeper final : public Source {
  public:
    [[nodiscard]] std::string_view name() const override { return "sleeper"; }

    [[nodiscard]] Pace pace() const override {
        return {.period = period, .patience = Patience::waits_long};
    }

    Opened open(Machine& /*machine*/, const Surroundings& /*around*/, SourceId /*self*/) override {
        return Available{};
    }

    bool read(TimePoint /*now*/, Readings& /*into*/) override {
        std::this_thread::sleep_for(1s);
        return true;
    }
};

// Never returns.
class Hanger final : public Source {
  public:
    [[nodiscard]] std::string_view name() const override { return "hanger"; }

    [[nodiscard]] Pace pace() const override {
        return {.period = period, .patience = Patience::waits_long};
    }

    Opened open(Machine& /*machine*/, const Surroundings& /*around*/, SourceId /*self*/) override {
        return Available{};
    }

    bool read(TimePoint /*now*/, Readings& /*into*/) override {
        while (true) {
            std::this_thread::sleep_for(1h);
        }
    }
};

// Is gone each time it is read.
class Mayfly final : public Source {
  public:
    [[nodiscard]] std::string_view name() const override { return "mayfly"; }

    [[nodiscard]] Pace pace() const override {
        return {.period = period, .patience = Patience::may_wait};
    }

    Opened open(Machine& /*machine*/, const Surroundings& /*around*/, SourceId /*self*/) override {
        return Available{};
    }

    bool read(TimePoint /*now*/, Readings& /*into*/) override {
        std::this_thread::sleep_for(1ms);
        return false;
    }
};

std::vector<NumberedSource> misbehaving() {
    std::vector<NumberedSource> sources;
    constexpr std::uint16_t beyond_the_catalogue = 1000;
    sources.push_back(
        {.id = {.kind = beyond_the_catalogue}, .source = std::make_unique<Sleeper>()});
    sources.push_back(
        {.id = {.kind = beyond_the_catalogue + 1}, .source = std::make_unique<Hanger>()});
    sources.push_back(
        {.id = {.kind = beyond_the_catalogue + 2}, .source = std::make_unique<Mayfly>()});
    return sources;
}

double cpu_seconds() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + (static_cast<double>(time.tv_usec) * 1e-6);
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

class Pacer {
  public:
    // Sleeps until the next tick is due.
    TimePoint next() {
        due_ += period;
        const std::int64_t ns = to_ns(due_);
        const timespec when{.tv_sec = ns / 1'000'000'000, .tv_nsec = ns % 1'000'000'000};
        ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, nullptr);
        return due_;
    }

  private:
    TimePoint due_ = monotonic_now();
};

// Ticks at their pace; tells how long each took.
void run(TickRig& rig, int ticks, Distribution* into) {
    Pacer pacer;
    for (int tick = 0; tick < ticks; ++tick) {
        const TimePoint due = pacer.next();
        const TimePoint begun = monotonic_now();
        rig.tick(due);
        if (into != nullptr) {
            into->add((monotonic_now() - begun).count());
        }
    }
}

// The same ticks with no sleep in between, so that caches stay warm: what the code alone takes.
void run_warm(TickRig& rig, int ticks, Distribution& into) {
    TimePoint due = monotonic_now();
    for (int tick = 0; tick < ticks; ++tick) {
        due += period;
        const TimePoint begun = monotonic_now();
        rig.tick(due);
        into.add((monotonic_now() - begun).count());
    }
}

// What the machine itself takes for as many reads after as long a sleep.
class BareReads {
  public:
    BareReads() {
        constexpr std::size_t groups = std::size_t{crowded_boxes} * crowded_packages;
        const Bytes zeros{};
        for (std::size_t file = 0; file < groups; ++file) {
            files_.emplace_back(::memfd_create("bare", MFD_CLOEXEC));
            demand(::pwrite(files_.back().get(), zeros.data(), zeros.size(), 0));
        }
    }

    void tick() const {
        Bytes bytes{};
        for (const Fd& file : files_) {
            demand(::pread(file.get(), bytes.data(), bytes.size(), 0));
        }
    }

  private:
    using Bytes = std::array<char, 64>;  // As long as a group of counters.

    // What was not read cost nothing, and would be no reference.
    static void demand(ssize_t length) {
        if (length != static_cast<ssize_t>(sizeof(Bytes))) {
            std::abort();
        }
    }

    std::vector<Fd> files_;
};

void run(const BareReads& reads, int ticks, Distribution& into) {
    Pacer pacer;
    for (int tick = 0; tick < ticks; ++tick) {
        pacer.next();
        const TimePoint begun = monotonic_now();
        reads.tick();
        into.add((monotonic_now() - begun).count());
    }
}

struct Steady {
    double cpu_percent = 0;
    double allocations_per_tick = 0;
};

// The messages of the gate are left out: they come every tenth tick.
Steady measure_steady(TickRig& rig, int ticks) {
    Pacer pacer;
    const double cpu_before = cpu_seconds();
    const TimePoint begun = monotonic_now();
    std::size_t asked = 0;
    for (int tick = 0; tick < ticks; ++tick) {
        const TimePoint due = pacer.next();
        const std::size_t before = allocations();
        rig.tick_without_news(due);
        asked += allocations() - before;
    }
    const double elapsed = std::chrono::duration<double>(monotonic_now() - begun).count();
    return {.cpu_percent = 100 * (cpu_seconds() - cpu_before) / elapsed,
            .allocations_per_tick = static_cast<double>(asked) / ticks};
}

int run(const std::string& gpu_metrics, int seconds) {
    TickRig calm(gpu_metrics, {});
    run(calm, warm_up_ticks, nullptr);
    const int ticks = static_cast<int>(seconds * 1s / period / turns / 3);
    const Steady steady = measure_steady(calm, ticks * turns);
    TickRig disturbed(gpu_metrics, misbehaving());
    run(disturbed, warm_up_ticks, nullptr);
    const BareReads bare;
    Distribution bare_ticks;
    Distribution calm_ticks;
    Distribution disturbed_ticks;
    for (int turn = 0; turn < turns; ++turn) {
        run(calm, ticks, &calm_ticks);
        run(disturbed, ticks, &disturbed_ticks);
        run(bare, ticks, bare_ticks);
    }
    Distribution warm_ticks;
    run_warm(calm, ticks * turns, warm_ticks);
    nlohmann::json told{{"calm", calm_ticks.microseconds()},
                        {"bare", bare_ticks.microseconds()},
                        {"warm", warm_ticks.microseconds()},
                        {"disturbed", disturbed_ticks.microseconds()},
                        {"cpu_percent", steady.cpu_percent},
                        {"allocations_per_tick", steady.allocations_per_tick},
                        {"groups", crowded_groups_opened() / 2},
                        {"devices", calm.snapshot().devices.size()},
                        {"queues", calm.snapshot().queues.size()},
                        {"memory_known",
                         calm.snapshot().memory.size() == crowded_packages &&
                             calm.snapshot().memory[0].read.value.has_value()}};
    std::printf("%s\n", told.dump().c_str());
    return EXIT_SUCCESS;
}

int run(const std::vector<std::string>& words) {
    constexpr int default_seconds = 30;
    const auto metrics = Tree("/").read(words.empty() ? "" : words[0]);
    const auto seconds = words.size() > 1 ? parse_number<int>(words[1]) : default_seconds;
    if (!metrics || !seconds || *seconds < 1) {
        std::fprintf(stderr, "usage: bench_probes_tick GPU_METRICS_FILE [SECONDS]\n");
        return 2;
    }
    return run(*metrics, *seconds);
}

}  // namespace
}  // namespace penstock::bench

int main(int count, char** words) {
    return penstock::run_program("bench_probes_tick",
                                 [&] { return penstock::bench::run({words + 1, words + count}); });
}

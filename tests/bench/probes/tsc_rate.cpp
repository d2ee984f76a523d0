// SPDX-License-Identifier: Apache-2.0
//
// TSC rate: the time stamp counter through the shipped path (perf's msr PMU, source, quantity book)
// against the same counter read by instruction over the same span of CLOCK_MONOTONIC. Prints one
// line of JSON.
//
// usage: bench_probes_tsc [SECONDS]

#include <x86intrin.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>
#include <thread>

#include "agent/probes/real_machine.h"
#include "agent/probes/source_catalogue.h"
#include "agent/probes/source_group.h"
#include "agent/state/quantity_book.h"
#include "base/clock.h"
#include "base/program.h"
#include "base/text.h"

namespace penstock::bench {
namespace {

using namespace std::chrono_literals;

struct Instant {
    TimePoint when{};
    std::uint64_t ticks = 0;
};

Instant now() {
    return {.when = monotonic_now(), .ticks = __rdtsc()};
}

// What the msr source knows of the counter's rate over the last interval; nothing when it is
// absent.
class TscSource {
  public:
    TscSource() : group_(machine_, {}) {
        for (NumberedSource& each : make_sources({}, {})) {
            if (each.source->name() == "msr") {
                group_.add(std::move(each.source), each.id);
            }
        }
    }

    std::optional<double> rate_at(TimePoint when) {
        Readings readings;
        group_.run(when, readings);
        for (const CounterReading& reading : readings.counters) {
            book_.absorb(reading);
        }
        std::optional<double> rate;
        book_.each(
            [&](const Place& /*place*/, Quantity quantity, const QuantityBook::Known& known) {
                if (quantity == Quantity::tsc) {
                    rate = known.now.value;
                }
            });
        return rate;
    }

  private:
    RealMachine machine_{RealMachine::Roots{}};
    SourceGroup group_;
    QuantityBook book_;
};

int run(int seconds) {
    TscSource source;
    const Instant begun = now();
    source.rate_at(begun.when);
    std::this_thread::sleep_for(seconds * 1s);
    const Instant ended = now();
    const std::optional<double> perf_rate = source.rate_at(ended.when);
    if (!perf_rate) {
        std::fprintf(stderr, "the msr PMU is not there, or may not be opened\n");
        return EXIT_FAILURE;
    }
    const double elapsed = std::chrono::duration<double>(ended.when - begun.when).count();
    const double rate = static_cast<double>(ended.ticks - begun.ticks) / elapsed;
    const nlohmann::json told{{"perf_hz", *perf_rate},
                              {"instruction_hz", rate},
                              {"error_percent", 100 * std::abs((*perf_rate / rate) - 1)}};
    std::printf("%s\n", told.dump().c_str());
    return EXIT_SUCCESS;
}

int run(const std::vector<std::string>& words) {
    constexpr int default_seconds = 2;
    const auto seconds = words.empty() ? default_seconds : parse_number<int>(words[0]);
    if (!seconds || *seconds < 1) {
        std::fprintf(stderr, "usage: bench_probes_tsc [SECONDS]\n");
        return 2;
    }
    return run(*seconds);
}

}  // namespace
}  // namespace penstock::bench

int main(int count, char** words) {
    return penstock::run_program("bench_probes_tsc",
                                 [&] { return penstock::bench::run({words + 1, words + count}); });
}

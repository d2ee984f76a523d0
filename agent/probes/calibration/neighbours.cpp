// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/neighbours.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

namespace penstock::calibration {
namespace {

constexpr std::size_t longest_stat = std::size_t{4} << 20;  // A line for each interrupt.

double seconds(const timeval& time) {
    constexpr double micro = 1e-6;
    return static_cast<double>(time.tv_sec) + (micro * static_cast<double>(time.tv_usec));
}

double own_ticks() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto ticks_per_second = static_cast<double>(::sysconf(_SC_CLK_TCK));
    return (seconds(usage.ru_utime) + seconds(usage.ru_stime)) * ticks_per_second;
}

}  // namespace

double share_of_others(const ProcessorTicks& before,
                       const ProcessorTicks& after,
                       double own_ticks) {
    if (after.all <= before.all || after.idle < before.idle) {
        return 0;
    }
    const auto all = static_cast<double>(after.all - before.all);
    const auto idle = static_cast<double>(after.idle - before.idle);
    return std::clamp((all - idle - own_ticks) / all, 0.0, 1.0);
}

Neighbours::Mark Neighbours::now() const {
    const Result<std::string> stat = machine_.read("proc/stat", longest_stat);
    return {.all = stat ? processor_ticks(*stat) : std::nullopt, .own_ticks = own_ticks()};
}

double Neighbours::share() const {
    const Mark ended = now();
    return begun_.all && ended.all
               ? share_of_others(*begun_.all, *ended.all, ended.own_ticks - begun_.own_ticks)
               : 0;
}

}  // namespace penstock::calibration

// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/peak_run.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace penstock::calibration {
namespace {

constexpr std::array kinds{StreamKind::read, StreamKind::write, StreamKind::copy};

// Of one count of cores, by kind and round.
using Rates = std::array<std::vector<double>, kinds.size()>;

void take_turn(Bench& bench, const PeakPlan& plan, std::size_t cores, Rates& into) {
    for (std::size_t kind = 0; kind < kinds.size() && !bench.interrupted(); ++kind) {
        bench.wait({});
        bench.begin(kinds.at(kind), {.first = 0, .count = cores});
        bench.wait(plan.window);
        into.at(kind).push_back(bench.end());
    }
}

Result<BytesPerSecond> median_rate(const std::vector<double>& rates) {
    const double rate = median_of(rates).value_or(0);
    if (!std::isfinite(rate) || rate < 1) {
        return fail("a core was told to stream and moved nothing");
    }
    return BytesPerSecond{static_cast<std::uint64_t>(std::llround(rate))};
}

Result<PeakRow> row_of(const PeakPlan& plan, std::size_t cores, const Rates& rates) {
    std::array<BytesPerSecond, kinds.size()> medians{};
    for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
        const Result<BytesPerSecond> median = median_rate(rates.at(kind));
        if (!median) {
            return std::unexpected(median.error());
        }
        medians.at(kind) = *median;
    }
    return PeakRow{.node = plan.node,
                   .cores = static_cast<std::uint32_t>(cores),
                   .read = medians[0],
                   .write = medians[1],
                   .copy = medians[2]};
}

}  // namespace

std::vector<std::size_t> core_counts(std::size_t cores) {
    std::vector<std::size_t> counts;
    for (std::size_t count = 1; count < cores; count *= 2) {
        counts.push_back(count);
    }
    counts.push_back(cores);
    return counts;
}

PeakPlan peak_plan(std::uint32_t node, std::size_t cores, Duration length) {
    constexpr Duration shortest = std::chrono::milliseconds(20);
    PeakPlan plan{.node = node};
    const std::size_t windows = plan.rounds * kinds.size() * core_counts(cores).size();
    plan.window = std::max(shortest, length / static_cast<std::int64_t>(windows));
    return plan;
}

std::unexpected<Error> interruption() {
    return fail("interrupted: nothing was stored");
}

// Round by round, so that what disturbs the machine for a while disturbs all alike.
Result<std::vector<PeakRow>> measure_peaks(Bench& bench, const PeakPlan& plan) {
    const std::vector<std::size_t> counts = core_counts(bench.cores());
    std::vector<Rates> rates(counts.size());
    for (std::size_t turn = 0; turn < plan.rounds * counts.size(); ++turn) {
        const std::size_t which = turn % counts.size();
        take_turn(bench, plan, counts[which], rates[which]);
        if (bench.interrupted()) {
            return interruption();
        }
    }
    std::vector<PeakRow> rows;
    rows.reserve(counts.size());
    for (std::size_t which = 0; which < counts.size(); ++which) {
        const Result<PeakRow> row = row_of(plan, counts[which], rates[which]);
        if (!row) {
            return std::unexpected(row.error());
        }
        rows.push_back(*row);
    }
    return rows;
}

}  // namespace penstock::calibration

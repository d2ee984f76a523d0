// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/canary_run.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <random>

#include "agent/probes/calibration/peak_run.h"

namespace penstock::calibration {
namespace {

constexpr std::size_t windows_in_round = 3;

// What one signal showed over the trial.
struct Evidence {
    std::vector<double> alone{};
    std::vector<double> loaded{};
    std::vector<double> changes{};  // Of the rounds.
};

// One window, by signal.
struct Windows {
    Window chase{};
    Window read{};
};

// Towards no change, so that a rounded figure never passes where the exact one would not.
double shortened(double value) {
    constexpr double per_unit = 10'000;
    return std::trunc(value * per_unit) / per_unit;
}

void add_round(std::span<const Window> round, Evidence& into) {
    for (const Window& window : round) {
        std::vector<double>& samples = window.loaded ? into.loaded : into.alone;
        samples.insert(samples.end(), window.samples.begin(), window.samples.end());
    }
    if (const std::optional<double> change = paired_change(round)) {
        into.changes.push_back(*change);
    }
}

SignalFigures figures_of(const Evidence& evidence) {
    const Interval interval = median_interval(evidence.changes).value_or(Interval{});
    return {.alone_ns = shortened(median_of(evidence.alone).value_or(0)),
            .loaded_ns = shortened(median_of(evidence.loaded).value_or(0)),
            .change = shortened(median_of(evidence.changes).value_or(0)),
            .interval = {.low = shortened(interval.low), .high = shortened(interval.high)},
            .auc = shortened(auc_of(evidence.alone, evidence.loaded).value_or(0))};
}

class Trial {
  public:
    Trial(Bench& bench, const CanaryPlan& plan) : bench_(bench), plan_(plan) {}

    // Whether the outer windows are the loaded ones.
    void round(bool outer_loaded) {
        std::array<Window, windows_in_round> chase;
        std::array<Window, windows_in_round> read;
        for (std::size_t each = 0; each < windows_in_round; ++each) {
            const bool inner = each == 1;
            Windows windows = window(outer_loaded != inner);
            chase.at(each) = std::move(windows.chase);
            read.at(each) = std::move(windows.read);
        }
        add_round(chase, chase_);
        add_round(read, read_);
    }

    [[nodiscard]] CanaryTrial result() const {
        return {.period = plan_.period,
                .buffer_bytes = plan_.buffer_bytes,
                .alone = static_cast<std::uint32_t>(chase_.alone.size()),
                .loaded = static_cast<std::uint32_t>(chase_.loaded.size()),
                .discarded = discarded_,
                .chase = figures_of(chase_),
                .read = figures_of(read_)};
    }

  private:
    Windows window(bool loaded) {
        Windows windows{.chase = {.loaded = loaded}, .read = {.loaded = loaded}};
        if (loaded) {
            bench_.begin(plan_.load, {.first = 1, .count = bench_.cores() - 1});
        }
        bench_.wait(plan_.period);
        bench_.probe();  // The first one meets what the window before has left.
        for (std::size_t each = 0; each < plan_.probes && !bench_.interrupted(); ++each) {
            bench_.wait(plan_.period);
            const ProbeSample sample = bench_.probe();
            if (sample.disturbed) {
                ++discarded_;
                continue;
            }
            windows.chase.samples.push_back(sample.chase_ns);
            windows.read.samples.push_back(sample.read_ns);
        }
        if (loaded) {
            bench_.end();
        }
        return windows;
    }

    Bench& bench_;
    const CanaryPlan& plan_;
    std::uint32_t discarded_ = 0;
    Evidence chase_{};
    Evidence read_{};
};

}  // namespace

CanaryPlan canary_plan(Duration length) {
    constexpr std::int64_t fewest = 4;
    constexpr std::int64_t most = 100;
    CanaryPlan plan;
    const Duration round =
        plan.period * static_cast<std::int64_t>(windows_in_round * (plan.probes + 1));
    plan.rounds = static_cast<std::size_t>(std::clamp<std::int64_t>(length / round, fewest, most));
    return plan;
}

Result<CanaryTrial> try_canary(Bench& bench, const CanaryPlan& plan) {
    std::deque<bool> outer_loaded(plan.rounds);
    for (std::size_t each = 0; each < plan.rounds; each += 2) {
        outer_loaded[each] = true;
    }
    // Always the same order: what would be in step with it does not know of it.
    std::minstd_rand order(plan.seed);
    std::ranges::shuffle(outer_loaded, order);
    Trial trial(bench, plan);
    for (const bool outer : outer_loaded) {
        trial.round(outer);
        if (bench.interrupted()) {
            return interruption();
        }
    }
    return trial.result();
}

}  // namespace penstock::calibration
